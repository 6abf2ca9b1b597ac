"""Numbers that know which setting they are.

Snakemake remembers the parameters of a job as a set of values without names. So a setting that
changes from 0.05 to 0.1 would not be noticed where two others of the rule are 0.05 and 0.1
already: the job would not run again, and its result be stale. It keeps what `repr` says of a value,
so a number that says its name there cannot be mistaken; everywhere else it is the number.
"""

from collections.abc import Mapping
from typing import Any


class _Named:
    """Says in `repr` which setting it is, and what `str` says."""

    name = ""

    def __repr__(self) -> str:
        return f"{self.name}={self}"


class NamedInt(_Named, int):
    """A whole number that says in `repr` which setting it is."""

    __str__ = int.__repr__


class NamedFloat(_Named, float):
    """A number that says in `repr` which setting it is."""

    __str__ = float.__repr__


def named(settings: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """The same settings, whose numbers know their names: ``editing/facts_per_class``.

    Numbers in lists, truth values and texts stay as they are.
    """
    found: dict[str, Any] = {}
    for key, value in settings.items():
        name = f"{above}{key}"
        if isinstance(value, Mapping):
            found[key] = named(value, f"{name}/")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            number = NamedInt(value) if isinstance(value, int) else NamedFloat(value)
            number.name = name
            found[key] = number
        else:
            found[key] = value
    return found
