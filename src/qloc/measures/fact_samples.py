"""Facts drawn from many: each has a place in line of its own, and the first are taken."""

from collections.abc import Iterable

from qloc.randomness import generator


def in_line(fact_ids: Iterable[str], seed: int, *names: str) -> list[str]:
    """The facts in the order of their places in a line.

    Each place is drawn for its fact alone: other facts change nothing about the order of two.

    Args:
        fact_ids: In any order.
        seed: Of the study.
        names: Of the line.
    """

    def place(fact_id: str) -> tuple[float, str]:
        return generator(seed, *names, fact_id).random(), fact_id

    return sorted(fact_ids, key=place)


def drawn_facts(fact_ids: Iterable[str], most: int | None, seed: int, name: str) -> list[str]:
    """So many facts to manipulate the synapses of, or all if there are no more, sorted.

    A smaller sample is part of a larger one.

    Args:
        fact_ids: To draw from.
        most: How many; all if not given.
        seed: Of the study.
        name: Of the draw.
    """
    return sorted(in_line(fact_ids, seed, "manipulate_synapses", name)[:most])
