"""What the front page says of edits: how far they generalize, what they cost, which set does best.

As with all findings, every number on the page is a row of the table. They are of the chosen
strength of the preset that the study lists last, by the first token; sets are those chosen without
the queries that generalization is scored on. Averages are of reliability, generalization and
locality; changes of perplexity are shares of what it was, and said in percent. Updates are said in
words, and stand in the table with erasures.
"""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace

import pandas as pd

from qloc.columns import SCORERS
from qloc.figures.edit_formats import change_in_percent, change_interval
from qloc.figures.estimates import methods
from qloc.figures.findings import COLUMNS, Row, cell
from qloc.figures.formats import count, counted, each
from qloc.figures.style import METHOD_NAME

OPERATIONS = ("update", "erase")

AVERAGE, CHANGE = "average", "perplexity_change"
AWARE, UNION = "consistency_aware_held_out", "union_held_out"
LOST = "beyond any number"

EDIT_QUESTIONS = {
    "query_generalization": "Edits of a query's own neurons: generalization, K_I − K_C",
    "union_locality": "On K_I, union less own neurons: locality",
    "union_perplexity": "– change of perplexity",
    "aware_less_query": "On K_I, consistency-aware less own neurons: average",
    "aware_less_union": "– less the union",
    "aware_less_random": "– less as many neurons at random",
    "aware_less_top": "– less as many of the top scores",
    "aware_perplexity": "– less the union: change of perplexity",
    "aware_less_query_consistent": "On K_C, consistency-aware less own neurons: average",
}

PAIRS = {
    "union_locality": (UNION, "query", "inconsistent", "locality"),
    "union_perplexity": (UNION, "query", "inconsistent", CHANGE),
    "aware_less_query": (AWARE, "query", "inconsistent", AVERAGE),
    "aware_less_union": (AWARE, UNION, "inconsistent", AVERAGE),
    "aware_less_random": (AWARE, f"{AWARE}_random", "inconsistent", AVERAGE),
    "aware_less_top": (AWARE, f"{AWARE}_top", "inconsistent", AVERAGE),
    "aware_perplexity": (AWARE, UNION, "inconsistent", CHANGE),
    "aware_less_query_consistent": (AWARE, "query", "consistent", AVERAGE),
}
"""Of every finding within facts: the set, what it is compared with, the class and the metric."""

SENTENCES = (
    {
        "query_generalization": "Updated through a query's own neurons, inconsistent facts"
        " generalize by {} compared with consistent ones",
    },
    {
        "union_locality": "On inconsistent facts, updates of the union change locality by {}"
        " compared with own neurons",
        "union_perplexity": ", and perplexity by {}",
    },
    {
        "aware_less_query": "Consistency-aware updates change the average there by {}"
        " compared with own neurons",
        "aware_less_union": ", {} with the union",
        "aware_less_random": ", {} with as many random neurons",
        "aware_less_top": ", {} with as many top scores",
        "aware_perplexity": ", and perplexity by {} compared with the union",
    },
    {
        "aware_less_query_consistent": "On consistent facts they change the average by {} compared"
        " with own neurons",
    },
)
"""Of each claim, what is said of its findings, in parts."""


def edit_findings(summaries: pd.DataFrame, comparisons: pd.DataFrame, preset: str) -> pd.DataFrame:
    """What edits showed for one model and method; no row where no fact was edited.

    Args:
        summaries: Edit summaries of the model and method.
        comparisons: Edit comparisons, likewise.
        preset: Whose edits are looked at.
    """
    chosen = summaries[summaries["is_chosen"] & (summaries["preset"] == preset)]
    pairs = comparisons[comparisons["preset"] == preset]
    rows: list[Row] = []
    for operation in OPERATIONS:
        rows += _of_query(chosen[chosen["operation"] == operation], operation)
        rows += _of_pairs(pairs[pairs["operation"] == operation], operation)
    return pd.DataFrame(rows, columns=COLUMNS[2:])


