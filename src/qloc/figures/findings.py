"""What the report's front page says: the findings of every model and method, in numbers and words.

Every number on the page is a row of `findings`; the page adds words, never numbers.
"""

import math
from types import SimpleNamespace

import pandas as pd

from qloc.figures.checks import n_judged, n_not_settled
from qloc.figures.diagnostics import evidence
from qloc.figures.formats import count, counted, each, first, interval, number
from qloc.figures.overlaps import RUNGS
from qloc.figures.style import METHOD_NAME

QUESTIONS = {
    "known_share": "Queries that the model answers",
    "known_share_trained": "– of those it was trained on",
    "known_share_held_out": "– of those through held-out templates",
    "n_facts": "Facts studied, of those read",
    "mean_consistency_score": "Mean consistency score (CS)",
    "mean_trained": "– over trained queries only",
    "mean_chance": "– of mixed facts: what chance gives",
    "mean_adjusted": "– adjusted for chance (0: as chance, 1: full)",
    "inconsistent_share_static": "Inconsistent facts, static threshold",
    "inconsistent_share_otsu": "Inconsistent facts, Otsu's threshold",
    "two_kinds": "Are there two kinds of facts at all?",
    "same_fact": "Mean Jaccard of two queries of the same fact",
    "same_final_word": "– whose templates end in the same word",
    "other_final_word": "– whose templates end in different words",
    "same_object": "– of another fact with the same object",
    "correlation": "Rank correlation of adjusted CS with answer probability",
    "not_settled_share": "Attributions whose error bar exceeds the tolerance",
}

COLUMNS = ["model", "method", "finding", "estimate", "ci_low", "ci_high", "n", "unit", "note"]
"""Of the findings' table: an estimate, its 95 % interval, and n of what."""

Row = tuple[str, float, float, float, int, str, str]

NOTHING = float("nan")


def findings(
    answers: pd.DataFrame,
    funnel: pd.DataFrame,
    summaries: pd.DataFrame,
    diagnostics: pd.DataFrame,
    overlaps: pd.DataFrame,
    associations: pd.DataFrame,
    checks: pd.DataFrame,
) -> pd.DataFrame:
    """What was found for one model and method, one row for every question."""
    rows = [
        *_known(answers),
        *_facts(funnel),
        *_scores(summaries),
        *_two_kinds(diagnostics),
        *_overlaps(overlaps),
        *_association(associations),
        *_settled(checks),
    ]
    return pd.DataFrame(rows, columns=COLUMNS[2:])


def _known(answers: pd.DataFrame) -> list[Row]:
    asked = answers[answers["problem"].isna()]
    groups = {
        "known_share": asked,
        "known_share_trained": asked[asked["was_trained"] == True],  # noqa: E712
        "known_share_held_out": asked[asked["was_trained"] == False],  # noqa: E712
    }
    return [
        (name, float(group["is_known"].mean()), NOTHING, NOTHING, len(group), "query", "")
        for name, group in groups.items()
        if len(group)
    ]


def _facts(funnel: pd.DataFrame) -> list[Row]:
    steps = funnel[funnel["relation"] == "all"].sort_values("step")
    if steps.empty:
        return []
    read, left = int(steps["n_facts"].iloc[0]), int(steps["n_facts"].iloc[-1])
    return [("n_facts", float(left), NOTHING, NOTHING, read, "fact", "")]


def _scores(summaries: pd.DataFrame) -> list[Row]:
    rows: list[Row] = []
    for name in ("mean_consistency_score", "mean_trained", "mean_chance", "mean_adjusted"):
        rows += _summary(first(summaries, "statistic", name), name, "")
    for criterion in ("static", "otsu"):
        of_criterion = summaries[summaries["criterion"] == criterion]
        threshold = first(of_criterion, "statistic", "threshold")
        share = first(of_criterion, "statistic", "inconsistent_share")
        note = f"CS < {number(threshold.estimate)}" if threshold is not None else ""
        rows += _summary(share, f"inconsistent_share_{criterion}", note)
    return rows


