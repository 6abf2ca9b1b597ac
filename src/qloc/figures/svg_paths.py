"""The data of SVG paths in fewer letters: steps instead of places.

Steps lead between rounded places, so that no error adds up along a path.
"""

import re

COMMAND = re.compile(r"([MLQCz])([^MLQCz]*)")


def rounded(value: float, digits: int) -> str:
    """A number of so many decimals, without a zero that says nothing."""
    return _text(round(value * 10**digits), digits)


def shorter(data: str, digits: int, scale: float = 1.0) -> str:
    """Path data of absolute commands as steps from place to place.

    Args:
        data: As matplotlib writes it: M, L, Q, C and z.
        digits: So many decimals places have.
        scale: Places are multiplied by it before.
    """
    pieces: list[str] = []
    here = start = (0, 0)
    last = ""
    for command, numbers in COMMAND.findall(data):
        if command == "z":
            pieces.append("z")
            here, last = start, "z"
            continue
        places = [round(float(number) * scale * 10**digits) for number in numbers.split()]
        points = list(zip(places[::2], places[1::2], strict=True))
        if command == "M":
            pieces.append("M" + _joined(places, digits))
            here = start = points[0]
            last = "M"
            continue
        steps = [step for x, y in points for step in (x - here[0], y - here[1])]
        name, steps = _straight(command.lower(), steps)
        said = _joined(steps, digits)
        between = name if name != last else ("" if said.startswith("-") else " ")
        pieces.append(between + said)
        here, last = points[-1], name
    return "".join(pieces)


def _straight(name: str, steps: list[int]) -> tuple[str, list[int]]:
    """A line along an axis needs one number."""
    if name == "l" and steps[1] == 0:
        return "h", steps[:1]
    if name == "l" and steps[0] == 0:
        return "v", steps[1:]
    return name, steps


def _joined(steps: list[int], digits: int) -> str:
    """Numbers with a blank between them where a sign does not part them."""
    first, *others = (_text(step, digits) for step in steps)
    return first + "".join(text if text.startswith("-") else f" {text}" for text in others)


def _text(step: int, digits: int) -> str:
    """So many units of the last decimal as a number."""
    text = f"{step / 10**digits:.{digits}f}"
    if digits:
        text = text.rstrip("0").rstrip(".")
    return re.sub(r"^(-?)0\.", r"\1.", text) if text not in ("-0", "") else "0"
