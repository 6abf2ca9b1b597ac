"""A causal language model with its tokenizer, opened from a manifest.

The forward pass is that of transformers; nothing here rewrites weights. Later stages reach
the feed-forward neurons through `LanguageModel`: a neuron is one input of a layer's
down projection, and its value vector is what that input adds to the hidden state.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import torch
from huggingface_hub.errors import StrictDataclassError
from jaxtyping import Float
from safetensors import SafetensorError
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel
from transformers.utils.logging import disable_progress_bar

from qloc.errors import StudyError
from qloc.models.architectures import ARCHITECTURES, Architecture
from qloc.models.checkpoints import check_weights
from qloc.models.hub import cached_checkpoint, fetch_again
from qloc.models.manifest import Manifest, read_manifest
from qloc.models.prompting import EncodedQuery, Tokenizer, encode_query

# What transformers raises for a checkpoint whose parts are broken or do not fit together.
OPENING_ERRORS = (
    OSError,
    ValueError,
    KeyError,
    RuntimeError,
    ImportError,
    SafetensorError,
    StrictDataclassError,
)

# A little less than the largest block that glibc keeps for the next one.
KEPT_BYTES = 31 * 2**20


@dataclass(frozen=True)
class LanguageModel:
    """A model in evaluation mode, without gradients on its weights.

    Attributes:
        module: The causal language model of transformers.
        tokenizer: Its own tokenizer.
        architecture: Where the module's parts are.
        context_length: Most tokens the model can read.
    """

    module: PreTrainedModel
    tokenizer: Tokenizer
    architecture: Architecture
    context_length: int

    def encoded(self, prompt: str, answer: str) -> EncodedQuery:
        """A query as this model's tokens; see `encode_query`."""
        return encode_query(self.tokenizer, prompt, answer, self.context_length)

    @cached_property
    def base(self) -> torch.nn.Module:
        """The model without its head: token ids to the last hidden states, normalised."""
        return self.module.base_model

    @cached_property
    def layers(self) -> list[torch.nn.Module]:
        """The layers, from the first to the last."""
        found = self.module.get_submodule(self.architecture.layers)
        return list(cast(torch.nn.ModuleList, found))

    @cached_property
    def down_projections(self) -> list[torch.nn.Module]:
        """Of every layer, the module whose inputs are the neurons."""
        return [layer.get_submodule(self.architecture.down_projection) for layer in self.layers]

    def value_matrix(self, layer: int) -> Float[Tensor, "neuron hidden"]:
        """The value vectors of a layer's neurons, one per row: a view of the weights."""
        weight = cast(Tensor, self.down_projections[layer].weight)
        return weight if self.architecture.is_neuron_first else weight.T

    @property
    def n_layers(self) -> int:
        return len(self.layers)

    @property
    def n_neurons(self) -> int:
        """Of one layer."""
        return self.value_matrix(0).shape[0]

    @property
    def n_heads(self) -> int:
        """Query heads of one layer."""
        return int(self.module.config.get_text_config().num_attention_heads)

    @property
    def hidden_size(self) -> int:
        """Of what a layer passes on."""
        return self.value_matrix(0).shape[1]

    @property
    def device(self) -> torch.device:
        return self.module.device

    @property
    def dtype(self) -> torch.dtype:
        return self.module.dtype

    @cached_property
    def head(self) -> torch.nn.Linear:
        """The matrix from hidden states to logits."""
        found: torch.nn.Linear = self.module.get_output_embeddings()  # type: ignore[no-untyped-call]
        return found

    def embeddings(self, table: str) -> Float[Tensor, "vocabulary hidden"]:
        """Every token's, of the ``input`` or of the ``output``: the weights themselves."""
        if table == "output":
            return self.head.weight
        found: Any = self.module.get_input_embeddings()  # type: ignore[no-untyped-call]
        return cast(Tensor, found.weight)

    @cached_property
    def logit_scale(self) -> float:
        """By which the head's output is multiplied."""
        factor = self._configured(self.architecture.logit_scale) or 1.0
        return factor / (self._configured(self.architecture.logit_divisor) or 1.0)

    @cached_property
    def logit_softcap(self) -> float | None:
        """C where logits are c tanh(logit / c), after scaling; None where they are not."""
        return self._configured(self.architecture.logit_softcap)

    def _configured(self, key: str) -> float | None:
        """A number of the checkpoint's configuration; None where there is none."""
        value = getattr(self.module.config.get_text_config(), key, None) if key else None
        return None if value is None else float(value)

    def logits(self, hidden: Float[Tensor, "row hidden"]) -> Float[Tensor, "row vocabulary"]:
        """Logits of hidden states that `base` returned."""
        logits: Tensor = self.head(hidden)
        if self.logit_scale != 1:
            logits = logits * self.logit_scale
        cap = self.logit_softcap
        return logits if cap is None else cap * torch.tanh(logits / cap)


