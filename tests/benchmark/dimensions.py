"""Models of known sizes with random weights, and made-up queries to ask them.

Speed and memory depend on sizes only, so nothing has to be downloaded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import AutoConfig, AutoModelForCausalLM, BatchEncoding

from qloc.models.architectures import ARCHITECTURES
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery

CONTEXT_LENGTH = 2048
SEED = 7


@dataclass(frozen=True)
class Dimensions:
    """Sizes of a model.

    Attributes:
        name: On the command line and on the page.
        architecture: Of `ARCHITECTURES`.
        n_layers: Layers.
        hidden: Width of what a layer passes on.
        neurons: Of one layer.
        heads: Of attention.
        key_value_heads: Fewer than heads where several of them share keys and values.
        vocabulary: Entries of the head.
        n_prompt: Tokens of a prompt.
        n_queries: Queries per sweep.
        activation: Of GPT-2: as in its checkpoints, or as in the study's tiny models.
    """

    name: str
    architecture: str
    n_layers: int
    hidden: int
    neurons: int
    heads: int
    key_value_heads: int
    vocabulary: int
    n_prompt: int = 12
    n_queries: int = 8
    activation: str = "gelu_new"


DIMENSIONS = {
    dimensions.name: dimensions
    for dimensions in (
        Dimensions("gpt2-small", "gpt2", 12, 768, 3072, 12, 12, 50257),
        Dimensions("llama-12", "llama", 12, 768, 2048, 12, 4, 32000),
        Dimensions("tiny-gpt2", "gpt2", 4, 128, 512, 4, 4, 4000, 12, 64, "gelu_pytorch_tanh"),
        Dimensions("tiny-llama", "llama", 4, 128, 336, 4, 2, 4000, 12, 64),
        Dimensions("llama-8b", "llama", 32, 4096, 14336, 32, 8, 128256),
    )
}


class NumberTokenizer:
    """Reads a text of numbers as token ids: for libraries that insist on text."""

    mask_token_id = None
    pad_token_id = 0
    bos_token_id = 0
    eos_token_id = 0
    all_special_ids = (0,)

    def encode(self, text: str, *, add_special_tokens: bool = True) -> list[int]:
        """The numbers of a text; none is special."""
        del add_special_tokens
        return [int(number) for number in text.split()]

    def __call__(self, text: str, return_tensors: str = "pt") -> BatchEncoding:
        """The numbers of a text as transformers' tokenizers return them."""
        tokens = torch.tensor([self.encode(text)])
        both = {"input_ids": tokens, "attention_mask": torch.ones_like(tokens)}
        return BatchEncoding(both, tensor_type=return_tensors)


def random_model(
    dimensions: Dimensions, device: str = "cpu", dtype: torch.dtype = torch.float32
) -> LanguageModel:
    """A model of these sizes with transformers' random weights, made on the device."""
    config = AutoConfig.for_model(
        dimensions.architecture,
        vocab_size=dimensions.vocabulary,
        hidden_size=dimensions.hidden,
        num_hidden_layers=dimensions.n_layers,
        num_attention_heads=dimensions.heads,
        num_key_value_heads=dimensions.key_value_heads,
        intermediate_size=dimensions.neurons,
        n_inner=dimensions.neurons,
        activation_function=dimensions.activation,
        max_position_embeddings=CONTEXT_LENGTH,
        tie_word_embeddings=dimensions.architecture == "gpt2",
        bos_token_id=0,
        eos_token_id=0,
        attn_implementation="sdpa",
    )
    devices = [device] if device == "cuda" else []
    with torch.random.fork_rng(devices=devices), torch.device(device):
        torch.manual_seed(SEED)
        module = AutoModelForCausalLM.from_config(config, dtype=dtype)  # type: ignore[no-untyped-call]
    module.train(False).requires_grad_(False)
    architecture = ARCHITECTURES[dimensions.architecture]
    return LanguageModel(module, NumberTokenizer(), architecture, CONTEXT_LENGTH)


def random_queries(dimensions: Dimensions, n_queries: int) -> Sequence[EncodedQuery]:
    """Prompts of random tokens, each with a random answer of one token."""
    generator = torch.Generator().manual_seed(SEED)
    shape = (n_queries, dimensions.n_prompt + 1)
    tokens = torch.randint(1, dimensions.vocabulary, shape, generator=generator).tolist()
    return [EncodedQuery(tuple(row[:-1]), tuple(row[-1:]), None) for row in tokens]
