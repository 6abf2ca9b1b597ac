"""Pick the strength of edits, on facts on which they are never evaluated."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import pandas as pd

from qloc.contracts.edit_calibrations import EDIT_CALIBRATIONS
from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.contracts.neuron_sets import NEURON_SETS
from qloc.contracts.queries import QUERIES
from qloc.measures.edit_calibration import calibrated
from qloc.measures.edit_plans import PlannedEdit, planned_edits
from qloc.measures.facts_to_edit import cells_by_set, facts_to_edit
from qloc.models.edit_outcomes import edit_outcomes, made_edits
from qloc.models.edit_questions import fact_questions
from qloc.models.edit_requests import asked_fact
from qloc.models.edits import OPERATIONS, EditRule, Operation
from qloc.models.language_model import LanguageModel, open_model
from qloc.models.memory import in_batches
from qloc.options import INPUT, OUTPUT, PATHS, SETTINGS
from qloc.tables import read_table, read_tables, write_table

logger = logging.getLogger(__name__)

# Of the facts whose edits count.
Reliability = dict[tuple[str, int], list[float]]


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--edited-facts", required=True, type=INPUT)
@click.option("--edited-queries", required=True, type=INPUT)
@click.option("--neuron-sets", required=True, type=INPUT)
@click.option("--rules", required=True, type=SETTINGS, help="Of editing, by preset.")
@click.option("--reliability", required=True, type=click.FloatRange(0, 1), help="That is enough.")
@click.option("--threads", required=True, type=click.IntRange(min=1))
@click.option("--batch-size", required=True, type=click.IntRange(min=1), help="Edits at once.")
@click.option("--edit-calibrations", required=True, type=OUTPUT)
def command(
    model: Path,
    queries: list[Path],
    edited_facts: Path,
    edited_queries: Path,
    neuron_sets: Path,
    rules: Mapping[str, Any],
    reliability: float,
    threads: int,
    batch_size: int,
    edit_calibrations: Path,
) -> None:
    """Pick the strength of edits, on facts on which they are never evaluated."""
    edited = facts_to_edit(
        read_table(EDITED_FACTS, edited_facts),
        read_table(EDITED_QUERIES, edited_queries),
        read_tables(QUERIES, queries),
    )
    facts = [fact for fact in edited if fact.role == "calibration"]
    cells = cells_by_set(read_table(NEURON_SETS, neuron_sets))
    ways = {preset: EditRule(**rule) for preset, rule in rules.items()}
    opened = open_model(model, threads) if facts else None
    rows = []
    for operation in OPERATIONS:
        n_strengths = {preset: rule.n_strengths(operation) for preset, rule in ways.items()}
        planned = [
            edit
            for fact in facts
            for edit in planned_edits(fact, ["query"], cells, n_strengths, {})
        ]
        found = _reliability(opened, planned, operation, ways, batch_size) if opened else {}
        for preset, rule in ways.items():
            by_strength = [found.get((preset, n), []) for n in range(n_strengths[preset])]
            for strength, row in enumerate(calibrated(by_strength, reliability)):
                first, second = rule.lambdas(operation, strength)
                rows.append(
                    {
                        "operation": operation,
                        "preset": preset,
                        "strength": strength,
                        "lambda_1": first,
                        "lambda_2": second,
                        **row,
                    }
                )
    table = pd.DataFrame(rows)
    write_table(EDIT_CALIBRATIONS, table, edit_calibrations)
    for chosen in table[table["is_chosen"]].itertuples():
        logger.info(
            "%s, %s: strength %d, reliability %.3f on %d facts",
            chosen.operation,
            chosen.preset,
            chosen.strength,
            chosen.reliability,
            chosen.n_facts,
        )


def _reliability(
    model: LanguageModel,
    planned: Sequence[PlannedEdit],
    operation: Operation,
    rules: Mapping[str, EditRule],
    batch_size: int,
) -> Reliability:
    """Of every preset and strength, how reliable the edit of every fact is by the first token."""
    found: Reliability = defaultdict(list)

    def work(batch: Sequence[PlannedEdit]) -> list[float]:
        return [
            share
            for _, of_fact in groupby(batch, key=lambda edit: edit.fact.fact_id)
            for share in _of_fact(model, list(of_fact), operation, rules)
        ]

    for batch, _, shares in in_batches(planned, batch_size, work, model.device, "edits"):
        for edit, share in zip(batch, shares, strict=True):
            found[edit.preset, edit.strength].append(share)
    return found


def _of_fact(
    model: LanguageModel,
    planned: Sequence[PlannedEdit],
    operation: Operation,
    rules: Mapping[str, EditRule],
) -> list[float]:
    """How reliable edits of one fact are, by the first token; missing if it cannot be asked."""
    fact = planned[0].fact
    asked = asked_fact(model, fact)
    questions = [one for one in fact_questions(fact, asked, operation) if one.role == "edited"]
    edits = made_edits(model, asked, planned, operation, rules)
    outcomes = edit_outcomes(model, edits, operation, questions, [])
    return [float(outcome.metrics["reliability"][0]) for outcome in outcomes]
