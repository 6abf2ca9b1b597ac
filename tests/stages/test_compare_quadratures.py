"""Quadratures on a tiny trained model, through the command line."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from qloc.contracts.answers import ANSWERS
from qloc.contracts.attribution_checks import ATTRIBUTION_CHECKS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.quadrature_comparisons import QUADRATURE_COMPARISONS
from qloc.contracts.queries import QUERIES
from qloc.measures.quadrature_comparison import compared_rules
from qloc.tables import read_table, write_table

pytestmark = pytest.mark.slow

SHARE, TOLERANCE, LAYERS = 0.2, 1e-3, 4
TOGETHER = {"precision": "float32", "answer_tokens": "first", "threads": 1, "batch_size": 5}

Compare = Callable[..., pd.DataFrame]


@pytest.fixture
def compare(run, pupil, tmp_path: Path) -> Compare:
    """Runs the stage; the table, whose file is named after the run."""

    def compared(asked, name: str = "run", **changed: object) -> pd.DataFrame:
        for table, rows, file in zip((QUERIES, ANSWERS), asked, ("q", "a"), strict=True):
            write_table(table, rows, tmp_path / name / file)
        options = {
            "model": pupil,
            "queries": tmp_path / name / "q",
            "answers": tmp_path / name / "a",
            "n_queries": 9,
            "quadrature": "adaptive",
            "steps": 20,
            "tolerance": TOLERANCE,
            "selection_threshold": SHARE,
            "seed": 5,
            "comparisons": tmp_path / f"{name}.parquet",
        }
        run("compare-quadratures", **(TOGETHER | options | changed))
        return read_table(QUADRATURE_COMPARISONS, tmp_path / f"{name}.parquet")

    return compared


@pytest.fixture
def attribute(run, pupil, asked, tmp_path: Path):
    """Attributions and checks of all studied queries by one rule, as a study takes them."""

    def attributed(quadrature: str, steps: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        for table, rows, file in zip((QUERIES, ANSWERS), asked, ("q", "a"), strict=True):
            write_table(table, rows, tmp_path / file)
        tables = [tmp_path / name for name in ("attributions", "checks")]
        options = {
            "model": pupil,
            "queries": tmp_path / "q",
            "answers": tmp_path / "a",
            "method": "ig",
            "knobs": "{}",
            "quadrature": quadrature,
            "steps": steps,
            "tolerance": TOLERANCE,
            "keep": 0,
            "mean_floor": 0.5,
            "attributions": tables[0],
            "checks": tables[1],
            "fact_scores": tmp_path / "fact_scores",
        }
        run("attribute-neurons", **(TOGETHER | options))
        return read_table(ATTRIBUTIONS, tables[0]), read_table(ATTRIBUTION_CHECKS, tables[1])

    return attributed


def neuron_sets(attributions: pd.DataFrame) -> dict[str, set[tuple[int, int]]]:
    best = attributions.groupby("query_id", observed=True)["score"].transform("max")
    chosen = attributions[attributions["score"].astype(float) > SHARE * best.astype(float)]
    groups = chosen.groupby("query_id", observed=True)
    return {name: set(zip(g["layer"], g["neuron"], strict=True)) for name, g in groups}


def test_every_rule_is_compared_on_every_drawn_query(compare, asked):
    rows = compare(asked, quadrature="midpoint", steps=3)
    answers = asked[1]
    drawn = set(rows["query_id"])
    assert len(drawn) == 9
    assert drawn <= set(answers.loc[answers["is_studied"], "query_id"])
    rules = compared_rules("midpoint", 3)
    assert len(rules) == 10
    expected = {(query_id, *rule) for query_id in drawn for rule in rules}
    assert set(zip(rows["query_id"], rows["quadrature"], rows["steps"], strict=True)) == expected
    assert (rows["fact_id"] == rows["query_id"].str.rpartition("/")[0]).all()
    assert (rows["is_settled"].notna() == (rows["quadrature"] == "adaptive")).all()


def test_sets_are_those_that_two_studies_by_these_rules_select(compare, attribute, asked):
    rows = compare(asked, n_queries=100)
    right = neuron_sets(attribute("riemann_right", 20)[0])
    reference = neuron_sets(attribute("gauss_legendre", 64)[0])
    own = rows[(rows["quadrature"] == "riemann_right") & (rows["steps"] == 20)]
    assert own["query_id"].tolist() == sorted(reference)
    assert own["is_same_set"].nunique() == 2  # some queries each
    for row in own.itertuples():
        ours, theirs = right[row.query_id], reference[row.query_id]
        assert (row.n_neurons, row.n_reference_neurons) == (len(ours), len(theirs))
        assert row.jaccard == pytest.approx(len(ours & theirs) / len(ours | theirs))
        assert row.is_same_set == (ours == theirs)


def test_more_points_of_a_rule_come_closer_to_the_reference(compare, asked):
    rows = compare(asked, quadrature="gauss_legendre", steps=64)
    errors = rows.groupby(["quadrature", "steps"], observed=True)["score_error"].max()
    assert errors["gauss_legendre", 64] == 0  # the reference itself
    assert errors["gauss_legendre", 20] <= errors["gauss_legendre", 6]
    assert errors["riemann_right", 20] > errors["riemann_right", 50] > errors["riemann_right", 100]
    assert errors["adaptive", 0] <= TOLERANCE


def test_costs_are_the_gradients_that_were_taken(compare, attribute, asked):
    rows = compare(asked)
    costs = rows.groupby(["quadrature", "steps"], observed=True)["gradients_per_layer"]
    assert costs.nunique().drop("adaptive").eq(1).all()
    assert costs.first()["riemann_right", 20] == pytest.approx(19 + 1 / LAYERS)
    assert costs.first()["left", 20] == 20
    checks = attribute("adaptive", 20)[1]
    nodes = checks.groupby("query_id", observed=True)["nodes"]
    assert nodes.size().eq(LAYERS).all()
    adaptive = rows[rows["quadrature"] == "adaptive"].set_index("query_id")["gradients_per_layer"]
    expected = (nodes.mean() - 1 + 1 / LAYERS).reindex(adaptive.index)
    assert adaptive.to_numpy() == pytest.approx(expected.to_numpy())


def test_the_draw_follows_the_seed_and_not_the_order_of_rows(compare, asked, tmp_path):
    first = compare(asked, "first", n_queries=5)
    shuffled = tuple(part.sample(frac=1, random_state=3) for part in asked)
    assert set(compare(shuffled, "shuffled", n_queries=5)["query_id"]) == set(first["query_id"])
    files = [tmp_path / f"{name}.parquet" for name in ("first", "shuffled")]
    assert len({hashlib.sha256(file.read_bytes()).hexdigest() for file in files}) == 1
    assert set(compare(asked, "other", n_queries=5, seed=6)["query_id"]) != set(first["query_id"])
    assert set(compare(asked, "fewer", n_queries=3)["query_id"]) < set(first["query_id"])


def test_nothing_studied_leaves_an_empty_table(compare, asked):
    queries, answers = asked
    assert compare((queries, answers.assign(is_studied=False))).empty
