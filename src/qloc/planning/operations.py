"""How much arithmetic the parts of a study are.

Counted are products with weights, two operations for each weight and row, as in
docs/explanation/performance.md. With L layers of m weights, a head of v weights, prompts of S
tokens and N points of which the last is α = 1, an exact sweep of IG takes

- the prompt, once: 2 m L S;
- layer l (from 0) carries 1 + (N − 1) l rows, forward, and backward but in the first;
- the head carries R = 1 + (N − 1) L rows, and its gradient as many: 4 v R;
- in and out of the down projections, d × f weights a layer: 4 d f L;
- completeness: 1 + l rows forward in layer l, 2 v (1 + L) in the head.

Methods with a path for every word have as many times the rows behind a layer; where the neurons of
a word before the last are changed, a row is all tokens from that word on. Rows enter a layer
earlier where a layer normalises what neurons add, and are whole texts where attention is the
model's own (`qloc.models.architectures`). Products of attention with attention are left out: of
prompts of some ten tokens they are under a hundredth.
"""

from qloc.models.architectures import ARCHITECTURES
from qloc.planning.shapes import UNGATED, Shape

# A number of tokens, points or rows: a whole one, or a mean.
Count = int | float


def weights_of_layer(shape: Shape) -> int:
    """In the matrices of one layer."""
    hidden = shape.hidden_size
    key_value = hidden * shape.n_key_value_heads // shape.n_heads
    n_matrices = 2 if shape.architecture in UNGATED else 3
    return 2 * hidden * hidden + 2 * hidden * key_value + n_matrices * hidden * shape.n_neurons


def weights_of_head(shape: Shape) -> int:
    """From hidden states to logits."""
    return shape.hidden_size * shape.n_vocabulary


def run_operations(shape: Shape, n_tokens: Count, n_read: Count = 1) -> float:
    """Of plain runs over so many tokens, whose logits are made at some of them."""
    layers = 2.0 * weights_of_layer(shape) * shape.n_layers * n_tokens
    return layers + 2.0 * weights_of_head(shape) * n_read


def training_operations(shape: Shape, n_tokens: Count, n_read: Count) -> float:
    """Of learning from texts: backward takes twice what forward does."""
    return 3 * run_operations(shape, n_tokens, n_read)


def sweep_operations(shape: Shape, n_tokens: Count, n_points: Count) -> float:
    """Of an exact sweep of IG, per query: the sum above."""
    return run_operations(shape, n_tokens, 0) + _paths(shape, 1, 1, n_tokens, n_points - 1)


def method_operations(
    shape: Shape, method: str, n_tokens: Count, n_inside: Count, *, has_paths_of_words: bool
) -> float:
    """Of attributing one query, but for padding.

    Args:
        shape: Of the model.
        method: Of attribution.
        n_tokens: Of the prompt; every one is a word.
        n_inside: Points on every path other than α = 1.
        has_paths_of_words: Whether AMIG has a path for every word, not one from their mean.
    """
    prompt = run_operations(shape, n_tokens, 0)
    if method == "sig":
        n_baseline = n_tokens * (n_tokens + 1) / 2  # a word's baseline is read up to the word
        tail = (n_tokens + 1) / 2  # on average
        swept = n_tokens * _paths(shape, 1, tail, n_tokens, n_inside)
        return prompt + run_operations(shape, n_baseline, 0) + swept
    if method == "amig":
        n_paths = n_tokens if has_paths_of_words else 1
        baselines = run_operations(shape, n_tokens * n_tokens, 0)
        return prompt + baselines + _paths(shape, n_paths, 1, n_tokens, n_inside)
    return prompt + _paths(shape, 1, 1, n_tokens, n_inside)


def _paths(shape: Shape, n_paths: Count, n_tail: Count, n_tokens: Count, n_inside: Count) -> float:
    """Of integrating so many paths of every layer, once the prompt is read."""
    architecture = ARCHITECTURES[shape.architecture]
    m, v, n_layers = weights_of_layer(shape), weights_of_head(shape), shape.n_layers
    row = n_tail if architecture.has_row_attention else n_tokens
    below = n_layers * (n_layers - 1) / 2 + (0 if architecture.adds_plainly else n_layers)
    carried = n_layers + n_inside * n_paths * below
    n_rows = 1 + n_inside * n_paths * n_layers
    rows = 2 * m * row * (2 * carried - 1)
    down = 4 * shape.hidden_size * shape.n_neurons * n_layers * n_paths
    zero = 2 * m * row * (n_layers + n_paths * below) + 2 * v * (1 + n_layers * n_paths)
    return float(rows + 4 * v * n_rows + down + zero)
