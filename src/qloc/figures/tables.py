"""The paper's tables, from the study's: numbers for a CSV, and cells for a page.

Which number the paper gives its tables of thresholds and of examples is not certain: the
circulating text lost them. They are called Table 4 and Table 5 here.
"""

import math
from types import SimpleNamespace

import pandas as pd

from qloc.figures.examples import blank
from qloc.figures.formats import counted, each, in_order, interval, number, p_value
from qloc.figures.style import METHOD_NAME
from qloc.measures.paper import OTSU as PAPER_OTSU

CRITERION_NAME = {"static": "static", "otsu": "Otsu"}

PLACE = ["model", "method", "criterion"]

BY_ALL = "inconsistent_by_all"
"""Column of the share of facts that all methods call inconsistent."""

JOINT_NAME = {
    "inconsistent_share": "R_I, all methods",
    "independent_share": "if independent",
    "excess": "excess",
    "independent_share_within_relations": "if independent within relations",
    "excess_within_relations": "excess within relations",
}


def class_rows(
    summaries: pd.DataFrame, comparisons: pd.DataFrame, agreements: pd.DataFrame
) -> pd.DataFrame:
    """Table 1: one row for every model, method and criterion, with all estimates and intervals.

    Args:
        summaries: Class summaries, with the columns `model` and `method`.
        comparisons: Class comparisons, likewise; those of CS over all relations are taken.
        agreements: Class agreements, with the column `model`; no row if methods are not compared.
    """
    ends = ["estimate", "ci_low", "ci_high", "conditional_ci_low", "conditional_ci_high"]
    wide = summaries.pivot(index=PLACE, columns="statistic", values=ends)
    wide.columns = pd.Index([_column(*names) for names in wide.columns.to_list()])
    counts = summaries.groupby(PLACE)[["n_facts", "n_relations"]].max()
    of_scores = (comparisons["relation"] == "all") & (comparisons["measure"] == "consistency_score")
    tests = comparisons[of_scores].set_index(PLACE)
    sanity = ["sanity_t", "sanity_degrees_of_freedom", "sanity_p_value"]
    sizes = ["n_consistent", "n_inconsistent"]
    rows = counts.join(wide).join(tests[sizes + sanity])
    rows = rows.reindex(_places(summaries)).reset_index()
    if agreements.empty:
        return rows
    return rows.merge(_joint_shares(agreements), how="left", on=["model", "criterion"])


def _joint_shares(agreements: pd.DataFrame) -> pd.DataFrame:
    """What all methods say of the facts: one row for every model and criterion."""
    joint = agreements[agreements["method"] == "all"]
    joint = joint.replace({"statistic": {"inconsistent_share": BY_ALL}})
    ends = ["estimate", "ci_low", "ci_high"]
    wide = joint.pivot(index=["model", "criterion"], columns="statistic", values=ends)
    wide.columns = pd.Index([_column(*names) for names in wide.columns.to_list()])
    sizes = joint.groupby(["model", "criterion"])[["n_facts"]].max()
    return wide.join(sizes.add_suffix("_of_all_methods")).reset_index()


def _places(summaries: pd.DataFrame) -> pd.MultiIndex:
    """Every model, method and criterion: models in the order of the study, static first."""
    models = summaries[["model", "method"]].drop_duplicates()
    criteria = pd.DataFrame({"criterion": list(CRITERION_NAME)})
    return pd.MultiIndex.from_frame(models.merge(criteria, how="cross"))


def _column(end: str, statistic: str) -> str:
    return statistic if end == "estimate" else f"{statistic}_{end}"


