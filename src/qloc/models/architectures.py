"""Where the parts of a model are, for every architecture the study supports: one table.

Imported while the workflow is parsed, so it imports neither torch nor transformers. A row is
added together with its tests: the same logits as transformers in float64, and the exact
attribution sweep equal to a naive loop.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    """Where the parts of a causal language model of transformers are.

    Attributes:
        layers: Path of the list of layers inside the causal language model.
        down_projection: Path, inside a layer, of the matrix that reads the neurons.
        is_neuron_first: Whether that matrix is stored [neuron, hidden] (Conv1D), not
            [hidden, neuron] (Linear).
        logit_scale: Key of the configuration by which logits are multiplied, or "".
        logit_softcap: Key of the configuration at which logits are soft-capped, or "".
        adds_plainly: Whether a layer adds that matrix's output to its hidden state as it is,
            neither normalised nor scaled.
        has_row_attention: Whether attention is computed through transformers'
            `AttentionInterface`; elsewhere rows run as texts of their own, slower.
    """

    layers: str = "model.layers"
    down_projection: str = "mlp.down_proj"
    is_neuron_first: bool = False
    logit_scale: str = ""
    logit_softcap: str = ""
    adds_plainly: bool = True
    has_row_attention: bool = True


# By `model_type` of a checkpoint's config.json.
ARCHITECTURES: dict[str, Architecture] = {
    "cohere": Architecture(logit_scale="logit_scale"),
    "gemma": Architecture(),
    "gpt2": Architecture("transformer.h", "mlp.c_proj", is_neuron_first=True),
    "gpt_neox": Architecture("gpt_neox.layers", "mlp.dense_4h_to_h"),
    "llama": Architecture(),
    "mistral": Architecture(),
    "phi": Architecture(down_projection="mlp.fc2"),
    "phi3": Architecture(),
    "qwen2": Architecture(),
    "qwen3": Architecture(),
    "smollm3": Architecture(),
    "stablelm": Architecture(),
    "starcoder2": Architecture(down_projection="mlp.c_proj"),
}
