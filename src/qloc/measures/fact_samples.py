"""Facts of which the synapses are manipulated, drawn from those of a relation."""

from collections.abc import Iterable

from qloc.randomness import generator


def drawn_facts(fact_ids: Iterable[str], most: int | None, seed: int, name: str) -> list[str]:
    """So many of the facts, or all if there are no more, sorted.

    Each has a place in line of its own: a smaller sample is part of a larger one, and other facts
    change nothing about the order of two.

    Args:
        fact_ids: To draw from.
        most: How many; all if not given.
        seed: Of the study.
        name: Of the draw.
    """

    def place(fact_id: str) -> tuple[float, str]:
        return generator(seed, "manipulate_synapses", name, fact_id).random(), fact_id

    return sorted(sorted(fact_ids, key=place)[:most])
