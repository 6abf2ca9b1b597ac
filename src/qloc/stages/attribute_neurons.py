"""Score every feed-forward neuron on the studied queries of one relation."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from qloc.contracts.answers import ANSWERS
from qloc.contracts.attribution_checks import ATTRIBUTION_CHECKS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.fact_scores import FACT_SCORES
from qloc.contracts.queries import QUERIES
from qloc.measures.attribution import Attribution
from qloc.measures.attribution_tables import AttributionTables, Run
from qloc.measures.quadrature import QUADRATURES
from qloc.measures.studied_prompts import StudiedQuery, studied_prompts
from qloc.models.language_model import LanguageModel, open_model
from qloc.models.memory import in_batches
from qloc.models.methods import METHODS, Rule, attribute
from qloc.models.precision import PRECISIONS, Precision, has_tf32, matrix_products
from qloc.models.prompting import ANSWER_TOKENS, AnswerTokens
from qloc.options import INPUT, OUTPUT, SETTINGS
from qloc.tables import read_table, write_tables

logger = logging.getLogger(__name__)

SHARE = click.FloatRange(min=0, max=1, max_open=True)


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=INPUT)
@click.option("--answers", required=True, type=INPUT, help="Of this model to these queries.")
@click.option("--method", required=True, type=click.Choice(METHODS))
@click.option("--quadrature", required=True, type=click.Choice(QUADRATURES))
@click.option("--steps", required=True, type=click.IntRange(min=2), help="Of a fixed rule.")
@click.option("--tolerance", required=True, type=click.FloatRange(min=0), help="Of adaptive.")
@click.option("--knobs", required=True, type=SETTINGS, help="Of the method's own, as JSON.")
@click.option("--answer-tokens", required=True, type=click.Choice(ANSWER_TOKENS))
@click.option("--precision", required=True, type=click.Choice(PRECISIONS))
@click.option("--keep", required=True, type=SHARE, help="Of a query's best score.")
@click.option("--mean-floor", required=True, type=SHARE, help="Of a fact's largest mean.")
@click.option("--threads", required=True, type=click.IntRange(min=1))
@click.option("--batch-size", required=True, type=click.IntRange(min=1), help="Queries a sweep.")
@click.option("--attributions", required=True, type=OUTPUT)
@click.option("--checks", required=True, type=OUTPUT)
@click.option("--fact-scores", required=True, type=OUTPUT)
def command(
    model: Path,
    queries: Path,
    answers: Path,
    method: str,
    quadrature: str,
    steps: int,
    tolerance: float,
    knobs: Mapping[str, Any],
    answer_tokens: AnswerTokens,
    precision: Precision,
    keep: float,
    mean_floor: float,
    threads: int,
    batch_size: int,
    attributions: Path,
    checks: Path,
    fact_scores: Path,
) -> None:
    """Score every feed-forward neuron on the studied queries of one relation."""
    studied = studied_prompts(read_table(QUERIES, queries), read_table(ANSWERS, answers))
    tables = AttributionTables(keep, mean_floor)
    if studied:
        opened = open_model(model, threads)
        if precision == "tf32" and not has_tf32(opened.device):
            logger.info("%s has no TF32: matrix products are float32", opened.device)
        rule = Rule(quadrature, steps, tolerance)

        def work(batch: Sequence[StudiedQuery]) -> Attribution:
            with matrix_products(precision):
                return _attribute(opened, batch, method, rule, answer_tokens, knobs)

        for batch, size, attribution in in_batches(studied, batch_size, work, opened.device):
            tables.add(batch, attribution, Run(quadrature, size, threads))
    checked = tables.checks()
    write_tables(
        [
            (ATTRIBUTIONS, tables.attributions(), attributions),
            (ATTRIBUTION_CHECKS, checked, checks),
            (FACT_SCORES, tables.fact_scores(), fact_scores),
        ]
    )
    pairs = checked.drop_duplicates(["query_id", "layer"])
    logger.info(
        "%d queries attributed; %d of %d (query, layer) pairs did not settle",
        len(studied),
        pairs["is_settled"].eq(False).sum(),
        len(pairs),
    )


def _attribute(
    model: LanguageModel,
    batch: Sequence[StudiedQuery],
    method: str,
    rule: Rule,
    answer_tokens: AnswerTokens,
    knobs: Mapping[str, Any],
) -> Attribution:
    encoded = [model.encoded(query.prompt, query.answer) for query in batch]
    return attribute(model, encoded, method, rule, answer_tokens, knobs)
