"""What was found, in numbers: a page with a table for every model and its methods."""

from types import SimpleNamespace

import pandas as pd

from qloc.figures.edit_findings import EDIT_QUESTIONS, OPERATIONS, edit_cell, edit_sentences
from qloc.figures.findings import QUESTIONS, cell, detail, place, sentence
from qloc.figures.formats import each
from qloc.figures.intervention_findings import (
    INTERVENTION_QUESTIONS,
    intervention_detail,
    intervention_sentences,
)
from qloc.figures.joint_findings import JOINT_QUESTIONS, joint_cell, joint_sentence
from qloc.figures.pages import PageTable, page
from qloc.figures.style import METHOD_NAME

TITLE = "What was found, in numbers"
LEAD = (
    "Estimates with 95 % intervals over relations and facts (two-stage bootstrap). What no draw"
    " changes, such as a share of 0, has none; n counts facts."
)
NOT_MEASURED = "not measured"

OF_MODEL = ("known_share", "known_share_trained", "known_share_held_out")
"""Findings in which no method has a part."""

OF_SEVERAL = (
    "Methods that know nothing of each other would still call some facts inconsistent at once, more"
    " so where classes follow the relation; only what exceeds that is agreement on facts."
)
OF_INTERVENTIONS = (
    "Neurons are suppressed by setting them to 0 at the last word of the prompt; how far the answer"
    " falls is a share of its probability before. A knowledge synapse is a column of a head's"
    " attention: a word from which more is taken than a threshold. Suppressed, nothing is taken"
    " from it; doubled, twice as much; how far neurons shrink (or grow) is a share of the size of"
    " their values. Compared are effects on the same facts; above 0, the first of the two moves"
    " more. Synapses are those of the preset that the study lists first. Any loss of attention"
    " moves neurons, so beside the synapses stands the same loss in every row, in proportion over"
    " all words that the row sees."
)
OF_EDITS = (
    "An edit changes the value vectors of a set of neurons: an update writes another object, an"
    " erasure takes the object away. Reliability is how far that works on the query that is edited,"
    " generalization how far on the fact's other queries, and locality the share of unrelated"
    " queries that are answered as before; perplexity is that of held-out text, and its change a"
    " share of what it was. The average is that of the first three. The sets are the query's own"
    " neurons, the union over queries, and the consistency-aware ones, whose scores are high and"
    " even over queries. The last two are chosen with half of the queries, and generalization is"
    " that to the others. Edits are of the preset that the study lists last, as strong as facts"
    " that are not evaluated asked for."
)


def findings_page(found: pd.DataFrame, joint: pd.DataFrame) -> bytes:
    """The page.

    Args:
        found: Findings of all models and methods, in the order to show.
        joint: Findings of all methods of a model, for all models; none for a single method.
    """
    tables, sentences = [], []
    for model, rows in found.groupby("model", sort=False):
        of_all = joint[joint["model"] == model]
        tables.append(PageTable(f"{model}, by method", _by_method(rows)))
        tables.append(PageTable(f"{model}, all methods together", _together(rows, of_all)))
        sentences.append(_in_words(str(model), rows, of_all))
    return page(TITLE, LEAD, tables, [*sentences, *_notes(found)])


def _in_words(model: str, found: pd.DataFrame, joint: pd.DataFrame) -> str:
    """A model in words: what its first method found, and what all of them say."""
    method = str(found["method"].iloc[0])
    first = found[found["method"] == method]
    said = [
        f"{place(model, method)}: {sentence(first)}{joint_sentence(joint)}",
        intervention_sentences(first),
        edit_sentences(found),
    ]
    return " ".join(text for text in said if text)


def _by_method(found: pd.DataFrame) -> pd.DataFrame:
    """Questions that every method answers, a column for each."""
    cells = {(str(row.method), row.finding): _text(*_cell(row)) for row in each(found)}
    methods = found["method"].unique().tolist()
    return pd.DataFrame(
        [
            {
                "question": question,
                **{
                    METHOD_NAME[method]: cells.get((method, name), NOT_MEASURED)
                    for method in methods
                },
            }
            for name, question in (QUESTIONS | INTERVENTION_QUESTIONS).items()
            if name not in OF_MODEL and (found["finding"] == name).any()
        ]
    )


def _together(found: pd.DataFrame, joint: pd.DataFrame) -> pd.DataFrame:
    """Questions that have one answer of a model."""
    first = found[found["method"] == found["method"].iloc[0]]
    answers = [
        (QUESTIONS[row.finding], _text(*_cell(row)))
        for row in each(first)
        if row.finding in OF_MODEL
    ]
    answers += [
        (question, _text(*joint_cell(joint, name)))
        for name, question in JOINT_QUESTIONS.items()
        if (joint["finding"] == name).any()
    ]
    answers += [
        (question, _text(*edit_cell(found, name)))
        for name, question in EDIT_QUESTIONS.items()
        if found["finding"].isin([f"{operation}_{name}" for operation in OPERATIONS]).any()
    ]
    return pd.DataFrame(answers, columns=["question", "answer"])


def _cell(row: SimpleNamespace) -> tuple[str, str]:
    is_intervention = row.finding in INTERVENTION_QUESTIONS
    return cell(row), intervention_detail(row) if is_intervention else detail(row)


def _text(main: str, small: str) -> str:
    return f"{main} ({small})" if small else main


def _notes(found: pd.DataFrame) -> list[str]:
    """How to read what stands on the page."""
    of_edits = [f"{operation}_{name}" for name in EDIT_QUESTIONS for operation in OPERATIONS]
    said = {
        OF_SEVERAL: found["method"].nunique() > 1,
        OF_INTERVENTIONS: bool(found["finding"].isin(INTERVENTION_QUESTIONS).any()),
        OF_EDITS: bool(found["finding"].isin(of_edits).any()),
    }
    return [text for text, is_meant in said.items() if is_meant]
