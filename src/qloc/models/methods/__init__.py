"""Ways of attributing an answer to neurons: one module per method, found by its name.

Every module has a function ``attribute`` of the type `Method`.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from qloc.measures.attribution import Attribution, PathChecks
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import AnswerTokens, EncodedQuery

METHODS = sorted(module.name for module in pkgutil.iter_modules(__path__))

NO_KNOBS: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Rule:
    """How a path integral is taken.

    Attributes:
        quadrature: ``adaptive``, or the name of a rule with a fixed number of points.
        steps: Points of a fixed rule.
        tolerance: Of ``adaptive``, in units of the query's largest |score|.
    """

    quadrature: str
    steps: int
    tolerance: float


# Attributes the answer of every query to all neurons; settings of its own follow by name.
Method = Callable[..., Attribution]


def attribute(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    method: str,
    rule: Rule,
    answer_tokens: AnswerTokens = "first",
    knobs: Mapping[str, Any] = NO_KNOBS,
) -> Attribution:
    """Attribute the answer of every query to all neurons.

    The queries are worked on in an order of their own, so that theirs changes no bit.

    Args:
        model: Who answers.
        queries: That have no problem.
        method: Its name.
        rule: How path integrals are taken.
        answer_tokens: What counts of an answer of several tokens.
        knobs: Settings of the method's own, by name.

    Raises:
        StudyError: The model is not built as its architecture says.
    """
    run: Method = importlib.import_module(f"{__name__}.{method}").attribute
    order = sorted(range(len(queries)), key=lambda number: _content(queries[number]))
    found = run(model, [queries[number] for number in order], rule, answer_tokens, **knobs)
    place = np.argsort(order)
    return Attribution(found.scores[place], found.activations[place], _in(order, found.checks))


def _content(query: EncodedQuery) -> tuple[object, ...]:
    return len(query.prompt_tokens), query.prompt_tokens, query.answer_tokens


def _in(order: Sequence[int], checks: PathChecks) -> PathChecks:
    """Checks of the queries in the caller's order."""
    checks = replace(checks, query=np.array(order)[checks.query])
    rows = np.lexsort((checks.word, checks.layer, checks.query))
    columns = {field.name: getattr(checks, field.name) for field in fields(checks)}
    in_place: dict[str, Any] = {
        name: None if column is None else column[rows] for name, column in columns.items()
    }
    return PathChecks(**in_place)
