"""What is wrong with a config file, in the words of the person who wrote it.

The schema knows what is allowed; this module says what was found, where, and what would do.
"""

import difflib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, TypeChecker, ValidationError
from jsonschema.validators import extend

_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of settings",
    "null": "null",
}
_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}


def _is_integer(_checker: TypeChecker, value: object) -> bool:
    """Whether a value is written as a whole number; JSON Schema takes 5.0 for one as well."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(_checker: TypeChecker, value: object) -> bool:
    """Whether a value is a finite number; every bound lets NaN pass."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


_Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer).redefine(
        "number", _is_number
    ),
)


@dataclass(frozen=True)
class Problem:
    """One thing to put right.

    Attributes:
        place: The key whose value cannot be used, as a path; empty where all values can.
        message: What to tell.
    """

    place: tuple[str | int, ...]
    message: str


def schema_problems(settings: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Problem]:
    """Everything in which the settings break the schema, sorted by message."""
    errors = _Validator(schema).iter_errors(settings)
    found = {problem for error in errors for problem in _problems(error, schema)}
    return sorted(found, key=lambda problem: problem.message)


def did_you_mean(wrong: object, known: Iterable[str]) -> str:
    """A sentence with the most similar known name, or nothing, with a blank in front."""
    near = difflib.get_close_matches(str(wrong), list(known), n=1, cutoff=0.6)
    return f" Did you mean `{near[0]}`?" if near else ""


def listed(names: Iterable[object]) -> str:
    """Names as a person lists them: `a`, `b`, `c`."""
    return ", ".join(f"`{name}`" for name in names)


def dotted(place: Iterable[str | int]) -> str:
    """A path of keys as people write it: attribution.ig.steps."""
    return ".".join(str(part) for part in place)


def _problems(error: ValidationError, schema: Mapping[str, Any]) -> Iterator[Problem]:
    place = tuple(error.absolute_path)
    found: Any = error.instance
    rule: Any = error.validator_value
    part: Any = error.schema
    if error.validator == "additionalProperties":
        known = dict(part["properties"])
        for key in found:
            if key not in known:
                yield Problem((), _unknown_key((*place, key), known, schema))
    elif error.validator == "required":
        for key in rule:
            if key not in found:
                yield Problem((*place, key), f"`{dotted((*place, key))}` is missing.")
    else:
        is_usable = (
            error.validator == "uniqueItems" or "propertyNames" in error.absolute_schema_path
        )
        yield Problem(() if is_usable else place, _message(error, place))


def _unknown_key(
    place: tuple[str | int, ...], known: Mapping[str, Any], schema: Mapping[str, Any]
) -> str:
    *parents, key = place
    hint = did_you_mean(key, known)
    if not hint:
        elsewhere = [path for path in leaves(schema) if path[-1] == key]
        hint = f" Did you mean `{dotted(elsewhere[0])}`?" if elsewhere else ""
    where = f"`{dotted(parents)}` has" if parents else "The settings are"
    return f"`{dotted(place)}` is not a setting.{hint} {where} {listed(known)}."


def leaves(schema: Mapping[str, Any], place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every setting that the schema describes and that is not a group."""
    for key, part in schema.get("properties", {}).items():
        if "properties" in part:
            yield from leaves(part, (*place, key))
        elif part.get("type") != "object":
            yield (*place, key)


def _message(error: ValidationError, place: tuple[str | int, ...]) -> str:
    """What is wrong with the value at ``place``."""
    wanted = _wanted(error)
    if place and isinstance(place[-1], int):
        return f"`{dotted(place[:-1])}` lists {_shown(error.instance)}, but {wanted}"
    return f"`{dotted(place)}` is {_shown(error.instance)}, but {wanted}"


def _wanted(error: ValidationError) -> str:
    """The rest of the sentence that begins with what was found."""
    found: Any = error.instance
    rule: Any = error.validator_value
    part: Any = error.schema
    match error.validator:
        case "type":
            types = [rule] if isinstance(rule, str) else rule
            hint = _number_hint(found) if "number" in types else ""
            return f"must be {' or '.join(_TYPES[name] for name in types)}.{hint}"
        case "enum":
            reason = part.get("refused", {}).get(str(found))
            return f"can be {listed(rule)}.{f' {reason}' if reason else did_you_mean(found, rule)}"
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum" as bound:
            return f"must be {_BOUNDS[bound]} {rule}."
        case "minItems" | "maxItems" | "minLength":
            size = part.get("maxItems")
            is_described = f"must have {size} entries: {part.get('description')}"
            return is_described if size else "must not be empty."
        case "uniqueItems":
            repeated = sorted({str(item) for item in found if found.count(item) > 1})
            return f"{listed(repeated)} must be listed once."
        case _:
            return f"must be as described: {part.get('description', rule)}"


def _shown(value: object) -> str:
    """A value as it would stand in the config file."""
    return json.dumps(value, ensure_ascii=False)


def _number_hint(found: object) -> str:
    """YAML reads 1e-3 as a text."""
    try:
        return f" Write {float(found):.12f}".rstrip("0") + "." if isinstance(found, str) else ""
    except ValueError:
        return ""
