"""Ways of attributing an answer to neurons: one module per method, found by its name.

Every module has a function ``attribute`` of the type `Method`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qloc.measures.attribution import Attribution
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery


@dataclass(frozen=True)
class Rule:
    """How a path integral is taken.

    Attributes:
        quadrature: ``riemann_right`` or ``adaptive``.
        steps: Of ``riemann_right``.
        tolerance: Of ``adaptive``, in units of the query's largest |score|.
    """

    quadrature: str
    steps: int
    tolerance: float


# Attributes the first answer token of every query to all neurons.
Method = Callable[[LanguageModel, Sequence[EncodedQuery], Rule], Attribution]