def _of_query(summaries: pd.DataFrame, operation: str) -> Iterator[Row]:
    keys = ["scorer", "neuron_set", "metric", "fact_class"]
    meant = (SCORERS[0], "query", "generalization", "difference")
    for row in each(summaries[(summaries[keys] == list(meant)).all(axis=1)]):
        if not pd.isna(row.mean):
            yield _row(f"{operation}_query_generalization", row.mean, row, "")


def _of_pairs(comparisons: pd.DataFrame, operation: str) -> Iterator[Row]:
    keys = ["scorer", "neuron_set", "other_set", "fact_class"]
    for finding, (*place, metric) in PAIRS.items():
        own = comparisons[(comparisons[keys] == [SCORERS[0], *place]).all(axis=1)]
        for row in each(own[(own["metric"] == metric) & own["difference"].notna()]):
            note = _note(row, int(own["n_facts"].max())) if metric == CHANGE else ""
            yield _row(f"{operation}_{finding}", row.difference, row, note)


def _note(row: SimpleNamespace, n_facts: int) -> str:
    """The median of a change of perplexity, and how many facts it leaves out."""
    lost = n_facts - row.n_facts
    median = f"median {change_in_percent(row.median)} %"
    return f"{median}, without {counted(lost, 'fact')} {LOST}" if lost else median


def _row(finding: str, estimate: float, row: SimpleNamespace, note: str) -> Row:
    ends = (float(estimate), float(row.ci_low), float(row.ci_high))
    return (finding, *ends, int(row.n_facts), "fact", note)


def _told(row: SimpleNamespace) -> str:
    """An estimate and its interval; a change of perplexity in percent."""
    if row.finding.endswith("_perplexity"):
        return f"{change_interval(row.estimate, row.ci_low, row.ci_high)} %"
    return cell(row)


def edit_cell(found: pd.DataFrame, question: str) -> tuple[str, str]:
    """The main and the small text of a question's answers, by all methods that were edited.

    Args:
        found: Findings of all methods of a model.
        question: One of `EDIT_QUESTIONS`.
    """
    own = found[found["finding"].isin([f"{operation}_{question}" for operation in OPERATIONS])]
    if own.empty:
        return "not measured", ""
    is_several = found["method"].nunique() > 1
    texts, sizes, notes = [], set(), []
    for method in methods(own):
        by = f"{METHOD_NAME[method]}: " if is_several else ""
        rows = {row.finding: row for row in each(own[own["method"] == method])}
        told = {name.partition("_")[0]: row for name, row in rows.items()}
        texts.append(by + "; ".join(f"{operation} {_told(row)}" for operation, row in told.items()))
        sizes |= {int(row.n) for row in told.values()}
        notes += [f"{operation}: {row.note}" for operation, row in told.items() if row.note]
    n = f"n = {' and '.join(count(size) for size in sorted(sizes))}"
    return ". ".join(texts), "; ".join([n, *notes])


def edit_sentences(found: pd.DataFrame) -> str:
    """What updates showed in words, for the first method of a model that was edited.

    Args:
        found: Findings of all methods of the model.
    """
    of_edits = found[found["finding"].isin([f"update_{name}" for name in EDIT_QUESTIONS])]
    for method in methods(of_edits)[:1]:
        rows = {row.finding: row for row in each(of_edits[of_edits["method"] == method])}
        said = [_sentence(parts, rows) for parts in SENTENCES]
        is_first = method == found["method"].iloc[0]
        by = [] if is_first else [f"Edited by {METHOD_NAME[method]}:"]
        return " ".join([*by, *(sentence for sentence in said if sentence)])
    return ""


def _sentence(parts: Mapping[str, str], rows: Mapping[str, SimpleNamespace]) -> str:
    """The parts of which something is known; no sentence where the first of them is not known.

    Nothing is said of a mean that leaves out the worst facts.
    """
    known = {name: rows[f"update_{name}"] for name in parts if f"update_{name}" in rows}
    told = [parts[name].format(_told(row)) for name, row in known.items() if LOST not in row.note]
    first = known.get(next(iter(parts)))
    return f"{''.join(told)} (n = {count(first.n)})." if first else ""
