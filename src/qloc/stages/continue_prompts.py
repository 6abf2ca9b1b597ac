"""Let a model go on with prompts of a fact of each class, before and after edits."""

import logging
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import click
import pandas as pd

from qloc.contracts.continuations import CONTINUATIONS
from qloc.contracts.edit_calibrations import EDIT_CALIBRATIONS
from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.contracts.neuron_sets import NEURON_SETS, PRINTED_SETS
from qloc.contracts.queries import QUERIES
from qloc.measures.edit_calibration import chosen_strengths
from qloc.measures.edit_examples import example_facts, example_queries
from qloc.measures.facts_to_edit import Cells, FactToEdit, cells_by_set, cells_of, facts_to_edit
from qloc.models.edit_questions import no_edit
from qloc.models.edit_requests import asked_fact, edit_requests
from qloc.models.edited_rows import say_edited
from qloc.models.edits import OPERATIONS, EditRule, Operation, make_edit
from qloc.models.greedy import text_of
from qloc.models.language_model import LanguageModel, open_model
from qloc.options import INPUT, OUTPUT, PATHS, SETTINGS
from qloc.tables import empty, read_table, read_tables, write_table

logger = logging.getLogger(__name__)

Row = dict[str, Any]


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--edited-facts", required=True, type=INPUT)
@click.option("--edited-queries", required=True, type=INPUT)
@click.option("--neuron-sets", required=True, type=INPUT)
@click.option("--edit-calibrations", required=True, type=INPUT)
@click.option("--rules", required=True, type=SETTINGS, help="Of editing, by preset.")
@click.option("--n-tokens", required=True, type=click.IntRange(min=1), help="To say, at most.")
@click.option("--seed", required=True, type=int)
@click.option("--threads", required=True, type=click.IntRange(min=1))
@click.option("--continuations", required=True, type=OUTPUT)
def command(
    model: Path,
    queries: list[Path],
    edited_facts: Path,
    edited_queries: Path,
    neuron_sets: Path,
    edit_calibrations: Path,
    rules: Mapping[str, Any],
    n_tokens: int,
    seed: int,
    threads: int,
    continuations: Path,
) -> None:
    """Let a model go on with prompts of a fact of each class, before and after edits."""
    asked = read_tables(QUERIES, queries)
    chosen = read_table(EDITED_FACTS, edited_facts), read_table(EDITED_QUERIES, edited_queries)
    examples = example_facts(facts_to_edit(*chosen, asked), seed)
    rows: list[Row] = []
    if examples:
        opened = open_model(model, threads)
        cells = cells_by_set(read_table(NEURON_SETS, neuron_sets))
        calibrations = read_table(EDIT_CALIBRATIONS, edit_calibrations)
        for fact, operation in product(examples, OPERATIONS):
            sets = cells_of(cells, fact.fact_id, PRINTED_SETS)
            ways = {
                preset: (EditRule(**rules[preset]), strength)
                for preset, strength in chosen_strengths(calibrations, operation, rules).items()
            }
            rows += _continued(opened, fact, operation, sets, ways, n_tokens, seed)
    table = pd.DataFrame(rows) if rows else empty(CONTINUATIONS)
    write_table(CONTINUATIONS, table, continuations)
    logger.info("%d facts edited, %d texts", len(examples), len(rows))


def _continued(
    model: LanguageModel,
    fact: FactToEdit,
    operation: Operation,
    sets: Mapping[str, Cells],
    ways: Mapping[str, tuple[EditRule, int]],
    n_tokens: int,
    seed: int,
) -> Iterator[Row]:
    """What the model says of a fact: of its edited query and of another one, by preset and set."""
    asked = asked_fact(model, fact)
    requests = edit_requests(model, asked, sets, operation)
    edited = list(product(ways.items(), requests.items()))
    edits = [
        make_edit(model, request, operation, rule, strength)
        for (_, (rule, strength)), (_, request) in edited
    ]
    shown = example_queries(fact, seed)
    prompts = [asked.prompts[number] for number in shown]
    before, *after = say_edited(model, [no_edit(model), *edits], prompts, n_tokens)
    for ((preset, _), (neuron_set, request)), said in zip(edited, after, strict=True):
        for number, plain, changed in zip(shown, before, said, strict=True):
            yield {
                "fact_id": fact.fact_id,
                "operation": operation,
                "preset": preset,
                "neuron_set": neuron_set,
                "query_id": fact.queries[number].query_id,
                "is_consistent": fact.is_consistent,
                "is_edited": number == 0,
                "n_neurons": len(request.layers),
                "prompt": fact.queries[number].prompt,
                "answer": fact.answer,
                "target": fact.target,
                "text_before": text_of(model, plain),
                "text_after": text_of(model, changed),
            }
