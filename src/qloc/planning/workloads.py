"""What a study asks: facts and queries of each relation, and how long their prompts are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RelationLoad:
    """What is asked of one relation.

    Attributes:
        relation: Its name.
        n_facts: That filtering leaves.
        n_queries: Of these facts.
        mean_prompt_tokens: Of a prompt.
    """

    relation: str
    n_facts: int
    n_queries: int
    mean_prompt_tokens: float
