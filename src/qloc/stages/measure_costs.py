"""Measure what manipulating knowledge synapses costs, on some studied queries of one model."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pandas as pd
import torch

from qloc.contracts.answers import ANSWERS
from qloc.contracts.manipulation_costs import MANIPULATION_COSTS
from qloc.contracts.queries import QUERIES
from qloc.measures.quadrature import QUADRATURES
from qloc.measures.studied_prompts import StudiedQuery, drawn_prompts, studied_prompts
from qloc.measures.synapses import Columns, SynapseRule, find_synapses
from qloc.models.costs import only_new_garbage
from qloc.models.interventions import read_attention
from qloc.models.language_model import LanguageModel, open_model
from qloc.models.manipulation_costs import Measurement, manipulation_costs
from qloc.models.methods import Rule
from qloc.models.prompting import ANSWER_TOKENS, AnswerTokens, EncodedQuery
from qloc.options import INPUT, OUTPUT, PATHS, SETTINGS
from qloc.progress import Progress
from qloc.randomness import generator
from qloc.tables import empty, read_tables, write_table

logger = logging.getLogger(__name__)

Row = dict[str, Any]


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--answers", required=True, type=PATHS, help="Of this model to these queries.")
@click.option("--n-queries", required=True, type=click.IntRange(min=1), help="How many to draw.")
@click.option("--repeats", required=True, type=click.IntRange(min=1), help="Of every measurement.")
@click.option("--synapse-rule", required=True, type=SETTINGS, help="Of finding synapses, as JSON.")
@click.option("--alpha", required=True, type=click.FloatRange(min=0), help="Of the threshold.")
@click.option("--quadrature", required=True, type=click.Choice(QUADRATURES), help="Of attribution.")
@click.option("--steps", required=True, type=click.IntRange(min=2), help="Of a fixed rule.")
@click.option("--tolerance", required=True, type=click.FloatRange(min=0), help="Of adaptive.")
@click.option("--answer-tokens", required=True, type=click.Choice(ANSWER_TOKENS))
@click.option("--seed", required=True, type=int)
@click.option("--threads", required=True, type=click.IntRange(min=1))
@click.option("--costs", required=True, type=OUTPUT)
def command(
    model: Path,
    queries: list[Path],
    answers: list[Path],
    n_queries: int,
    repeats: int,
    synapse_rule: Mapping[str, Any],
    alpha: float,
    quadrature: str,
    steps: int,
    tolerance: float,
    answer_tokens: AnswerTokens,
    seed: int,
    threads: int,
    costs: Path,
) -> None:
    """Measure what manipulating knowledge synapses costs, on some studied queries of one model."""
    studied = studied_prompts(read_tables(QUERIES, queries), read_tables(ANSWERS, answers))
    drawn = drawn_prompts(studied, n_queries, generator(seed, "measure_costs"))
    rows: list[Row] = []
    if drawn:
        opened = open_model(model, threads)
        found_by, read_by = SynapseRule(**synapse_rule), Rule(quadrature, steps, tolerance)
        with only_new_garbage():
            progress = Progress(len(drawn), "queries")
            for n_before, query in enumerate(drawn):
                encoded = opened.encoded(query.prompt, query.answer)
                synapses = _synapses(opened, encoded, found_by, alpha)
                rows += [
                    _row(query, opened.device, measured)
                    for measured in manipulation_costs(
                        opened, encoded, synapses, read_by, answer_tokens, repeats
                    )
                ]
                progress.log(n_before + 1)
    table = pd.DataFrame(rows) if rows else empty(MANIPULATION_COSTS)
    write_table(MANIPULATION_COSTS, table, costs)
    logger.info(
        "%d of %d studied queries measured, each %d times", len(drawn), len(studied), repeats
    )


def _synapses(
    model: LanguageModel, query: EncodedQuery, rule: SynapseRule, alpha: float
) -> Columns:
    [attention] = read_attention(model, [query])
    return find_synapses(attention.weights, attention.is_visible, rule, alpha)


def _row(query: StudiedQuery, device: torch.device, measured: Measurement) -> Row:
    is_accelerator = device.type == "cuda"
    return {
        "value": measured.value,
        "operation": measured.operation,
        "query_id": query.query_id,
        "repeat": measured.repeat,
        "device": torch.cuda.get_device_name(device) if is_accelerator else device.type,
        "seconds": measured.cost.seconds,
        "peak_memory": measured.cost.peak_memory,
    }
