"""Edit many facts one after another, and look at what is left of all the edits."""

import logging
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import click
import pandas as pd

from qloc.columns import SCORERS
from qloc.contracts.answers import ANSWERS
from qloc.contracts.edit_calibrations import EDIT_CALIBRATIONS
from qloc.contracts.edit_sequences import EDIT_SEQUENCES
from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.contracts.neuron_sets import NEURON_SETS, PRINTED_SETS
from qloc.contracts.queries import QUERIES
from qloc.datasets.texts import read_paragraphs
from qloc.measures.edit_calibration import chosen_strengths
from qloc.measures.edit_choice import sequence_facts
from qloc.measures.facts_to_edit import FactToEdit, cells_by_set, cells_of, facts_to_edit
from qloc.measures.studied_prompts import StudiedQuery, drawn_prompts, studied_prompts
from qloc.models.edit_questions import unrelated_questions
from qloc.models.edit_sequences import (
    EditWay,
    Left,
    SequenceFact,
    SequenceRun,
    edit_one_after_another,
    sequence_fact,
)
from qloc.models.edits import OPERATIONS, EditRule, Operation
from qloc.models.held_out_texts import drawn_texts, held_out_texts
from qloc.models.language_model import LanguageModel, open_model
from qloc.models.predictions import perplexity_of, predict
from qloc.options import INPUT, NUMBERS, OUTPUT, PATHS, SETTINGS
from qloc.progress import Progress
from qloc.randomness import generator
from qloc.tables import empty, read_table, read_tables, write_table

logger = logging.getLogger(__name__)

Row = dict[str, Any]
NAME = "edit_in_sequence"


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--answers", required=True, type=PATHS, help="Of this model to these queries.")
@click.option("--edited-facts", required=True, type=INPUT)
@click.option("--edited-queries", required=True, type=INPUT)
@click.option("--neuron-sets", required=True, type=INPUT)
@click.option("--edit-calibrations", required=True, type=INPUT)
@click.option("--held-out-text", required=True, type=INPUT)
@click.option("--operation", required=True, type=click.Choice(OPERATIONS))
@click.option("--rules", required=True, type=SETTINGS, help="Of editing, by preset.")
@click.option("--n-facts", required=True, type=click.IntRange(min=1), help="Of a run, at most.")
@click.option("--n-runs", required=True, type=click.IntRange(min=1))
@click.option("--steps", required=True, type=NUMBERS, help="Edits after which to look.")
@click.option("--n-unrelated", required=True, type=click.IntRange(min=1), help="At least.")
@click.option("--n-texts", required=True, type=click.IntRange(min=1), help="Of every run.")
@click.option("--least-tokens", required=True, type=click.IntRange(min=2), help="Of a text.")
@click.option("--most-tokens", required=True, type=click.IntRange(min=2), help="Of a text.")
@click.option("--seed", required=True, type=int)
@click.option("--threads", required=True, type=click.IntRange(min=1))
@click.option("--edit-sequences", required=True, type=OUTPUT)
def command(
    model: Path,
    queries: list[Path],
    answers: list[Path],
    edited_facts: Path,
    edited_queries: Path,
    neuron_sets: Path,
    edit_calibrations: Path,
    held_out_text: Path,
    operation: Operation,
    rules: Mapping[str, Any],
    n_facts: int,
    n_runs: int,
    steps: list[float],
    n_unrelated: int,
    n_texts: int,
    least_tokens: int,
    most_tokens: int,
    seed: int,
    threads: int,
    edit_sequences: Path,
) -> None:
    """Edit many facts one after another, and look at what is left of all the edits."""
    asked, answered = read_tables(QUERIES, queries), read_tables(ANSWERS, answers)
    known = studied_prompts(asked, answered[answered["is_known"]])
    chosen = read_table(EDITED_FACTS, edited_facts), read_table(EDITED_QUERIES, edited_queries)
    edited = [fact for fact in facts_to_edit(*chosen, asked) if fact.role != "calibration"]
    names = [fact.fact_id for fact in edited]
    drawn = [sequence_facts(names, n_facts, seed, run) for run in range(n_runs)]
    rows: list[Row] = []
    if edited:
        opened = open_model(model, threads)
        paragraphs = read_paragraphs(held_out_text)
        texts = held_out_texts(opened, paragraphs, n_texts, least_tokens, most_tokens)
        facts = _read(opened, edited, set().union(*drawn), neuron_sets, operation)
        ways = _ways(rules, read_table(EDIT_CALIBRATIONS, edit_calibrations), operation)
        progress = Progress(n_runs * len(ways), "sequences")
        for run, fact_ids in enumerate(drawn):
            others = _unrelated(known, fact_ids, n_unrelated, seed, run)
            numbers = drawn_texts(len(texts), n_texts, seed, NAME, str(run))
            sequence = SequenceRun(
                [facts[fact_id] for fact_id in fact_ids],
                unrelated_questions(opened, others),
                [texts[number] for number in numbers],
            )
            before = perplexity_of(predict(opened, sequence.texts))
            for number, way in enumerate(ways, 1 + run * len(ways)):
                left = edit_one_after_another(opened, sequence, way, [*map(int, steps)])
                rows += _rows(run, way, left, before)
                progress.log(number)
    table = pd.DataFrame(rows) if rows else empty(EDIT_SEQUENCES)
    write_table(EDIT_SEQUENCES, table, edit_sequences)
    logger.info("%d runs through %d of %d facts", n_runs, len(drawn[0]), len(edited))


