"""What a study does with one model: how many facts and queries come to each of its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qloc.measures.quadrature import FIXED_RULES
from qloc.planning.assumptions import (
    ADAPTIVE_PADDING,
    ADAPTIVE_POINTS,
    KEPT_DEPTH,
    KEPT_NEURONS,
    KEPT_WIDTH,
    SIG_PADDING,
)
from qloc.planning.operations import Count, method_operations
from qloc.planning.shapes import Shape
from qloc.planning.workloads import RelationLoad


@dataclass(frozen=True)
class Cost:
    """What the jobs of a rule cost, for one model.

    Attributes:
        rule: Name of the rule.
        n_jobs: How many jobs it has.
        n_queries: That they work on, all jobs together.
        operations: In all.
        output_bytes: Of all files they write.
        work_bytes: Of memory that the largest job holds beside imports and weights.
        method: Of attribution, or "".
    """

    rule: str
    n_jobs: int
    n_queries: int
    operations: float
    output_bytes: Count
    work_bytes: Count
    method: str = ""


@dataclass(frozen=True)
class Amounts:
    """A study, as one model meets it.

    Attributes:
        settings: Of the study, resolved.
        shape: Of the model.
        loads: Of every relation.
        known: Share of the queries that the model answers.
        growth: Powers with which neurons whose scores are kept grow: of the neurons of a layer,
            and of the number of layers.
    """

    settings: Mapping[str, Any]
    shape: Shape
    loads: Sequence[RelationLoad]
    known: float
    growth: tuple[float, float]

    @cached_property
    def n_asked(self) -> int:
        """Queries."""
        return sum(load.n_queries for load in self.loads)

    @cached_property
    def n_studied(self) -> int:
        """Queries that are studied: those that are known, where only these are."""
        return round(self.n_asked * self.share_studied)

    @property
    def share_studied(self) -> float:
        """Of all queries."""
        return self.known if self.settings["answers"]["known_only"] else 1.0

    @cached_property
    def n_facts(self) -> int:
        """Facts with a studied query."""
        return round(sum(load.n_facts for load in self.loads) * self.share_studied)

    @property
    def n_largest(self) -> float:
        """Studied queries of the relation that has most."""
        return self.share_studied * max((load.n_queries for load in self.loads), default=0)

    @property
    def queries_per_fact(self) -> float:
        """On average."""
        return self.n_studied / max(1, self.n_facts)

    @cached_property
    def n_tokens(self) -> float:
        """Of a prompt, on average."""
        total = sum(load.n_queries * load.mean_prompt_tokens for load in self.loads)
        return total / max(1, self.n_asked)

    @property
    def methods(self) -> list[str]:
        """Of attribution."""
        return list(self.settings["methods"])

    def sample(self, n_facts: int | str | None) -> tuple[Count, Count]:
        """Facts and queries, if at most so many facts of each relation are taken."""
        if not isinstance(n_facts, int):
            return self.n_facts, self.n_studied
        facts = sum(min(n_facts, load.n_facts * self.share_studied) for load in self.loads)
        return facts, facts * self.queries_per_fact

    def kept_rows(self, method: str) -> float:
        """Neurons of a query whose scores are kept."""
        of_width = (self.shape.n_neurons / KEPT_WIDTH) ** self.growth[0]
        of_depth = (self.shape.n_layers / KEPT_DEPTH) ** self.growth[1]
        most = float(self.shape.n_layers * self.shape.n_neurons)
        return min(KEPT_NEURONS[method] * of_width * of_depth, most)

    def attribution(self, method: str, quadrature: str, steps: int) -> float:
        """Operations of attributing one query by a quadrature."""
        knobs = self.settings["attribution"][method]
        padding = SIG_PADDING if method == "sig" else 1.0
        n_inside = float(steps)
        if quadrature == "adaptive":
            padding *= ADAPTIVE_PADDING
            n_inside = ADAPTIVE_POINTS[method] - 1
        elif 1.0 in FIXED_RULES[quadrature](steps).points:
            n_inside -= 1
        words = {knobs.get("baseline", ""), knobs.get("aggregate", "")}
        return padding * method_operations(
            self.shape,
            method,
            self.n_tokens,
            n_inside,
            has_paths_of_words=not words & {"all_tokens", "mean_baseline"},
        )

    def study_attribution(self, method: str) -> float:
        """Operations of attributing one query as the study does."""
        rule = self.settings["attribution"][method]
        return self.attribution(method, rule["quadrature"], rule["steps"])
