"""From attributions to rows, by hand; batches of any size give the same rows."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from qloc.measures.attribution import Attribution, PathChecks
from qloc.measures.attribution_tables import AttributionTables, Run


class Query(NamedTuple):
    query_id: str
    fact_id: str


ASKED = [
    Query("P1/00001/00", "P1/00001"),
    Query("P1/00001/02", "P1/00001"),
    Query("P1/00004/00", "P1/00004"),
    Query("P1/00004/01", "P1/00004"),
    Query("P1/00004/03", "P1/00004"),
]
SCORES = np.array(
    [
        [[0.5, 0.1, 0.0], [-0.5, 0.25, 0.0]],
        [[0.5, 0.0, 0.0], [0.5, 0.0, 0.0]],
        [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
        [[-1.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
        [[0.0, 0.0, 0.0], [0.0, 0.0, 0.5]],
    ],
    dtype=np.float32,
)
RUN = Run("adaptive", 7, 2)


def attribution(rows=slice(None), words=1):
    """Checks of word w are those of word 0 with w added to the sum of scores."""
    scores = SCORES[rows]
    query, layer, word = np.indices((len(scores), 2, words)).reshape(3, -1)
    change = scores[query, layer, 0].astype(float)
    checks = PathChecks(
        query=query,
        layer=layer,
        word=word,
        n_points=np.full(query.shape, 12) + word,
        score_sum=scores.sum(2)[query, layer].astype(float) + word,
        answer_change=change,
        gap=np.abs(change),
        score_change=np.abs(change) / 2,
        is_settled=change < 0.5,
    )
    return Attribution(scores, scores + 10, checks)


def tables(batch_size, keep=0.5, mean_floor=0.5, words=1):
    found = AttributionTables(keep, mean_floor)
    for start in range(0, len(ASKED), batch_size):
        rows = slice(start, start + batch_size)
        found.add(ASKED[rows], attribution(rows, words), RUN)
    return found


def rows_of(frame, *columns):
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_kept_rows_exceed_the_share_of_their_own_querys_best_score():
    rows = tables(5).attributions()
    assert rows_of(rows, "query_id", "layer", "neuron", "score", "activation") == [
        ("P1/00001/00", 0, 0, 0.5, 10.5),
        ("P1/00001/02", 0, 0, 0.5, 10.5),
        ("P1/00001/02", 1, 0, 0.5, 10.5),
        ("P1/00004/03", 1, 2, 0.5, 10.5),
    ]


def test_a_facts_neurons_have_their_exact_scores_for_every_query():
    rows = tables(5).fact_scores()
    assert rows_of(rows, "query_id", "layer", "neuron", "score") == [
        ("P1/00001/00", 0, 0, 0.5),
        ("P1/00001/02", 0, 0, 0.5),
        ("P1/00004/00", 1, 2, 0.0),
        ("P1/00004/01", 1, 2, 0.0),
        ("P1/00004/03", 1, 2, 0.5),
    ]
    assert rows["largest_mean_not_kept"].tolist() == [0.125, 0.125, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("batch_size", [1, 2, 3, 4])
def test_a_fact_that_straddles_batches_gives_the_same_rows(batch_size):
    whole, parts = tables(5, 0.1, 0.1), tables(batch_size, 0.1, 0.1)
    pd.testing.assert_frame_equal(parts.attributions(), whole.attributions())
    pd.testing.assert_frame_equal(parts.checks(), whole.checks())
    pd.testing.assert_frame_equal(parts.fact_scores(), whole.fact_scores())


def test_checks_carry_the_error_bar_of_every_query_and_layer():
    rows = tables(2).checks()
    assert rows_of(rows[:4], "query_id", "fact_id", "layer", "answer_change") == [
        ("P1/00001/00", "P1/00001", 0, 0.5),
        ("P1/00001/00", "P1/00001", 1, -0.5),
        ("P1/00001/02", "P1/00001", 0, 0.5),
        ("P1/00001/02", "P1/00001", 1, 0.5),
    ]
    assert rows["score_sum"].tolist()[:2] == pytest.approx([0.6, -0.25])
    assert rows["completeness_gap"].tolist()[:2] == [0.5, 0.5]
    assert rows["score_change"].tolist()[:2] == [0.25, 0.25]
    assert rows["is_settled"].tolist()[:2] == [False, True]
    assert set(rows_of(rows, "quadrature", "nodes", "batch_size", "threads", "word")) == {
        ("adaptive", 12, 7, 2, 0)
    }


def test_checks_have_a_row_for_every_word():
    rows = tables(2, words=3).checks()
    assert len(rows) == 3 * len(tables(2).checks())
    assert rows_of(rows[6:10], "query_id", "layer", "word", "nodes", "score_sum") == [
        ("P1/00001/02", 0, 0, 12, 0.5),
        ("P1/00001/02", 0, 1, 13, 1.5),
        ("P1/00001/02", 0, 2, 14, 2.5),
        ("P1/00001/02", 1, 0, 12, 0.5),
    ]


def test_every_batch_has_a_size_of_its_own():
    found = AttributionTables(0.5, 0.5)
    found.add(ASKED[:2], attribution(slice(0, 2)), Run("adaptive", 2, 1))
    found.add(ASKED[2:3], attribution(slice(2, 3)), Run("adaptive", 1, 1))
    assert found.checks()["batch_size"].tolist() == [2, 2, 2, 2, 1, 1]


def test_without_queries_all_tables_are_empty():
    found = AttributionTables(0.5, 0.5)
    assert found.attributions().empty
    assert found.checks().empty
    assert found.fact_scores().empty
