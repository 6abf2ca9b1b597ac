"""Edit facts, every set of neurons by itself, and see what each edit does."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import pandas as pd

from qloc.columns import SCORERS
from qloc.contracts.answers import ANSWERS
from qloc.contracts.edit_calibrations import EDIT_CALIBRATIONS
from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.contracts.edits import EDITS
from qloc.contracts.facts import FACTS
from qloc.contracts.neuron_sets import NEURON_SETS
from qloc.contracts.queries import QUERIES
from qloc.datasets.texts import read_paragraphs
from qloc.measures.edit_calibration import chosen_strengths
from qloc.measures.edit_plans import PlannedEdit, planned_edits, sets_to_edit
from qloc.measures.edit_tables import Row, edit_rows
from qloc.measures.facts_to_edit import cells_by_set, facts_to_edit
from qloc.measures.studied_prompts import StudiedQuery, studied_prompts
from qloc.measures.unrelated_queries import UnrelatedQueries
from qloc.models.edit_outcomes import edit_outcomes, made_edits
from qloc.models.edit_questions import fact_questions, unrelated_questions
from qloc.models.edit_requests import asked_fact
from qloc.models.edits import OPERATIONS, EditRule, Operation
from qloc.models.held_out_texts import drawn_texts, held_out_texts
from qloc.models.language_model import LanguageModel, open_model
from qloc.models.memory import in_batches
from qloc.models.predictions import Continuation
from qloc.options import INPUT, OUTPUT, PATHS, SETTINGS
from qloc.tables import empty, read_table, read_tables, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--facts", required=True, type=PATHS, help="Of all relations.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--answers", required=True, type=PATHS, help="Of the model, all relations.")
@click.option("--edited-facts", required=True, type=INPUT)
@click.option("--edited-queries", required=True, type=INPUT)
@click.option("--neuron-sets", required=True, type=INPUT)
@click.option("--edit-calibrations", required=True, type=INPUT)
@click.option("--held-out-text", required=True, type=INPUT)
@click.option("--operation", required=True, type=click.Choice(OPERATIONS))
@click.option("--rules", required=True, type=SETTINGS, help="Of editing, by preset.")
@click.option("--n-unrelated", required=True, type=click.IntRange(min=1), help="Of every fact.")
@click.option("--n-texts", required=True, type=click.IntRange(min=1), help="Of every fact.")
@click.option("--least-tokens", required=True, type=click.IntRange(min=2), help="Of a text.")
@click.option("--most-tokens", required=True, type=click.IntRange(min=2), help="Of a text.")
@click.option("--seed", required=True, type=int)
@click.option("--threads", required=True, type=click.IntRange(min=1))
@click.option("--batch-size", required=True, type=click.IntRange(min=1), help="Edits at once.")
@click.option("--edits", required=True, type=OUTPUT)
def command(
    model: Path,
    facts: list[Path],
    queries: list[Path],
    answers: list[Path],
    edited_facts: Path,
    edited_queries: Path,
    neuron_sets: Path,
    edit_calibrations: Path,
    held_out_text: Path,
    operation: Operation,
    rules: Mapping[str, Any],
    n_unrelated: int,
    n_texts: int,
    least_tokens: int,
    most_tokens: int,
    seed: int,
    threads: int,
    batch_size: int,
    edits: Path,
) -> None:
    """Edit facts, every set of neurons by itself, and see what each edit does."""
    asked = read_tables(QUERIES, queries)
    edited = facts_to_edit(
        read_table(EDITED_FACTS, edited_facts), read_table(EDITED_QUERIES, edited_queries), asked
    )
    evaluated = [fact for fact in edited if fact.role == "evaluation"]
    ways = {preset: EditRule(**rule) for preset, rule in rules.items()}
    n_strengths = {preset: rule.n_strengths(operation) for preset, rule in ways.items()}
    chosen = chosen_strengths(read_table(EDIT_CALIBRATIONS, edit_calibrations), operation, ways)
    cells = cells_by_set(read_table(NEURON_SETS, neuron_sets))
    planned = [
        edit
        for fact in evaluated
        for edit in planned_edits(fact, sets_to_edit(fact), cells, n_strengths, chosen)
    ]
    studied = studied_prompts(asked, read_tables(ANSWERS, answers))
    others = UnrelatedQueries(studied, read_tables(FACTS, facts))
    parts = []
    if planned:
        opened = open_model(model, threads)
        paragraphs = read_paragraphs(held_out_text)
        texts = held_out_texts(opened, paragraphs, n_texts, least_tokens, most_tokens)

        def work(batch: Sequence[PlannedEdit]) -> pd.DataFrame:
            rows: list[Row] = []
            for fact_id, of_fact in groupby(batch, key=lambda edit: edit.fact.fact_id):
                read = [texts[n] for n in drawn_texts(len(texts), n_texts, seed, fact_id)]
                unrelated = others.drawn(fact_id, n_unrelated, seed)
                rows += _edited(opened, list(of_fact), operation, ways, unrelated, read)
            return pd.DataFrame(rows)

        parts = [
            found for _, _, found in in_batches(planned, batch_size, work, opened.device, "edits")
        ]
    table = pd.concat(parts, ignore_index=True) if parts else empty(EDITS)
    table["is_chosen"] = table["strength"] == table["preset"].map(chosen)
    write_table(EDITS, table, edits)
    is_empty = table.loc[table["scorer"] == SCORERS[0], "n_neurons"] == 0
    logger.info(
        "%d facts edited in %d ways, of which %d have no neuron; %d edits made",
        len(evaluated),
        len(is_empty),
        int(is_empty.sum()),
        len(planned),
    )


def _edited(
    model: LanguageModel,
    planned: Sequence[PlannedEdit],
    operation: Operation,
    rules: Mapping[str, EditRule],
    unrelated: Sequence[StudiedQuery],
    texts: Sequence[Continuation],
) -> Iterator[Row]:
    """The rows of some edits of one fact."""
    fact = planned[0].fact
    asked = asked_fact(model, fact)
    questions = [*fact_questions(fact, asked, operation), *unrelated_questions(model, unrelated)]
    edits = made_edits(model, asked, planned, operation, rules)
    outcomes = edit_outcomes(model, edits, operation, questions, texts)
    for edit, outcome in zip(planned, outcomes, strict=True):
        first, second = rules[edit.preset].lambdas(operation, edit.strength)
        yield from edit_rows(edit, outcome, (first, second))