def _read(
    model: LanguageModel,
    edited: Sequence[FactToEdit],
    drawn: Collection[str],
    neuron_sets: Path,
    operation: Operation,
) -> dict[str, SequenceFact]:
    """The facts that are drawn as the clean model reads them."""
    cells = cells_by_set(read_table(NEURON_SETS, neuron_sets))
    found = {}
    for fact in edited:
        if fact.fact_id in drawn:
            sets = cells_of(cells, fact.fact_id, PRINTED_SETS)
            found[fact.fact_id] = sequence_fact(model, fact, sets, operation)
    return found


def _ways(
    rules: Mapping[str, Any], calibrations: pd.DataFrame, operation: Operation
) -> list[EditWay]:
    """Every set by every preset, at the chosen strength."""
    strengths = chosen_strengths(calibrations, operation, rules)
    return [
        EditWay(neuron_set, preset, operation, EditRule(**rule), strengths[preset])
        for neuron_set, (preset, rule) in product(PRINTED_SETS, rules.items())
    ]


def _unrelated(
    known: Sequence[StudiedQuery], fact_ids: Sequence[str], at_least: int, seed: int, run: int
) -> list[StudiedQuery]:
    """As many queries of other facts as a run edits facts, but at least so many if there are."""
    others = [query for query in known if query.fact_id not in fact_ids]
    random = generator(seed, NAME, "unrelated", str(run))
    return drawn_prompts(others, max(at_least, len(fact_ids)), random)


def _rows(run: int, way: EditWay, left: Sequence[Left], before: float) -> Iterator[Row]:
    """What is left at every look, by every scorer."""
    first, second = way.rule.lambdas(way.operation, way.strength)
    for look, (number, scorer) in product(left, enumerate(SCORERS)):
        metrics = {name: float(shares[number]) for name, shares in look.metrics.items()}
        yield metrics | {
            "run": run,
            "neuron_set": way.neuron_set,
            "preset": way.preset,
            "n_edited": look.n_edited,
            "scorer": scorer,
            "strength": way.strength,
            "lambda_1": first,
            "lambda_2": second,
            "is_last": look is left[-1],
            "no_edit_share": look.no_edit_share,
            "perplexity_before": before,
            "perplexity_after": look.perplexity if math.isfinite(look.perplexity) else math.nan,
        }
