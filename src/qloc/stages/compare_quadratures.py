"""Compare quadratures on some studied queries of one model, by the neuron sets they give."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.quadrature_comparisons import QUADRATURE_COMPARISONS
from qloc.contracts.queries import QUERIES
from qloc.measures.attribution import Attribution
from qloc.measures.quadrature import QUADRATURES
from qloc.measures.quadrature_comparison import (
    REFERENCE,
    compared_rules,
    deviation,
    gradients_per_layer,
)
from qloc.measures.studied_prompts import StudiedQuery, drawn_prompts, studied_prompts
from qloc.models.language_model import LanguageModel, open_model
from qloc.models.memory import in_batches
from qloc.models.methods import Rule, attribute
from qloc.models.precision import PRECISIONS, Precision, matrix_products
from qloc.models.prompting import ANSWER_TOKENS, AnswerTokens
from qloc.options import INPUT, OUTPUT, PATHS
from qloc.randomness import generator
from qloc.tables import empty, read_tables, write_table

logger = logging.getLogger(__name__)

Row = dict[str, Any]


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--answers", required=True, type=PATHS, help="Of this model to these queries.")
@click.option("--n-queries", required=True, type=click.IntRange(min=1), help="How many to draw.")
@click.option("--quadrature", required=True, type=click.Choice(QUADRATURES), help="The study's.")
@click.option("--steps", required=True, type=click.IntRange(min=2), help="Its, if it is fixed.")
@click.option("--tolerance", required=True, type=click.FloatRange(min=0), help="Of adaptive.")
@click.option("--answer-tokens", required=True, type=click.Choice(ANSWER_TOKENS))
@click.option("--precision", required=True, type=click.Choice(PRECISIONS))
@click.option("--selection-threshold", required=True, type=click.FloatRange(min=0, max=1))
@click.option("--seed", required=True, type=int)
@click.option("--threads", required=True, type=click.IntRange(min=1))
@click.option("--batch-size", required=True, type=click.IntRange(min=1), help="Queries a sweep.")
@click.option("--comparisons", required=True, type=OUTPUT)
def command(
    model: Path,
    queries: list[Path],
    answers: list[Path],
    n_queries: int,
    quadrature: str,
    steps: int,
    tolerance: float,
    answer_tokens: AnswerTokens,
    precision: Precision,
    selection_threshold: float,
    seed: int,
    threads: int,
    batch_size: int,
    comparisons: Path,
) -> None:
    """Compare quadratures on some studied queries of one model, by the neuron sets they give."""
    studied = studied_prompts(read_tables(QUERIES, queries), read_tables(ANSWERS, answers))
    drawn = drawn_prompts(studied, n_queries, generator(seed, "compare_quadratures"))
    rules = [Rule(*named, tolerance) for named in compared_rules(quadrature, steps)]
    rows: list[Row] = []
    if drawn:
        opened = open_model(model, threads)

        def work(batch: Sequence[StudiedQuery]) -> list[Row]:
            with matrix_products(precision):
                return list(_compared(opened, batch, rules, answer_tokens, selection_threshold))

        for _, _, found in in_batches(drawn, batch_size, work, opened.device):
            rows += found
    table = pd.DataFrame(rows) if rows else empty(QUADRATURE_COMPARISONS)
    write_table(QUADRATURE_COMPARISONS, table, comparisons)
    logger.info(
        "%d rules compared on %d of %d studied queries", len(rules), len(drawn), len(studied)
    )


def _compared(
    model: LanguageModel,
    batch: Sequence[StudiedQuery],
    rules: Sequence[Rule],
    answer_tokens: AnswerTokens,
    selection_threshold: float,
) -> Iterator[Row]:
    """The rows of a batch, rule by rule."""
    encoded = [model.encoded(query.prompt, query.answer) for query in batch]
    reference = attribute(model, encoded, "ig", Rule(*REFERENCE, 0.0), answer_tokens).scores
    for rule in rules:
        found = attribute(model, encoded, "ig", rule, answer_tokens)
        n_points = found.checks.n_points.reshape(len(batch), model.n_layers)
        costs = gradients_per_layer(n_points, rule.quadrature, rule.steps)
        for number, query in enumerate(batch):
            compared = deviation(found.scores[number], reference[number], selection_threshold)
            yield {
                "query_id": query.query_id,
                "quadrature": rule.quadrature,
                "steps": rule.steps,
                "fact_id": query.fact_id,
                "gradients_per_layer": costs[number],
                "is_settled": _is_settled(found, number),
                **asdict(compared),
            }


def _is_settled(found: Attribution, number: int) -> bool | None:
    """Whether all layers of a query reached the tolerance, if the rule has one."""
    settled = found.checks.is_settled
    return None if settled is None else bool(np.all(settled[found.checks.query == number]))
