"""How exactly a GPU multiplies float32 matrices.

TF32 rounds the factors of a product to 10 bits of mantissa and adds in float32: several times
faster, and good enough for the inside of a model. The head is always multiplied in full float32
(`qloc.models.answer_head`): a probability is too sensitive to its logits. Weights are float32
either way. 16-bit types are not offered: they change most neuron sets.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

import torch

Precision = Literal["float32", "tf32"]
PRECISIONS: tuple[str, ...] = get_args(Precision)

NAMES_IN_TORCH = {"float32": "ieee", "tf32": "tf32"}
FIRST_WITH_TF32 = (8, 0)  # compute capability of Ampere


@contextmanager
def matrix_products(precision: Precision) -> Iterator[None]:
    """Multiply float32 matrices so on a GPU within the body, whatever holds outside of it."""
    products = torch.backends.cuda.matmul
    before = products.fp32_precision
    products.fp32_precision = NAMES_IN_TORCH[precision]
    try:
        yield
    finally:
        products.fp32_precision = before


def has_tf32(device: torch.device) -> bool:
    """Whether a device can multiply in TF32; where it cannot, asking for it changes nothing."""
    if device.type != "cuda":
        return False
    return torch.cuda.get_device_capability(device) >= FIRST_WITH_TF32
