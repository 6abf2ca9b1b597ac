"""Studied queries and neuron sets from plain lists."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from qloc.measures.neuron_sets import NeuronSets, neuron_sets
from qloc.measures.studied_queries import StudiedQueries, studied_queries


@pytest.fixture(scope="session")
def make_sets() -> Callable[[list[set[int]]], NeuronSets]:
    """Neuron sets from Python sets, one per query, of neurons in layers of 10 units."""

    def make(sets: list[set[int]]) -> NeuronSets:
        entries = [(query, neuron) for query, chosen in enumerate(sets) for neuron in chosen]
        queries, neurons = np.array(entries, dtype=np.int64).reshape(-1, 2).T
        return neuron_sets(queries, neurons // 10, neurons % 10, len(sets))

    return make


@pytest.fixture(scope="session")
def make_queries() -> Callable[..., StudiedQueries]:
    """Studied queries from rows (relation, fact number, template, object[, final word])."""

    def make(rows: list[tuple], **columns) -> StudiedQueries:
        frame = pd.DataFrame(
            [
                {
                    "query_id": f"{relation}/{fact:05d}/{template:02d}",
                    "fact_id": f"{relation}/{fact:05d}",
                    "relation": relation,
                    "template": template,
                    "answer": answer,
                    "final_word": word[0] if word else f"word {template}",
                    "is_studied": True,
                    "was_trained": True,
                    "answer_probability": 0.5,
                }
                for relation, fact, template, answer, *word in rows
            ]
        ).assign(**columns)
        return studied_queries(
            frame.drop(columns=["answer", "final_word"]),
            frame[["query_id", "answer", "final_word"]],
        )

    return make
