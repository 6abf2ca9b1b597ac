"""What a model says before and after edits, as tables: the paper's Table 8."""

import pandas as pd

from qloc.contracts.neuron_sets import CHOSEN_SETS
from qloc.figures.estimates import presets
from qloc.figures.formats import count, each, words
from qloc.figures.pages import PageTable
from qloc.figures.style import METHOD_NAME

NOTHING = "(no text)"
PLACE = ["model", "method", "is_consistent", "fact_id", "operation"]


def continuation_rows(continuations: pd.DataFrame) -> pd.DataFrame:
    """All texts, in the order in which they are read: consistent facts first, edited queries first.

    Args:
        continuations: With the columns `model` and `method`.
    """
    ordered = continuations.assign(
        order_of_models=pd.Categorical(continuations["model"], continuations["model"].unique()),
        order_of_presets=pd.Categorical(continuations["preset"], presets(continuations)),
        order_of_sets=pd.Categorical(continuations["neuron_set"], CHOSEN_SETS),
    )
    by = {
        "order_of_models": True,
        "method": True,
        "is_consistent": False,
        "operation": True,
        "order_of_presets": True,
        "order_of_sets": True,
        "is_edited": False,
    }
    rows = ordered.sort_values(list(by), ascending=list(by.values()), ignore_index=True)
    names = ["model", "method", "fact_id", "is_consistent", "operation"]
    return rows[[*names, *continuations.columns.difference(names, sort=False)]]


def continuation_tables(rows: pd.DataFrame) -> list[PageTable]:
    """For every model, method, fact and operation a table: a line for every edit.

    Args:
        rows: From `continuation_rows`.
    """
    tables = []
    for (model, method, is_consistent, fact_id, operation), found in rows.groupby(
        PLACE, sort=False
    ):
        first = found.iloc[0]
        written = f" → {first['target']}" if operation == "update" else ""
        kind = "consistent" if is_consistent else "inconsistent"
        place = f"{model}, {METHOD_NAME[str(method)]}, {kind} fact {fact_id}"
        tables.append(PageTable(f"{place}: {operation} {first['answer']}{written}", _cells(found)))
    return tables


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    """The texts of a fact and an operation: before, then after every edit."""
    prompts = {row.query_id: _headed(row.prompt, row.is_edited) for row in each(rows)}
    clean = {prompts[row.query_id]: row.text_before or NOTHING for row in each(rows)}
    lines = [{"preset, set": "before", "neurons": "none changed", **clean}]
    for (preset, neuron_set), found in rows.groupby(["preset", "neuron_set"], sort=False):
        said = {prompts[row.query_id]: row.text_after or NOTHING for row in each(found)}
        edit = {
            "preset, set": f"{preset}, {words(str(neuron_set))}",
            "neurons": count(found["n_neurons"].iloc[0]),
        }
        lines.append(edit | said)
    return pd.DataFrame(lines)


def _headed(prompt: str, is_edited: bool) -> str:
    return f"{prompt} … ({'edited' if is_edited else 'another'} query)"
