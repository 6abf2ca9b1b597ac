"""Find and manipulate the knowledge synapses of one relation's queries, and read what moves."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from qloc.contracts.answers import ANSWERS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.queries import QUERIES
from qloc.contracts.synapse_answers import SYNAPSE_ANSWERS
from qloc.contracts.synapse_effects import SYNAPSE_EFFECTS
from qloc.contracts.synapse_examples import SYNAPSE_EXAMPLES
from qloc.contracts.synapse_places import SYNAPSE_PLACES
from qloc.measures.fact_samples import drawn_facts
from qloc.measures.fact_sets import AskedQuery, asked_queries
from qloc.measures.quadrature import QUADRATURES
from qloc.measures.studied_prompts import studied_prompts
from qloc.measures.studied_queries import StudiedQueries, studied_queries
from qloc.measures.synapse_controls import ColumnChoice
from qloc.measures.synapse_runs import SynapseOutcome, SynapseRun, synapse_runs
from qloc.measures.synapse_tables import SynapseTables
from qloc.measures.synapses import synapse_rules
from qloc.models.interventions import read_attention
from qloc.models.language_model import LanguageModel, open_model
from qloc.models.memory import in_batches
from qloc.models.methods import Rule
from qloc.models.prompting import ANSWER_TOKENS, AnswerTokens
from qloc.models.synapse_runs import Reading, manipulate_columns
from qloc.options import INPUT, OUTPUT, PATHS, SAMPLE_SIZE, SETTINGS
from qloc.tables import read_table, write_tables

logger = logging.getLogger(__name__)

# With one query, a fact has no neighbors; of two, there is little to see.
MIN_QUERIES, MIN_EXAMPLE_QUERIES, N_EXAMPLES = 2, 3, 2


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=INPUT)
@click.option("--answers", required=True, type=INPUT, help="Of this model to these queries.")
@click.option("--knowledge-neurons", required=True, type=PATHS, help="Of the model, all methods.")
@click.option("--rules", required=True, type=SETTINGS, help="Of finding synapses, by preset.")
@click.option("--alpha", required=True, type=click.FloatRange(min=0), help="Of the threshold.")
@click.option("--value", required=True, type=click.Choice(["activation", "attribution"]))
@click.option("--quadrature", required=True, type=click.Choice(QUADRATURES), help="Of attribution.")
@click.option("--steps", required=True, type=click.IntRange(min=2), help="Of a fixed rule.")
@click.option("--tolerance", required=True, type=click.FloatRange(min=0), help="Of adaptive.")
@click.option("--facts-per-relation", required=True, type=SAMPLE_SIZE, help="A number, or all.")
@click.option("--answer-tokens", required=True, type=click.Choice(ANSWER_TOKENS))
@click.option("--seed", required=True, type=int)
@click.option("--threads", required=True, type=click.IntRange(min=1))
@click.option("--batch-size", required=True, type=click.IntRange(min=1), help="Queries at once.")
@click.option("--synapse-answers", required=True, type=OUTPUT)
@click.option("--synapse-effects", required=True, type=OUTPUT)
@click.option("--synapse-places", required=True, type=OUTPUT)
@click.option("--synapse-examples", required=True, type=OUTPUT)
def command(
    model: Path,
    queries: Path,
    answers: Path,
    knowledge_neurons: list[Path],
    rules: Mapping[str, Any],
    alpha: float,
    value: str,
    quadrature: str,
    steps: int,
    tolerance: float,
    facts_per_relation: int | None,
    answer_tokens: AnswerTokens,
    seed: int,
    threads: int,
    batch_size: int,
    synapse_answers: Path,
    synapse_effects: Path,
    synapse_places: Path,
    synapse_examples: Path,
) -> None:
    """Find and manipulate the knowledge synapses of one relation's queries, and read what moves."""
    asked, answered = read_table(QUERIES, queries), read_table(ANSWERS, answers)
    studied, prompts = studied_queries(answered, asked), studied_prompts(asked, answered)
    facts = drawn_facts(_asked_often(studied, MIN_QUERIES), facts_per_relation, seed, "facts")
    chosen = np.flatnonzero(np.isin(studied.fact_ids[studied.facts], facts))
    choice = ColumnChoice(synapse_rules(rules), alpha, seed)
    often = _asked_often(studied, MIN_EXAMPLE_QUERIES).intersection(facts)
    examples = drawn_facts(often, N_EXAMPLES, seed, "examples")
    tables = SynapseTables(synapse_runs(rules), examples, seed)
    if len(chosen):
        opened = open_model(model, threads)
        rule = Rule(quadrature, steps, tolerance) if value == "attribution" else None
        reading = Reading(answer_tokens, rule)
        neurons = ((path.stem, read_table(KNOWLEDGE_NEURONS, path)) for path in knowledge_neurons)
        parts = asked_queries(neurons, prompts, studied, chosen, opened.n_neurons)

        def work(batch: Sequence[AskedQuery]) -> list[SynapseOutcome]:
            return _manipulated(opened, batch, choice, tables.runs, reading)

        for batch, _, outcomes in in_batches(parts, batch_size, work, opened.device):
            for part, outcome in zip(batch, outcomes, strict=True):
                tables.add(part.query, part.sets, outcome)
    write_tables(
        [
            (SYNAPSE_ANSWERS, tables.answers(), synapse_answers),
            (SYNAPSE_EFFECTS, tables.effects(), synapse_effects),
            (SYNAPSE_PLACES, tables.places(), synapse_places),
            (SYNAPSE_EXAMPLES, tables.example_rows(), synapse_examples),
        ]
    )
    logger.info(
        "synapses of %d queries of %d facts manipulated in %d ways; %d queries left out",
        len(chosen),
        len(facts),
        len(tables.runs),
        len(prompts) - len(chosen),
    )


def _asked_often(studied: StudiedQueries, least: int) -> set[str]:
    """Facts with so many studied queries."""
    return set(studied.fact_ids[studied.n_queries >= least])


def _manipulated(
    model: LanguageModel,
    batch: Sequence[AskedQuery],
    choice: ColumnChoice,
    runs: Sequence[SynapseRun],
    reading: Reading,
) -> list[SynapseOutcome]:
    """What the queries of a batch do in all runs."""
    encoded = [model.encoded(part.query.prompt, part.query.answer) for part in batch]
    attention = read_attention(model, encoded)
    columns = [
        choice.choose(seen.weights, seen.is_visible, part.query.query_id)
        for part, seen in zip(batch, attention, strict=True)
    ]
    return manipulate_columns(model, encoded, attention, columns, runs, reading)
