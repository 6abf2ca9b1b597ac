"""Synthetic results whose truth is known get the right verdicts: facts, real bootstrap, real stage.

In every set of results one claim holds and all others do not. Each number of a table is the mean of
made-up facts of twelve relations, drawn around the truth, with its two-stage interval.
"""

import numpy as np
import pandas as pd
import pytest

from qloc.contracts.claims import CLAIMS, WHOLE
from qloc.measures.bootstrap import two_stage_interval, weighted_means
from qloc.measures.claims import CLAIM
from qloc.measures.diagnostics import DIAGNOSTICS, diagnose
from qloc.tables import read_table

RELATIONS = np.repeat(np.arange(12), 20)
AWARE, UNION = "consistency_aware_held_out", "union_held_out"
UPDATES = {"preset": "calibrated", "scorer": "first_token", "operation": "update"}
ON_INCONSISTENT = UPDATES | {"fact_class": "inconsistent"}
SUPPRESSED = {"manipulation": "suppress", "criterion": "otsu", "fact_class": "all"}
OF_SYNAPSES = SUPPRESSED | {"preset": "paper", "outcome": "own"}
TABLES = {
    "summaries": "class_summaries",
    "diagnostics": "class_diagnostics",
    "sweeps": "threshold_sweeps",
    "agreements": "class_agreements",
    "mappings": "mapping_comparisons",
    "synapses": "synapse_comparisons",
    "effects": "synapse_summaries",
    "edits": "edit_summaries",
    "edit_comparisons": "edit_comparisons",
}


def _average(other):
    return {"metric": "average", "neuron_set": AWARE, "other_set": other}


def _mapped(one, other, fact_class="all"):
    return SUPPRESSED | {"neuron_set": one, "other_set": other, "fact_class": fact_class}


# Of every claim the rows that it rests on, and their truth if it holds; otherwise another.
TRUTHS = {
    "1": [("class_summaries", {"statistic": "clearly_inconsistent_share"}, "share", 0.4, 0.02)],
    "2": [("class_agreements", {"statistic": "excess_within_relations"}, "mean", 0.2, -0.2)],
    "3": [("threshold_sweeps", {}, "share", 0.3, 0.0125)],
    "4": [
        (
            "edit_summaries",
            UPDATES
            | {"neuron_set": "query", "metric": "generalization", "fact_class": "difference"},
            "mean",
            -0.3,
            0.3,
        )
    ],
    "5": [
        (
            "edit_comparisons",
            ON_INCONSISTENT | {"metric": metric, "neuron_set": UNION, "other_set": "query"},
            "mean",
            truth,
            -truth,
        )
        for metric, truth in (("locality", -0.2), ("perplexity_change", 0.4))
    ],
    "6": [
        ("mapping_comparisons", place, "mean", truth, -truth)
        for place, truth in (
            (_mapped("self", "neighbor"), 0.3),
            (_mapped("self", "neighbor", "difference"), 0.2),
            (_mapped("intersection", "self_sample_intersection"), -0.2),
            (_mapped("refined_sample", "self_sample_refined"), -0.2),
        )
    ],
    "7": [
        (
            "synapse_summaries",
            OF_SYNAPSES | {"synapse_set": "synapses", "is_renormalised": False},
            "mean",
            0.5,
            -0.5,
        ),
        *(
            (
                "synapse_comparisons",
                OF_SYNAPSES | {"contrast": contrast, "is_renormalised": False},
                "mean",
                0.2,
                -0.2,
            )
            for contrast in ("mass_matched", "neighbors_only", "random")
        ),
    ],
    "8": [
        (
            "synapse_comparisons",
            OF_SYNAPSES | {"contrast": "enhance", "is_renormalised": form},
            "mean",
            0.2,
            -0.2,
        )
        for form in (False, True)
    ],
    "9": [
        *(
            ("edit_comparisons", ON_INCONSISTENT | _average(other), "mean", 0.3, -0.3)
            for other in ("query", UNION, f"{AWARE}_random", f"{AWARE}_top")
        ),
        (
            "edit_comparisons",
            ON_INCONSISTENT
            | {"metric": "perplexity_change", "neuron_set": AWARE, "other_set": UNION},
            "mean",
            -0.3,
            0.3,
        ),
    ],
    "10": [
        (
            "edit_comparisons",
            UPDATES | _average("query") | {"fact_class": "consistent"},
            "mean",
            0.0,
            0.3,
        )
    ],
}


