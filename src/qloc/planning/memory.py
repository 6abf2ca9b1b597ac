"""How much memory jobs need: on the node, and on a device that holds the model.

Fitted to the peaks of docs/explanation/performance.md: a row of one token keeps, for its way back,
some 8 hidden states and 5 sets of neurons of every layer above it.
"""

from qloc.planning.assumptions import IMPORTS_BYTES
from qloc.planning.operations import Count
from qloc.planning.shapes import Shape

FLOAT32_BYTES = 4
HIDDEN_KEPT, NEURONS_KEPT = 8, 5
# As `qloc.models.sweep`, `.padding`, `.predictions` and the rules have them; tests hold them equal.
POINTS_PER_RUN, TOKENS_PER_RUN = 10, 2048
ROWS_PER_RUN, LOGITS_PER_RUN = 1024, 2**25
SWEEP_BATCH = 64
# Scores, steps, baselines and what adaptive keeps, of all paths of a batch.
ARRAYS_OF_PATHS = 5
# Logits in use at a time: as they are, and in float64.
LOGITS_BYTES = 12


def weights_in_memory(shape: Shape) -> int:
    """Of the model as the study computes with it."""
    return FLOAT32_BYTES * shape.n_parameters


def run_bytes(shape: Shape) -> float:
    """Beside the weights, of runs without gradients."""
    layer = HIDDEN_KEPT * shape.hidden_size + NEURONS_KEPT * shape.n_neurons
    logits = min(LOGITS_PER_RUN, ROWS_PER_RUN * shape.n_vocabulary)
    return float(TOKENS_PER_RUN * layer * FLOAT32_BYTES + logits * LOGITS_BYTES)


def sweep_bytes(shape: Shape, method: str, n_tokens: Count, n_queries: int) -> float:
    """Beside the weights, of attributing so many queries at once."""
    n_paths = n_queries * shape.n_layers * (1.0 if method == "ig" else n_tokens)
    rows = n_queries * shape.n_layers * POINTS_PER_RUN
    layer = HIDDEN_KEPT * shape.hidden_size + NEURONS_KEPT * shape.n_neurons
    of_rows = rows * layer * FLOAT32_BYTES * shape.n_layers / 2
    return of_rows + ARRAYS_OF_PATHS * n_paths * shape.n_neurons * FLOAT32_BYTES


def node_bytes(shape: Shape, work: Count) -> Count:
    """Of a job that computes on the CPU."""
    return IMPORTS_BYTES + weights_in_memory(shape) + work


def passing_bytes(shape: Shape) -> int:
    """Of the node of a job that computes on an accelerator: weights pass through it."""
    return IMPORTS_BYTES + weights_in_memory(shape)


def device_bytes(shape: Shape, method: str, n_tokens: Count, n_queries: int) -> float:
    """Of an accelerator that attributes so many queries at once."""
    return weights_in_memory(shape) + sweep_bytes(shape, method, n_tokens, n_queries)
