"""How much arithmetic a sweep is, and how fast the machine is at best.

Counted are products with weights, two operations for each weight and row. With L layers of m
weights, a head of v weights, prompts of S tokens and N points of which the last is α = 1:

- the prompt, once: 2 m L S;
- layer l (from 0) carries 1 + (N − 1) l rows, forward, and backward but in the first;
- the head carries R = 1 + (N − 1) L rows, and its gradient as many: 4 v R;
- in and out of the down projections, d × f weights a layer: 4 d f L;
- completeness: 1 + l rows forward in layer l, 2 v (1 + L) in the head.
"""

from collections.abc import Callable

import torch
from tests.benchmark.dimensions import Dimensions
from torch.utils.flop_counter import FlopCounterMode

SIZE = 4096


def weights_of_layer(dimensions: Dimensions) -> int:
    """In the matrices of one layer."""
    d, f = dimensions.hidden, dimensions.neurons
    key_value = d * dimensions.key_value_heads // dimensions.heads
    n_into_neurons = 1 if dimensions.architecture == "gpt2" else 2  # gate and up
    return 2 * d * d + 2 * d * key_value + (n_into_neurons + 1) * d * f


def operations(dimensions: Dimensions, n_points: int) -> float:
    """Of an exact sweep, per query: the sum above."""
    m, v = weights_of_layer(dimensions), dimensions.hidden * dimensions.vocabulary
    n_layers = dimensions.n_layers
    carried = [1 + (n_points - 1) * layer for layer in range(n_layers)]
    n_rows = 1 + (n_points - 1) * n_layers
    prompt = 2 * m * n_layers * dimensions.n_prompt
    rows = 2 * m * (2 * sum(carried) - 1)
    down = 4 * dimensions.hidden * dimensions.neurons * n_layers
    zero = 2 * m * sum(range(1, n_layers + 1)) + 2 * v * (1 + n_layers)
    return float(prompt + rows + 4 * v * n_rows + down + zero)


def counted_operations(run: Callable[[], object]) -> float:
    """Of all matrix products that a call really makes, padding and checks included."""
    with FlopCounterMode(display=False) as counter:
        run()
    return float(counter.get_total_flops())


def matrix_product(device: str = "cpu") -> tuple[Callable[[], object], float]:
    """A product of large float32 matrices, and its operations: the machine at its best."""
    left, right = (torch.randn(SIZE, SIZE, device=device) for _ in range(2))
    result = torch.empty(SIZE, SIZE, device=device)
    return lambda: torch.mm(left, right, out=result), 2.0 * SIZE**3