def _facts(kind, truth, draw):
    """Values of facts around a truth; 45 % of the variance lies between relations."""
    if kind == "share":
        return draw.permutation((np.arange(len(RELATIONS)) < truth * len(RELATIONS)).astype(float))
    between, within = draw.normal(size=12), draw.normal(size=len(RELATIONS))
    values = np.sqrt(0.45) * (between - between.mean())[RELATIONS] + np.sqrt(0.55) * within
    return truth + 0.03 * values


def _numbers(values, draw):
    ends = two_stage_interval(
        lambda draws: weighted_means(values[:, None], draws.facts), RELATIONS, 300, draw
    )[:, 0]
    names = ("ci_low", "ci_high", "simultaneous_ci_low", "simultaneous_ci_high")
    return dict(zip(names, ends.tolist(), strict=True)) | {"estimate": float(values.mean())}


def _put(rows, place, numbers):
    """Write an estimate and its intervals into the rows of a table at this place."""
    is_meant = pd.Series(True, index=rows.index)
    for column, value in place.items():
        is_meant &= rows[column] == value
    assert is_meant.any(), place
    if "adjusted_inconsistent_share" in rows:
        names = {"estimate": "adjusted_inconsistent_share"}
        names |= {end: f"adjusted_{end}" for end in numbers if end != "estimate"}
    else:
        value = next(name for name in ("estimate", "difference", "mean") if name in rows)
        names = {"estimate": value}
    for name, number in numbers.items():
        rows.loc[is_meant, names.get(name, name)] = number


def _two_kinds(rows, is_true, draw):
    """Diagnostics of facts of two kinds, or of one."""
    n_any = np.full(len(RELATIONS), 40)
    one = draw.beta(4, 6, len(RELATIONS))
    two = np.where(draw.random(len(RELATIONS)) < 0.5, draw.beta(3, 27, len(RELATIONS)),
                   draw.beta(24, 6, len(RELATIONS)))  # fmt: skip
    found = diagnose(draw.binomial(n_any, two if is_true else one), n_any, 200, draw)
    order = [DIAGNOSTICS.index(name) for name in rows["diagnostic"]]
    rows["value"], rows["p_value"] = found.values[order], found.p_values[order]


@pytest.fixture
def verdicts(make_study, run_stage, tmp_path):
    """A function that makes a set of results in which these claims hold, and judges it."""

    def verdicts(true):
        study, draw = make_study(3, 12), np.random.default_rng([7, *map(list(CLAIM).index, true)])
        chance = study["class_summaries"]["statistic"] == "mean_chance"
        study["class_summaries"].loc[chance, "estimate"] = 0.05
        for claim, parts in TRUTHS.items():
            for table, place, kind, holds, fails in parts:
                truth = holds if claim in true else fails
                _put(study[table], place, _numbers(_facts(kind, truth, draw), draw))
        _two_kinds(study["class_diagnostics"], "1b" in true, np.random.default_rng(5))
        paths = {
            option: study.write(tmp_path, table, **({"method": "ig"} if n < 3 else {}))
            for n, (option, table) in enumerate(TABLES.items())
        }
        claims = tmp_path / "claims.parquet"
        run_stage(
            "judge-claims",
            **paths,
            preset="paper",
            edit_rules='{"paper": {}, "calibrated": {}}',
            widespread=0.1,
            evidence=0.05,
            every_threshold=0.05,
            margin=0.05,
            min_facts=10,
            static_threshold=0.1,
            claims=claims,
        )
        rows = read_table(CLAIMS, claims)
        wholes = rows[(rows["part"] == WHOLE) & rows["method"].isin(["ig", "all"])]
        return wholes.set_index("claim")["verdict"].to_dict()

    return verdicts


@pytest.mark.slow
@pytest.mark.parametrize("true", CLAIM)
def test_the_one_claim_that_holds_is_supported_and_no_other(verdicts, true):
    found = verdicts([true])
    assert found.pop(true) == "supported"
    assert set(found) == set(CLAIM) - {true}
    assert found == dict.fromkeys(found, "not_supported")


@pytest.mark.slow
def test_all_claims_that_hold_are_supported_together(verdicts):
    assert set(verdicts(list(CLAIM)).values()) == {"supported"}
