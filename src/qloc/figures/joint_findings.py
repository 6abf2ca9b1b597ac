"""What the front page says of all methods of a model together: rows of findings, and words.

As with the findings of one method, every number on the page is a row of the table.
"""

from collections.abc import Iterator
from types import SimpleNamespace

import pandas as pd

from qloc.figures.findings import COLUMNS
from qloc.figures.formats import count, each, first, interval
from qloc.figures.style import METHOD_NAME
from qloc.figures.tables import CRITERION_NAME

JOINT_QUESTIONS = {
    "inconsistent_to_all_static": "Inconsistent to all methods, static threshold",
    "excess_static": "– above independent methods, within relations",
    "inconsistent_to_all_otsu": "Inconsistent to all methods, Otsu's threshold",
    "excess_otsu": "– above independent methods, within relations",
    "same_query_of_two_methods": "Mean Jaccard of two methods' neurons of a query",
    "other_fact_of_two_methods": "– of another fact's query through the same template",
}

STATISTICS = {"inconsistent_to_all": "inconsistent_share", "excess": "excess_within_relations"}

PARTNERS = ("same_query", "other_fact")


def joint_findings(agreements: pd.DataFrame, classes: pd.DataFrame) -> pd.DataFrame:
    """What was found for all methods of one model; no row where methods are not compared.

    Args:
        agreements: Method agreements of the model.
        classes: Class agreements of the model.
    """
    rows = [*_shares(classes), *_jaccards(agreements)]
    return pd.DataFrame(rows, columns=COLUMNS[1:])


def _shares(classes: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for criterion in CRITERION_NAME:
        joint = classes[(classes["criterion"] == criterion) & (classes["method"] == "all")]
        for finding, statistic in STATISTICS.items():
            row = first(joint, "statistic", statistic)
            if row is not None:
                ends = (row.estimate, row.ci_low, row.ci_high)
                yield ("all", f"{finding}_{criterion}", *ends, int(row.n_facts), "fact", "")


def _jaccards(agreements: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    of_all = agreements[agreements["relation"] == "all"]
    order = list(METHOD_NAME).index
    of_all = of_all.sort_values(["method", "other_method"], key=lambda names: names.map(order))
    for partner in PARTNERS:
        for row in each(of_all[of_all["partner"] == partner]):
            methods = f"{METHOD_NAME[row.method]}, {METHOD_NAME[row.other_method]}"
            ends = (row.mean_jaccard, row.ci_low, row.ci_high)
            finding = f"{partner}_of_two_methods"
            yield (methods, finding, *ends, int(row.n_facts), "fact", "mean Jaccard")


def joint_cell(found: pd.DataFrame, finding: str) -> tuple[str, str]:
    """The main and the small text of one finding of a model in the page's table."""
    rows = list(each(found[found["finding"] == finding]))
    if not rows:
        return "not measured", ""
    texts = [_named(row) for row in rows]
    n_facts = sorted({int(row.n) for row in rows})
    return "; ".join(texts), f"n = {' to '.join(count(n) for n in n_facts)}"


def _named(row: SimpleNamespace) -> str:
    text = interval(row.estimate, row.ci_low, row.ci_high)
    return text if row.method == "all" else f"{row.method} {text}"


def joint_sentence(found: pd.DataFrame) -> str:
    """What all methods call inconsistent by Otsu's threshold, and how much of it is no chance."""
    share, excess = (
        first(found, "finding", name) for name in ("inconsistent_to_all_otsu", "excess_otsu")
    )
    if share is None or excess is None or pd.isna(share.estimate):
        return ""
    return (
        f" All methods at once call {_named(share)} of the facts inconsistent by Otsu's threshold:"
        f" {_named(excess)} more than independent methods would."
    )
