"""Suppress and enhance the neuron sets of every query of one relation, and read its answer."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.queries import QUERIES
from qloc.contracts.query_mappings import QUERY_MAPPINGS
from qloc.measures.fact_sets import AskedQuery, asked_queries
from qloc.measures.manipulations import FACTORS
from qloc.measures.mapping_sets import mapped_queries, mapping_sets
from qloc.measures.studied_prompts import studied_prompts
from qloc.measures.studied_queries import studied_queries
from qloc.models.language_model import LanguageModel, open_model
from qloc.models.manipulated_rows import NeuronFactors
from qloc.models.memory import in_batches
from qloc.models.neuron_factors import scale_neurons
from qloc.models.prompting import ANSWER_TOKENS, AnswerTokens
from qloc.models.tails import read_prompts
from qloc.options import INPUT, OUTPUT, PATHS
from qloc.tables import empty, read_table, write_table

logger = logging.getLogger(__name__)

Row = dict[str, Any]


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=INPUT)
@click.option("--answers", required=True, type=INPUT, help="Of this model to these queries.")
@click.option("--knowledge-neurons", required=True, type=PATHS, help="Of the model, all methods.")
@click.option("--draws", required=True, type=click.IntRange(min=1), help="Of every drawn set.")
@click.option("--answer-tokens", required=True, type=click.Choice(ANSWER_TOKENS))
@click.option("--seed", required=True, type=int)
@click.option("--threads", required=True, type=click.IntRange(min=1))
@click.option("--batch-size", required=True, type=click.IntRange(min=1), help="Queries at once.")
@click.option("--mappings", required=True, type=OUTPUT)
def command(
    model: Path,
    queries: Path,
    answers: Path,
    knowledge_neurons: list[Path],
    draws: int,
    answer_tokens: AnswerTokens,
    seed: int,
    threads: int,
    batch_size: int,
    mappings: Path,
) -> None:
    """Suppress and enhance the neuron sets of every query of one relation, and read its answer."""
    asked, answered = read_table(QUERIES, queries), read_table(ANSWERS, answers)
    studied, prompts = studied_queries(answered, asked), studied_prompts(asked, answered)
    chosen = mapped_queries(studied)
    rows: list[Row] = []
    if len(chosen):
        opened = open_model(model, threads)
        neurons = ((path.stem, read_table(KNOWLEDGE_NEURONS, path)) for path in knowledge_neurons)
        mapped = asked_queries(neurons, prompts, studied, chosen, opened.n_neurons)

        def work(batch: Sequence[AskedQuery]) -> list[Row]:
            return list(_mapped(opened, batch, draws, seed, answer_tokens))

        for _, _, found in in_batches(mapped, batch_size, work, opened.device):
            rows += found
    table = pd.DataFrame(rows) if rows else empty(QUERY_MAPPINGS)
    write_table(QUERY_MAPPINGS, table, mappings)
    n_facts = len(np.unique(studied.facts[chosen]))
    logger.info(
        "%d queries of %d facts mapped; %d queries of %d facts with fewer than three left out",
        len(chosen),
        n_facts,
        len(prompts) - len(chosen),
        studied.n_facts - n_facts,
    )


def _mapped(
    model: LanguageModel,
    batch: Sequence[AskedQuery],
    n_draws: int,
    seed: int,
    answer_tokens: AnswerTokens,
) -> Iterator[Row]:
    """The rows of a batch, query by query."""
    encoded = [model.encoded(mapped.query.prompt, mapped.query.answer) for mapped in batch]
    last = [[len(query.prompt_tokens) - 1] for query in encoded]
    prompts = read_prompts(model, encoded, last, answer_tokens)
    values = prompts.activations[:, 0].cpu().numpy()
    sets = [
        [one for own in mapped.sets for one in mapping_sets(own, values[number], n_draws, seed)]
        for number, mapped in enumerate(batch)
    ]
    factors = [
        [
            NeuronFactors(*np.divmod(one.neurons, model.n_neurons), factor)
            for one in of_query
            for factor in FACTORS.values()
        ]
        for of_query in sets
    ]
    for mapped, of_query, found in zip(
        batch, sets, scale_neurons(model, prompts, factors), strict=True
    ):
        before, *after = found.tolist()
        manipulated = [(one, name) for one in of_query for name in FACTORS]
        for (one, manipulation), probability in zip(manipulated, after, strict=True):
            yield {
                "method": one.method,
                "query_id": mapped.query.query_id,
                "neuron_set": one.neuron_set,
                "draw": one.draw,
                "manipulation": manipulation,
                "fact_id": mapped.query.fact_id,
                "n_neurons": len(one.neurons),
                "answer_probability_before": before,
                "answer_probability_after": probability,
            }
