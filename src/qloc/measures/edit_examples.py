"""Facts and queries of which it is shown what a model says before and after edits."""

from collections.abc import Iterable

from qloc.measures.fact_samples import in_line
from qloc.measures.facts_to_edit import FactToEdit


def example_facts(facts: Iterable[FactToEdit], seed: int) -> list[FactToEdit]:
    """A consistent fact, then an inconsistent one, where there are such among those evaluated.

    Drawn among the facts of a class with held-out queries, or among those with several queries, or
    among all, if there are no better ones.

    Args:
        facts: That are edited.
        seed: Of the study.
    """
    evaluated = {fact.fact_id: fact for fact in facts if fact.role == "evaluation"}
    line = [evaluated[name] for name in in_line(evaluated, seed, "continue_prompts", "facts")]
    found = []
    for is_consistent in (True, False):
        of_class = [fact for fact in line if fact.is_consistent == is_consistent]
        found += sorted(of_class, key=_is_worse)[:1]
    return found


def example_queries(fact: FactToEdit, seed: int) -> list[int]:
    """Numbers of a fact's queries: the edited one, and another one, held out if any is."""
    others = {query.query_id: number for number, query in enumerate(fact.queries) if number}
    held_out = [name for name in others if fact.queries[others[name]].role == "held_out"]
    line = in_line(held_out or others, seed, "continue_prompts", "queries")
    return [0, *(others[name] for name in line[:1])]


def _is_worse(fact: FactToEdit) -> int:
    """0 for a fact with held-out queries, 1 for one with several queries, else 2."""
    if any(query.role == "held_out" for query in fact.queries):
        return 0
    return 1 if len(fact.queries) > 1 else 2
