"""How much arithmetic a sweep is, and how fast the machine is at best."""

from collections.abc import Callable

import torch
from tests.benchmark.dimensions import Dimensions
from torch.utils.flop_counter import FlopCounterMode

from qloc.planning import operations as operations_of
from qloc.planning.shapes import Shape

SIZE = 4096


def shape(dimensions: Dimensions) -> Shape:
    """What `qloc.planning` knows of a model of these sizes."""
    return Shape(
        architecture=dimensions.architecture,
        n_layers=dimensions.n_layers,
        n_neurons=dimensions.neurons,
        hidden_size=dimensions.hidden,
        n_heads=dimensions.heads,
        n_key_value_heads=dimensions.key_value_heads,
        n_vocabulary=dimensions.vocabulary,
        n_parameters=0,
        weights_bytes=0,
    )


def weights_of_layer(dimensions: Dimensions) -> int:
    """In the matrices of one layer."""
    return operations_of.weights_of_layer(shape(dimensions))


def operations(dimensions: Dimensions, n_points: int) -> float:
    """Of an exact sweep, per query, as the page says."""
    return operations_of.sweep_operations(shape(dimensions), dimensions.n_prompt, n_points)


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
