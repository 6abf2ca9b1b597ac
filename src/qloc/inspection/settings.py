"""How an inspection is made; what is left out is as in the default study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

from qloc.defaults import default
from qloc.errors import StudyError
from qloc.measures.quadrature import QUADRATURES
from qloc.models.methods import METHODS, Rule
from qloc.models.precision import Precision
from qloc.models.prompting import ANSWER_TOKENS, AnswerTokens

# Rows of the table of neurons.
TOP = 20

_OF_RULE = tuple(field.name for field in fields(Rule))


@dataclass(frozen=True)
class InspectionSettings:
    """How an inspection is made.

    Attributes:
        method: Of attribution.
        rule: Of quadrature.
        knobs: The method's other settings, as in the default study.
        precision: Of matrix products on a GPU, as in the default study.
        answer_tokens: What counts of an answer of several tokens.
        selection_threshold: Share of a prompt's best score that a knowledge neuron exceeds.
        top: Most neurons to list for each prompt.
    """

    method: str
    rule: Rule
    knobs: Mapping[str, Any]
    precision: Precision
    answer_tokens: AnswerTokens
    selection_threshold: float
    top: int


def settings_with(
    method: str | None = None,
    quadrature: str | None = None,
    steps: int | None = None,
    tolerance: float | None = None,
    answer_tokens: str | None = None,
    selection_threshold: float | None = None,
    top: int = TOP,
) -> InspectionSettings:
    """The settings of the default study, but for those given.

    Raises:
        StudyError: A setting has no such value.
    """
    method = one_of("method", default("methods")[0] if method is None else method, METHODS)
    given = {"quadrature": quadrature, "steps": steps, "tolerance": tolerance}
    own = {name: value for name, value in given.items() if value is not None}
    of_method = {**default(f"attribution/{method}"), **own}
    rule = Rule(*(of_method.pop(name) for name in _OF_RULE))
    one_of("quadrature", rule.quadrature, QUADRATURES)
    unused = "steps" if rule.quadrature == "adaptive" else "tolerance"
    if given[unused] is not None:
        raise StudyError(
            f"{unused} is given, but quadrature {rule.quadrature} does not use it. Leave it out,"
            " or give another quadrature."
        )
    check("steps", rule.steps, rule.steps >= 2, "at least 2")
    check("tolerance", rule.tolerance, rule.tolerance > 0, "above 0")
    tokens = default("answers/tokens") if answer_tokens is None else answer_tokens
    threshold = (
        default("knowledge_neurons/selection_threshold")
        if selection_threshold is None
        else selection_threshold
    )
    check("selection_threshold", threshold, 0 <= threshold < 1, "at least 0 and below 1")
    check("top", top, top >= 1, "at least 1")
    counted = cast(AnswerTokens, one_of("answer_tokens", tokens, ANSWER_TOKENS))
    precision: Precision = default("attribution/precision")
    return InspectionSettings(method, rule, of_method, precision, counted, threshold, top)


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """The value of a setting, or the refusal of one that is not known."""
    check(name, value, value in known, f"one of {', '.join(known)}")
    return value


def check(name: str, value: object, is_right: bool, wanted: str) -> None:
    """Refuse a setting that is not right."""
    if not is_right:
        raise StudyError(f"{name} is {value!r}, but must be {wanted}.")
