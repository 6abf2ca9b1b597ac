"""How much arithmetic the parts of a study are.

Counted are products with weights, two operations for each weight and row, as in
docs/performance.md. With L layers of m weights, a head of v weights, prompts of S tokens and N
points of which the last is α = 1, an exact sweep of IG takes

- the prompt, once: 2 m L S;
- layer l (from 0) carries 1 + (N − 1) l rows, forward, and backward but in the first;
- the head carries R = 1 + (N − 1) L rows, and its gradient as many: 4 v R;
- in and out of the down projections, d × f weights a layer: 4 d f L;
- completeness: 1 + l rows forward in layer l, 2 v (1 + L) in the head.
"""

from qloc.planning.shapes import UNGATED, Shape


def weights_of_layer(shape: Shape) -> int:
    """In the matrices of one layer."""
    hidden = shape.hidden_size
    key_value = hidden * shape.n_key_value_heads // shape.n_heads
    n_matrices = 2 if shape.architecture in UNGATED else 3
    return 2 * hidden * hidden + 2 * hidden * key_value + n_matrices * hidden * shape.n_neurons


def weights_of_head(shape: Shape) -> int:
    """From hidden states to logits."""
    return shape.hidden_size * shape.n_vocabulary


def run_operations(shape: Shape, n_tokens: float, n_read: float = 1) -> float:
    """Of one plain run over so many tokens, whose logits are made at some of them."""
    layers = 2.0 * weights_of_layer(shape) * shape.n_layers * n_tokens
    return layers + 2.0 * weights_of_head(shape) * n_read


def sweep_operations(shape: Shape, n_tokens: float, n_points: float) -> float:
    """Of an exact sweep of IG, per query: the sum above."""
    m, v = weights_of_layer(shape), weights_of_head(shape)
    n_layers = shape.n_layers
    below = n_layers * (n_layers - 1) / 2
    carried = n_layers + (n_points - 1) * below
    n_rows = 1 + (n_points - 1) * n_layers
    prompt = 2 * m * n_layers * n_tokens
    rows = 2 * m * (2 * carried - 1)
    down = 4 * shape.hidden_size * shape.n_neurons * n_layers
    zero = 2 * m * (below + n_layers) + 2 * v * (1 + n_layers)
    return float(prompt + rows + 4 * v * n_rows + down + zero)
