"""A fact of a study by its name, with what the study knows of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.facts import FACTS
from qloc.contracts.queries import QUERIES
from qloc.defaults import default
from qloc.editing.questions import Questions
from qloc.errors import StudyError
from qloc.measures.studied_prompts import studied_prompts
from qloc.measures.unrelated_queries import UnrelatedQueries
from qloc.tables import Table, read_tables
from qloc.wording import did_you_mean, listed


class _Fact(NamedTuple):
    """A row of the table of facts."""

    fact_id: str
    relation: str
    subject: str
    object: str

    def __str__(self) -> str:
        return f"{self.fact_id} ({self.subject}, {self.object})"


@dataclass(frozen=True)
class _Study:
    """The tables of a study that speak of one model."""

    model: str
    facts: pd.DataFrame
    queries: pd.DataFrame
    answers: pd.DataFrame


def find_fact(place: str | Path, name: str, relation: str | None = None) -> Questions:
    """A fact that a model of a study knows: its known queries, and queries unrelated to it.

    The unrelated ones are those on which the study scores edits of the fact.

    Args:
        place: The study's `results/models/NAME`, or the manifest in it.
        name: A fact's id or its subject; or a query's id, for the query to be edited. Otherwise
            it is the first that the model knows.
        relation: Of the fact, where a subject has several.

    Raises:
        StudyError: The tables are not there; there is no such fact, or several; the model does
            not know it.
    """
    study = _study(Path(place))
    fact = _fact_named(study, name, relation)
    known = _known_queries(study, fact)
    if name in set(study.queries["query_id"]):
        if name not in known:
            raise StudyError(
                f"{study.model} does not answer query {name} with {fact.object}. It does answer"
                f" {listed(known)}."
            )
        known = {name: known[name], **known}
    unrelated = UnrelatedQueries(studied_prompts(study.queries, study.answers), study.facts).drawn(
        fact.fact_id, default("editing/unrelated_queries"), default("seed")
    )
    return Questions(
        tuple(known.values()),
        fact.object,
        tuple(query.prompt for query in unrelated),
        fact.fact_id,
    )


def _study(place: Path) -> _Study:
    folder = (place if place.is_dir() else place.parent).resolve()
    results = folder.parent.parent

    def found(table: Table, below: str = "") -> pd.DataFrame:
        paths = sorted((results / table.name / below).glob("*.parquet"))
        if folder.parent.name != "models" or not paths:
            raise StudyError(
                f"{place} has no facts: there is no table `{table.name}` of a study beside it. Give"
                " results/models/NAME of a study that has run, or prompts of your own: --prompt and"
                " --answer."
            )
        return read_tables(table, paths)

    return _Study(folder.name, found(FACTS), found(QUERIES), found(ANSWERS, folder.name))


def _fact_named(study: _Study, name: str, relation: str | None) -> _Fact:
    facts = study.facts
    if relation is not None:
        known = sorted(set(facts["relation"]))
        if relation not in known:
            raise StudyError(
                f"The study has no relation {relation}.{did_you_mean(relation, known)} It has"
                f" {listed(known)}."
            )
        facts = facts[facts["relation"] == relation]
    of_query = study.queries.loc[study.queries["query_id"] == name, "fact_id"]
    is_named = facts["fact_id"].isin([name, *of_query])
    if not is_named.any():
        is_named = facts["subject"].str.casefold() == " ".join(name.split()).casefold()
    found = [_Fact(*row) for row in facts.loc[is_named, list(_Fact._fields)].to_numpy()]
    if not found:
        near = study.queries["fact_id"] == name.rpartition("/")[0]
        known = [*facts["subject"], *facts["fact_id"], *study.queries.loc[near, "query_id"]]
        where = "" if relation is None else f" of relation {relation}"
        raise StudyError(
            f'The study has no fact{where} with the id or the subject "{name}", and no such'
            f" query.{did_you_mean(name, known)} They are in results/facts and results/queries."
        )
    if len(found) > 1:
        raise StudyError(
            f'"{name}" is the subject of {len(found)} facts: {", ".join(map(str, found))}. Name the'
            " relation, or give the id of one."
        )
    return found[0]


def _known_queries(study: _Study, fact: _Fact) -> dict[str, str]:
    """The prompts of a fact's known queries by their ids, sorted."""
    own = study.answers[study.answers["fact_id"] == fact.fact_id]
    known = sorted(own.loc[own["is_known"], "query_id"])
    if not known:
        raise StudyError(
            f"{study.model} does not know {fact}: it answers none of {len(own)} queries with"
            f" {fact.object}. Only facts that are known can be edited."
        )
    prompts = study.queries.set_index("query_id")["prompt"]
    return {query_id: str(prompts[query_id]) for query_id in known}