def unsupported(model: LanguageModel, reason: str) -> StudyError:
    """The refusal of a model that does not run as its architecture says."""
    return StudyError(
        f"{type(model.module).__name__} cannot be studied: {reason}."
        f" Supported architectures: {', '.join(sorted(ARCHITECTURES))}."
    )


def open_model(path: Path, threads: int, dtype: torch.dtype = torch.float32) -> LanguageModel:
    """Open the model of a manifest, on the accelerator if there is one.

    Args:
        path: Of the manifest.
        threads: See `prepare_libraries`.
        dtype: In which the model computes.

    Raises:
        StudyError: The checkpoint is missing, is not the one described, or cannot be opened.
    """
    prepare_libraries(threads)
    manifest = read_manifest(path)
    folder = checkpoint_folder(manifest, path)
    return load(folder, manifest.architecture, manifest.context_length, dtype)


def prepare_libraries(threads: int) -> None:
    """Have torch compute the same bits every time, or raise where it cannot; quieten logs.

    Args:
        threads: Of torch on the CPU; another number may change the last bits of a result.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS asks for it
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    # Nothing here reads memory that was not written.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    disable_progress_bar()  # type: ignore[no-untyped-call]
    # A block that was freed tells the C library to keep such blocks from now on. To give them back
    # and fetch them anew, page by page, costs edits of small models a fifth of their time.
    torch.empty(KEPT_BYTES, dtype=torch.uint8)


def load(folder: Path, architecture: str, context_length: int, dtype: torch.dtype) -> LanguageModel:
    """Open a checkpoint in a folder.

    Raises:
        StudyError: transformers cannot open it, or weights are missing.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    settings: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **settings)
        opened: Any = AutoModelForCausalLM.from_pretrained(
            folder, dtype=dtype, use_safetensors=True, output_loading_info=True, **settings
        )
    except OPENING_ERRORS as error:
        raise StudyError(
            f"The checkpoint in {folder} cannot be opened: {error}. Check that config.json,"
            " tokenizer and weights belong together."
        ) from error
    module, loading = opened
    if loading["missing_keys"]:
        raise StudyError(
            f"The checkpoint in {folder} lacks weights of a causal language model:"
            f" {', '.join(sorted(loading['missing_keys'])[:5])}. Give a checkpoint that was saved"
            " with its head."
        )
    module.train(False).requires_grad_(False).to(device)
    return LanguageModel(module, tokenizer, ARCHITECTURES[architecture], context_length)


def checkpoint_folder(manifest: Manifest, path: Path) -> Path:
    """Where the checkpoint of a manifest lies on this machine.

    Raises:
        StudyError: The checkpoint is missing or is not the one described.
    """
    match manifest.source:
        case "hub":
            folder = cached_checkpoint(manifest.hub_name, manifest.revision)
            remedy = fetch_again(manifest.hub_name, manifest.revision)
        case "trained":
            folder = path.parent / manifest.folder
            remedy = f"Delete {path.parent} and run `snakemake` again: it trains the same model."
        case _:
            folder = Path(manifest.folder)
            remedy = f"Put it back, or delete {path} to study the model that is there now."
    check_weights(folder, manifest.weights_sha256, manifest.weights_bytes, remedy)
    return folder