def class_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Table 1 as a reader sees it."""
    return pd.DataFrame(
        [
            {
                "model, method": _place(row),
                "criterion": _criterion(row),
                "facts": counted(row.n_facts, "fact"),
                "relations": f"{row.n_relations:,}",
                "R_C": _estimate(row, "consistent_share"),
                "R_I": _estimate(row, "inconsistent_share"),
                "R_I, these relations": interval(
                    row.inconsistent_share,
                    row.inconsistent_share_conditional_ci_low,
                    row.inconsistent_share_conditional_ci_high,
                ),
                "mean CS of K_C": _estimate(row, "mean_consistent"),
                "mean CS of K_I": _estimate(row, "mean_inconsistent"),
                "mean chance CS": _estimate(row, "mean_chance"),
                "mean adjusted CS": _estimate(row, "mean_adjusted"),
                "Welch's t (sanity)": number(row.sanity_t, 1),
                "p (sanity)": p_value(row.sanity_p_value),
            }
            for row in each(rows)
        ]
    )


def agreement_cells(agreements: pd.DataFrame) -> pd.DataFrame:
    """What all methods call inconsistent against independent methods, as a reader sees it."""
    found = {(row.model, row.criterion, row.statistic, row.method): row for row in each(agreements)}
    cells = []
    for model in agreements["model"].unique():
        for criterion, name in CRITERION_NAME.items():
            shares = {
                f"R_I, {METHOD_NAME[method]}": number(row.estimate)
                for method in METHOD_NAME
                if (row := found.get((model, criterion, "inconsistent_share", method)))
            }
            joint = {of: found[model, criterion, of, "all"] for of in JOINT_NAME}
            n_facts = joint["inconsistent_share"].n_facts
            estimates = {
                JOINT_NAME[of]: interval(row.estimate, row.ci_low, row.ci_high)
                for of, row in joint.items()
            }
            facts = counted(n_facts, "fact")
            cells.append({"model": model, "criterion": name, "facts": facts} | shares | estimates)
    return pd.DataFrame(cells)


def threshold_rows(summaries: pd.DataFrame) -> pd.DataFrame:
    """Table 4: both thresholds of every model and method, and the paper's of its models."""
    of_thresholds = summaries["statistic"] == "threshold"
    own = summaries[of_thresholds].set_index(PLACE).reindex(_places(summaries)).reset_index()
    columns = ["model", "method", "criterion", "n_facts", "estimate", "ci_low", "ci_high"]
    own = own[columns].rename(columns={"estimate": "threshold"}).assign(source="this run")
    paper = pd.DataFrame(
        [
            {"model": model, "criterion": "otsu", "threshold": value, "source": "paper"}
            for model, values in PAPER_OTSU.items()
            for value in values
        ]
    )
    return pd.concat([own, paper], ignore_index=True)


def threshold_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Table 4 as a reader sees it: the run's models, then the paper's."""
    own = [
        {
            "model, method": _place(row),
            "criterion": CRITERION_NAME[row.criterion],
            "threshold [95 % interval]": number(row.threshold, 3)
            if row.criterion == "static"
            else interval(row.threshold, row.ci_low, row.ci_high, 3),
            "facts": counted(row.n_facts, "fact"),
            "source": "this run",
        }
        for row in each(rows[rows["source"] == "this run"])
    ]
    paper = [
        {
            "model, method": f"{model}, three methods",
            "criterion": CRITERION_NAME["otsu"],
            "threshold [95 % interval]": " / ".join(number(value, 3) for value in values),
            "facts": "not given",
            "source": "paper",
        }
        for model, values in PAPER_OTSU.items()
    ]
    return pd.DataFrame(own + paper)


def example_rows(facts: pd.DataFrame, queries: pd.DataFrame) -> pd.DataFrame:
    """Table 5: of every relation its last fact, asked through the first of its patterns."""
    last = facts.sort_values("fact_id").groupby("relation").last().reset_index()
    first = queries.sort_values("template").groupby("fact_id").first().reset_index()
    chosen = last[["relation", "fact_id", "subject", "object"]].merge(
        first[["fact_id", "template", "pattern", "prompt"]], on="fact_id"
    )
    counts = queries.groupby("relation").agg(
        n_facts=("fact_id", "nunique"), n_templates=("template", "nunique")
    )
    rows = chosen.merge(counts.reset_index(), on="relation")
    return rows.sort_values("relation", key=in_order, ignore_index=True)


def example_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Table 5 as a reader sees it."""
    return pd.DataFrame(
        [
            {
                "relation": row.relation,
                "first pattern": blank(row.pattern),
                "prompt of the last fact": row.prompt,
                "answer": row.object,
                "facts": f"{row.n_facts:,}",
                "patterns": f"{row.n_templates:,}",
            }
            for row in each(rows)
        ]
    )


def _place(row: SimpleNamespace) -> str:
    return f"{row.model}, {METHOD_NAME.get(row.method, row.method)}"


def _criterion(row: SimpleNamespace) -> str:
    name = CRITERION_NAME[row.criterion]
    return (
        f"{name}: not defined"
        if pd.isna(row.threshold)
        else f"{name}: CS ≥ {number(row.threshold)}"
    )


def _estimate(row: SimpleNamespace, statistic: str) -> str:
    """An estimate with its two-stage interval; words where the class is empty."""
    estimate, low, high = (
        float(getattr(row, f"{statistic}{end}")) for end in ("", "_ci_low", "_ci_high")
    )
    return "no such fact" if math.isnan(estimate) else interval(estimate, low, high)