def _summary(row: SimpleNamespace | None, name: str, note: str) -> list[Row]:
    if row is None or (math.isnan(row.estimate) and not row.n_facts):
        return []
    ends = (float(row.estimate), float(row.ci_low), float(row.ci_high))
    return [(name, *ends, int(row.n_facts), "fact", note)]


def _two_kinds(diagnostics: pd.DataFrame) -> list[Row]:
    row = first(diagnostics, "diagnostic", "bic_difference")
    if row is None:
        return []
    ends = (float(row.value), NOTHING, NOTHING)
    return [("two_kinds", *ends, int(row.n_facts), "fact", evidence(diagnostics))]


def _overlaps(overlaps: pd.DataFrame) -> list[Row]:
    shown = overlaps[overlaps["rung"].isin(QUESTIONS) & overlaps["rung"].isin(RUNGS)]
    return [
        (row.rung, float(row.mean_jaccard), float(row.ci_low), float(row.ci_high),
         int(row.n_facts), "fact", "mean Jaccard")
        for row in each(shown)
    ]  # fmt: skip


def _association(associations: pd.DataFrame) -> list[Row]:
    row = first(associations, "stratum", "all")
    if row is None:
        return []
    ends = (float(row.correlation), float(row.ci_low), float(row.ci_high))
    return [("correlation", *ends, int(row.n_facts), "fact", "within relation and k")]


def _settled(checks: pd.DataFrame) -> list[Row]:
    judged = n_judged(checks)
    share = n_not_settled(checks) / judged if judged else NOTHING
    unit = "attribution"
    return [("not_settled_share", share, NOTHING, NOTHING, judged, unit, "query and layer")]


def cell(row: SimpleNamespace) -> str:
    """The main text of one finding in the page's table."""
    if row.finding == "two_kinds":
        return str(row.note)
    if row.finding == "n_facts":
        return f"{count(row.estimate)} of {count(row.n)}"
    if row.finding == "not_settled_share" and row.n:
        return f"{count(round(row.estimate * row.n))} of {count(row.n)}"
    if row.finding in CENSUS:
        return number(row.estimate, 3)
    return interval(row.estimate, row.ci_low, row.ci_high)


CENSUS = ("known_share", "known_share_trained", "known_share_held_out", "not_settled_share")
"""Shares of everything there is: nothing was sampled, so there is no interval."""


def detail(row: SimpleNamespace) -> str:
    """The small text under a finding: how many of what, and what was taken."""
    n = f"n = {count(row.n)}" if row.unit == "fact" and row.n else counted(row.n, row.unit)
    parts = [] if row.finding in ("n_facts", "not_settled_share") else [n]
    if row.finding == "two_kinds":
        parts.append(f"BIC gain {number(row.estimate, 1)}")
    elif row.finding in ("inconsistent_share_static", "inconsistent_share_otsu"):
        parts.append(str(row.note))
    return "; ".join(parts)


def sentence(found: pd.DataFrame) -> str:
    """The finding of one model and method in a sentence or two."""
    rows = {row.finding: row for row in each(found)}
    score, chance = rows.get("mean_consistency_score"), rows.get("mean_chance")
    if score is None or chance is None or math.isnan(score.estimate):
        return "no fact could be scored: the model knows too few of the queries."
    text = (
        f"a share of {cell(score)} of a fact's knowledge neurons serves more than one of its"
        f" queries; neurons of mixed facts would give {number(chance.estimate)}."
    )
    static, otsu = rows.get("inconsistent_share_static"), rows.get("inconsistent_share_otsu")
    if static is not None and not math.isnan(static.estimate):
        text += f" Inconsistent by the static threshold: {cell(static)} of the facts"
        if otsu is not None and not math.isnan(otsu.estimate):
            text += f"; by Otsu's, which always splits, {cell(otsu)}"
        text += "."
    kinds = rows.get("two_kinds")
    return text if kinds is None else f"{text} Two kinds of facts? {str(kinds.note).capitalize()}."


def place(model: str, method: str) -> str:
    """How the page names a model and a method."""
    return f"{model}, {METHOD_NAME.get(method, method)}"
