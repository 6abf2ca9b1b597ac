"""The studied queries of one model as arrays: which fact, template, object and final word each has.

A query is studied if the table of answers says so. A studied query that selects no neuron stays
a query: it counts in k, with an empty set.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int, Shaped

from qloc.errors import StudyError
from qloc.measures.neuron_sets import NeuronSets, neuron_sets
from qloc.measures.numbering import numbers_of


@dataclass(frozen=True)
class StudiedQueries:
    """Studied queries, sorted by their id, and their facts, sorted likewise.

    Words are numbered: equal numbers are equal words.
    """

    query_ids: Shaped[np.ndarray, " query"]
    facts: Int[np.ndarray, " query"]
    templates: Int[np.ndarray, " query"]
    final_words: Int[np.ndarray, " query"]
    was_trained: Bool[np.ndarray, " query"]
    answer_probability: Float[np.ndarray, " query"]
    fact_ids: Shaped[np.ndarray, " fact"]
    relations: Int[np.ndarray, " fact"]
    objects: Int[np.ndarray, " fact"]
    relation_names: Shaped[np.ndarray, " relation"]

    @property
    def n_facts(self) -> int:
        return len(self.fact_ids)

    @property
    def n_queries(self) -> Int[np.ndarray, " fact"]:
        """Studied queries of each fact, k."""
        return np.bincount(self.facts, minlength=self.n_facts)


def studied_queries(answers: pd.DataFrame, queries: pd.DataFrame) -> StudiedQueries:
    """Join the tables of answers and queries, and keep the studied queries.

    Raises:
        StudyError: A studied query is not among the queries.
    """
    studied = answers.loc[answers["is_studied"]].sort_values("query_id")
    words = queries.set_index("query_id")[["answer", "final_word"]]
    unknown = ~studied["query_id"].isin(words.index)
    if unknown.any():
        raise StudyError(
            f"The answers hold query {studied.loc[unknown, 'query_id'].iloc[0]}, which the queries"
            " do not: the files are of different runs. Give files of one run, or run `snakemake`."
        )
    words = words.loc[studied["query_id"]]
    facts, fact_ids = _numbers(studied["fact_id"])
    first = np.unique(facts, return_index=True)[1]
    relations, relation_names = _numbers(studied["relation"].iloc[first])
    return StudiedQueries(
        query_ids=studied["query_id"].to_numpy(dtype=object),
        facts=facts,
        templates=studied["template"].to_numpy(dtype=np.int64),
        final_words=_numbers(words["final_word"])[0],
        was_trained=(studied["was_trained"].fillna(value=False)).to_numpy(dtype=bool),
        answer_probability=studied["answer_probability"].to_numpy(dtype=np.float64),
        fact_ids=fact_ids,
        relations=relations,
        objects=_numbers(words["answer"])[0][first],
        relation_names=relation_names,
    )


def selected_sets(neurons: pd.DataFrame, studied: StudiedQueries) -> NeuronSets:
    """The set of knowledge neurons of every studied query, some of them empty.

    Args:
        neurons: Knowledge neurons, with the columns of their contract.
        studied: The studied queries, in whose order the sets are.

    Raises:
        StudyError: See `query_numbers`.
    """
    return neuron_sets(
        query_numbers(neurons["query_id"], studied),
        neurons["layer"].to_numpy(),
        neurons["neuron"].to_numpy(),
        len(studied.query_ids),
    )


def query_numbers(query_ids: pd.Series, studied: StudiedQueries) -> Int[np.ndarray, " entry"]:
    """The number of each entry's query among the studied queries.

    Raises:
        StudyError: An entry belongs to a query that is not studied.
    """
    problem = "Neurons are given for query {}, which is not studied according to the answers"
    return numbers_of(query_ids, studied.query_ids, problem)


def _numbers(words: pd.Series) -> tuple[Int[np.ndarray, " word"], Shaped[np.ndarray, " name"]]:
    """Each word as its place among the sorted different words, and those."""
    codes, names = pd.factorize(words, sort=True)
    return codes.astype(np.int64), np.asarray(names, dtype=object)
