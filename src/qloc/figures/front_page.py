"""The report's front page: what was studied, what was found, how to read it, and its limits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pandas as pd

from qloc.figures.claim_front import claim_rows, verdict_sentences
from qloc.figures.edit_findings import EDIT_QUESTIONS, OPERATIONS, edit_cell, edit_sentences
from qloc.figures.findings import QUESTIONS, cell, detail, place, sentence
from qloc.figures.formats import each
from qloc.figures.front_text import FRAGMENT, METHOD_WORDS, SHOW
from qloc.figures.intervention_findings import (
    INTERVENTION_QUESTIONS,
    intervention_detail,
    intervention_sentences,
)
from qloc.figures.joint_findings import JOINT_QUESTIONS, joint_cell, joint_sentence
from qloc.figures.style import METHOD_NAME

IN_WORDS = 4
"""So many models get sentences of their own; all stand in the table."""

BUTTONS = {
    "tabulate_claims": "All claims",
    "plot_consistency": "The consistency of every fact",
    "plot_diagnostics": "Two kinds of facts?",
    "plot_funnel": "What was left out, and why",
    "plot_checks": "Are the numbers right?",
}

OF_MODEL = ("known_share", "known_share_trained", "known_share_held_out")
"""Findings in which no method has a part."""

BEFORE_JOINT = "inconsistent_share_otsu"
"""The question after which those about all methods stand."""

BUTTONS_OF_SEVERAL = {"plot_agreement": "Do the methods agree?"}

BUTTONS_OF_FINDINGS = {
    "self_less_neighbor": {"plot_mapping": "Who moves the answer?"},
    "synapses_less_columns": {"plot_synapses": "Who chooses the neurons?"},
}
"""Where there is such a finding."""

BUTTONS_OF_EDITS = {"plot_tradeoff": "Can it be changed?"}
"""Where something was edited."""

OF_EDITS = [f"{operation}_{question}" for question in EDIT_QUESTIONS for operation in OPERATIONS]


@dataclass(frozen=True)
class Group:
    """One model on the front page: how it is called in words, what it found, its methods."""

    model: str
    methods: list[str]
    place: str
    sentence: str
    interventions: str
    edits: str


@dataclass(frozen=True)
class Cell:
    """One cell of the table: its text, the small text under it, how many methods it is of."""

    text: str
    small: str
    width: int = 1


NOT_MEASURED = Cell("not measured", "")


@dataclass(frozen=True)
class StudiedModel:
    """One model as the front page names it."""

    name: str
    text: str
    is_organism: bool


def front_page(
    found: pd.DataFrame,
    joint: pd.DataFrame,
    models: Sequence[StudiedModel],
    claims: pd.DataFrame,
) -> bytes:
    """The front page as a fragment of HTML.

    Args:
        found: Findings of all models and methods, in the order to show.
        joint: Findings of all methods of a model, for all models; none for a single method.
        models: The models that were studied.
        claims: Claims of all models, with the column `model`.
    """
    methods = found["method"].unique().tolist()
    is_several = len(methods) > 1
    buttons = BUTTONS | (BUTTONS_OF_SEVERAL if is_several else {})
    for finding, own in BUTTONS_OF_FINDINGS.items():
        buttons |= own if (found["finding"] == finding).any() else {}
    is_edited = found["finding"].isin(OF_EDITS).any()
    buttons |= BUTTONS_OF_EDITS if is_edited else {}
    text = FRAGMENT.render(
        groups=[
            _group(str(model), rows, joint[joint["model"] == model])
            for model, rows in found.groupby("model", sort=False)
        ],
        rows=_rows(found, joint),
        claims=claim_rows(claims, methods[0]),
        sentences=verdict_sentences(claims, methods[0]),
        organisms=[model.name for model in models if model.is_organism],
        models=models,
        methods=[METHOD_WORDS[method] for method in methods],
        several=is_several,
        intervened=found["finding"].isin(INTERVENTION_QUESTIONS).any(),
        edited=is_edited,
        buttons=buttons,
        show=SHOW,
        in_words=IN_WORDS,
    )
    return text.encode()


def _group(model: str, found: pd.DataFrame, joint: pd.DataFrame) -> Group:
    """A model in words: what its first method found, and what all of them say."""
    methods = found["method"].unique().tolist()
    first = found[found["method"] == methods[0]]
    return Group(
        model=model,
        methods=[METHOD_NAME[method] for method in methods],
        place=place(model, methods[0]),
        sentence=sentence(first) + joint_sentence(joint),
        interventions=intervention_sentences(first),
        edits=edit_sentences(found),
    )


Rows = list[tuple[str, list[Cell]]]


def _rows(found: pd.DataFrame, joint: pd.DataFrame) -> Rows:
    """Every question that has an answer for any model, with the cells of all.

    What all methods say of the classes follows what each of them says.
    """
    cells = {
        (str(model), str(method), row.finding): _cell(row)
        for (model, method), rows in found.groupby(["model", "method"])
        for row in each(rows)
    }
    methods = found.groupby("model", sort=False)["method"].unique()
    table: Rows = []
    for name, question in (QUESTIONS | INTERVENTION_QUESTIONS).items():
        if (found["finding"] == name).any():
            of_models = [
                [cells.get((str(model), method, name), NOT_MEASURED) for method in names]
                for model, names in methods.items()
            ]
            table.append((question, [c for row in of_models for c in _merged(name, row)]))
        if name == BEFORE_JOINT:
            table += _joint_rows(methods, joint)
    return table + _edit_rows(methods, found)


def _cell(row: SimpleNamespace) -> Cell:
    is_intervention = row.finding in INTERVENTION_QUESTIONS
    return Cell(cell(row), intervention_detail(row) if is_intervention else detail(row))


def _merged(name: str, cells: list[Cell]) -> list[Cell]:
    """The cells of a model's methods; one if no method has a part in what was found."""
    return [replace(cells[0], width=len(cells))] if name in OF_MODEL else cells


def _joint_rows(methods: pd.Series, joint: pd.DataFrame) -> Rows:
    """The same of questions about all methods, a cell for every model."""
    return [
        (
            question,
            [
                Cell(*joint_cell(joint[joint["model"] == model], name), len(names))
                for model, names in methods.items()
            ],
        )
        for name, question in JOINT_QUESTIONS.items()
        if (joint["finding"] == name).any()
    ]


def _edit_rows(methods: pd.Series, found: pd.DataFrame) -> Rows:
    """The same of questions about edits, by all methods and of both operations."""
    return [
        (
            question,
            [
                Cell(*edit_cell(found[found["model"] == model], name), len(names))
                for model, names in methods.items()
            ],
        )
        for name, question in EDIT_QUESTIONS.items()
        if found["finding"].isin([f"{operation}_{name}" for operation in OPERATIONS]).any()
    ]
