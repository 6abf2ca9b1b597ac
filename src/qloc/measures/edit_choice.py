"""Which facts are edited, by which of their queries, and what is written in the object's place?

A fact can be edited if the model knows it, it is in a class, its object is told from all others
of the relation by its first token, and there is something to write: another object of the
relation with other first tokens, which is no object of this subject.

Some facts only serve to pick the strength of edits. From the rest, as many of each class are
evaluated, and edits one after another go through facts drawn from both. One known query is
edited, all sets of neurons alike; with four or more, half of the others join it in choosing
held-out sets, which are scored on the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qloc.measures.fact_samples import in_line
from qloc.measures.numbering import numbers_of
from qloc.randomness import generator

# With fewer known queries none is held out.
MIN_QUERIES = 4

PROBLEM = "Answers are given for fact {}, which is not among the facts"


@dataclass(frozen=True)
class EditableFact:
    """A fact that can be edited.

    Attributes:
        queries: Its known queries, in ascending order.
        is_all_studied: Whether it has no other studied query.
        targets: What an update can write, in ascending order.
    """

    fact_id: str
    relation: str
    is_consistent: bool
    answer: str
    queries: list[str]
    is_all_studied: bool
    targets: list[str]


@dataclass(frozen=True)
class EditedFact(EditableFact):
    """A fact that is edited.

    Attributes:
        role: See the table `edited_facts`.
        target: What an update writes.
        query_roles: Role of each of its queries, see the table `edited_queries`.
    """

    role: str
    target: str
    query_roles: Mapping[str, str]

    @property
    def query_id(self) -> str:
        """The query that is edited."""
        return self.having("edited")[0]

    def having(self, *roles: str) -> list[str]:
        """The queries with one of these roles, in ascending order."""
        return [query_id for query_id in self.queries if self.query_roles[query_id] in roles]


@dataclass(frozen=True)
class FactCounts:
    """How many facts are edited for what.

    Attributes:
        calibration: Share of all.
        evaluation: Facts of each class; all others if not given.
        sequence: Facts edited one after another in a run.
        runs: Of such.
    """

    calibration: float
    evaluation: int | None
    sequence: int
    runs: int


def editable_facts(
    answers: pd.DataFrame, facts: pd.DataFrame, classes: pd.DataFrame
) -> list[EditableFact]:
    """All facts of a model that can be edited, in ascending order.

    Args:
        answers: Of the model to all queries of these facts.
        facts: All that the study asks about.
        classes: By one criterion.

    Raises:
        StudyError: The answers hold a fact that the facts do not.
    """
    numbers_of(answers["fact_id"], facts["fact_id"].to_numpy(dtype=object), PROBLEM)
    is_consistent = classes.set_index("fact_id")["is_consistent"].to_dict()
    n_studied = answers[answers["is_studied"]].groupby("fact_id").size().to_dict()
    known = answers[answers["is_studied"] & answers["is_known"]].sort_values("query_id")
    queries = known.groupby("fact_id")["query_id"].agg(list).to_dict()
    shared = set(known.loc[known["is_first_token_shared"].eq(other=True), "fact_id"])
    can_be = set(queries) & set(is_consistent) - shared
    targets = possible_targets(answers, facts)
    return [
        EditableFact(
            fact_id=fact_id,
            relation=relation,
            is_consistent=is_consistent[fact_id],
            answer=word,
            queries=queries[fact_id],
            is_all_studied=len(queries[fact_id]) == n_studied[fact_id],
            targets=targets[fact_id],
        )
        for fact_id, relation, word in sorted(
            facts[["fact_id", "relation", "object"]].to_numpy(dtype=object).tolist()
        )
        if fact_id in can_be and targets[fact_id]
    ]


def possible_targets(answers: pd.DataFrame, facts: pd.DataFrame) -> dict[str, list[str]]:
    """For every fact the objects that can be written in its object's place, in ascending order.

    They are other objects of the relation that begin with other tokens, in whatever query, and no
    objects of the fact's subject. There is none where a subject is known to have other objects,
    but not which.

    Args:
        answers: To all queries of these facts.
        facts: Of some relations.
    """
    objects: dict[Any, set[str]] = (
        facts.groupby(["relation", "subject"])["object"].agg(set).to_dict()
    )
    asked = answers.dropna(subset="answer_token").merge(facts[["fact_id", "object"]], on="fact_id")
    told_apart = {str(name): _told_apart(rows) for name, rows in asked.groupby("relation")}
    found: dict[str, list[str]] = {}
    columns = ["fact_id", "relation", "subject", "object", "is_ambiguous_subject"]
    for fact_id, relation, subject, word, is_ambiguous in facts[columns].to_numpy().tolist():
        of_subject = objects[relation, subject]
        is_hidden = is_ambiguous and len(of_subject) == 1
        others = [] if is_hidden else told_apart.get(relation, {}).get(word, [])
        found[fact_id] = [other for other in others if other not in of_subject]
    return found


def _told_apart(asked: pd.DataFrame) -> dict[str, list[str]]:
    """For every object of a relation those that begin with other tokens, in ascending order."""
    grouped = asked.groupby("object")["answer_token"].agg(frozenset)
    tokens = {str(name): its for name, its in grouped.items()}
    return {
        name: sorted(other for other, its in tokens.items() if its.isdisjoint(own))
        for name, own in tokens.items()
    }


def chosen_facts(
    editable: Sequence[EditableFact], counts: FactCounts, seed: int
) -> list[EditedFact]:
    """The facts that are edited, in the order of the editable ones.

    A fact's place in line, its edited query, its target and which queries are held out are drawn
    by its name alone.

    Args:
        editable: All that can be edited.
        counts: How many are, for what.
        seed: Of the study.
    """
    roles = _fact_roles(editable, counts, seed)
    return [_edited(fact, roles[fact.fact_id], seed) for fact in editable if fact.fact_id in roles]


def sequence_facts(fact_ids: Iterable[str], most: int, seed: int, run: int) -> list[str]:
    """The facts that a run edits one after another, in its order.

    Args:
        fact_ids: To draw from: none of those that strengths are picked on. Whether facts that no
            run draws are among them changes nothing.
        most: How many; fewer if there are no more.
        seed: Of the study.
        run: Number of the run, from 0.
    """
    return in_line(fact_ids, seed, "choose_edits", "sequence", str(run))[:most]


def _fact_roles(editable: Sequence[EditableFact], counts: FactCounts, seed: int) -> dict[str, str]:
    """The role of every fact that is edited."""
    classes = {fact.fact_id: fact.is_consistent for fact in editable}
    line = in_line(classes, seed, "choose_edits", "place")
    n_calibration = round(counts.calibration * len(line))
    rest = line[n_calibration:]
    roles = dict.fromkeys(line[:n_calibration], "calibration")
    for run in range(counts.runs):
        roles |= dict.fromkeys(sequence_facts(rest, counts.sequence, seed, run), "sequence")
    for is_consistent in (True, False):
        of_class = [fact_id for fact_id in rest if classes[fact_id] == is_consistent]
        roles |= dict.fromkeys(of_class[: counts.evaluation], "evaluation")
    return roles


def _edited(fact: EditableFact, role: str, seed: int) -> EditedFact:
    """A fact with all that is drawn for it."""

    def drawn(name: str, of: Sequence[str], size: int) -> list[str]:
        random = generator(seed, "choose_edits", name, fact.fact_id)
        return [of[place] for place in random.permutation(len(of))[:size].tolist()]

    edited = drawn("query", fact.queries, 1)
    others = [query_id for query_id in fact.queries if query_id not in edited]
    if len(fact.queries) < MIN_QUERIES:
        roles = dict.fromkeys(others, "neighbor")
    else:
        roles = dict.fromkeys(others, "held_out")
        roles |= dict.fromkeys(drawn("used", others, len(others) // 2), "used")
    roles |= dict.fromkeys(edited, "edited")
    [target] = drawn("target", fact.targets, 1)
    return EditedFact(**vars(fact), role=role, target=target, query_roles=roles)
