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
        logit_divisor: Key of the configuration by which logits are divided, or "".
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
    logit_divisor: str = ""
    logit_softcap: str = ""
    adds_plainly: bool = True
    has_row_attention: bool = True


# By `model_type` of a checkpoint's config.json.
ARCHITECTURES: dict[str, Architecture] = {
    "arcee": Architecture(),
    "cohere": Architecture(logit_scale="logit_scale"),
    "cohere2": Architecture(logit_scale="logit_scale"),
    "ernie4_5": Architecture(),
    "exaone4": Architecture(adds_plainly=False),
    "gemma": Architecture(),
    "gemma2": Architecture(logit_softcap="final_logit_softcapping", adds_plainly=False),
    "gemma3_text": Architecture(logit_softcap="final_logit_softcapping", adds_plainly=False),
    "glm": Architecture(),
    "glm4": Architecture(adds_plainly=False),
    "gpt2": Architecture("transformer.h", "mlp.c_proj", is_neuron_first=True),
    "gpt_neo": Architecture("transformer.h", "mlp.c_proj", has_row_attention=False),
    "gpt_neox": Architecture("gpt_neox.layers", "mlp.dense_4h_to_h"),
    "gptj": Architecture("transformer.h", "mlp.fc_out", has_row_attention=False),
    "granite": Architecture(logit_divisor="logits_scaling", adds_plainly=False),
    "helium": Architecture(),
    "hunyuan_v1_dense": Architecture(),
    "llama": Architecture(),
    "ministral": Architecture(),
    "mistral": Architecture(),
    "nemotron": Architecture(),
    "olmo": Architecture(),
    "olmo2": Architecture(adds_plainly=False),
    "olmo3": Architecture(adds_plainly=False),
    "phi": Architecture(down_projection="mlp.fc2"),
    "phi3": Architecture(),
    "qwen2": Architecture(),
    "qwen3": Architecture(),
    "seed_oss": Architecture(),
    "smollm3": Architecture(),
    "stablelm": Architecture(),
    "starcoder2": Architecture(down_projection="mlp.c_proj"),
}
