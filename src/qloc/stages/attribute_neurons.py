"""Score every feed-forward neuron on the studied queries of one relation."""

import importlib
import logging
import pkgutil
from pathlib import Path
from typing import NamedTuple

import click
import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.attribution_checks import ATTRIBUTION_CHECKS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.fact_scores import FACT_SCORES
from qloc.contracts.queries import QUERIES
from qloc.measures.attribution_tables import AttributionTables, Run
from qloc.models import methods
from qloc.models.language_model import LanguageModel, open_model
from qloc.models.methods import Method, Rule
from qloc.models.prompting import EncodedQuery, encode_query
from qloc.options import INPUT, OUTPUT
from qloc.progress import batches
from qloc.tables import read_table, write_tables

logger = logging.getLogger(__name__)

METHODS = [module.name for module in pkgutil.iter_modules(methods.__path__)]
SHARE = click.FloatRange(min=0, max=1, max_open=True)


class StudiedQuery(NamedTuple):
    """A query that the study attributes."""

    query_id: str
    fact_id: str
    prompt: str
    answer: str


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=INPUT)
@click.option("--answers", required=True, type=INPUT, help="Of this model to these queries.")
@click.option("--method", required=True, type=click.Choice(METHODS))
@click.option("--quadrature", required=True, type=click.Choice(["adaptive", "riemann_right"]))
@click.option("--steps", required=True, type=click.IntRange(min=2), help="Of riemann_right.")
@click.option("--tolerance", required=True, type=click.FloatRange(min=0), help="Of adaptive.")
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
    keep: float,
    mean_floor: float,
    threads: int,
    batch_size: int,
    attributions: Path,
    checks: Path,
    fact_scores: Path,
) -> None:
    """Score every feed-forward neuron on the studied queries of one relation."""
    studied = _studied(read_table(QUERIES, queries), read_table(ANSWERS, answers))
    tables = AttributionTables(keep, mean_floor, Run(quadrature, batch_size, threads))
    if studied:
        attribute: Method = importlib.import_module(f"{methods.__name__}.{method}").attribute
        opened = open_model(model, threads)
        rule = Rule(quadrature, steps, tolerance)
        for batch in batches(studied, batch_size, "queries"):
            tables.add(batch, attribute(opened, [_encoded(opened, query) for query in batch], rule))
    checked = tables.checks()
    write_tables(
        [
            (ATTRIBUTIONS, tables.attributions(), attributions),
            (ATTRIBUTION_CHECKS, checked, checks),
            (FACT_SCORES, tables.fact_scores(), fact_scores),
        ]
    )
    logger.info(
        "%d queries attributed; %d of %d (query, layer) pairs did not settle",
        len(studied),
        checked["is_settled"].eq(False).sum(),
        len(checked),
    )


def _studied(queries: pd.DataFrame, answers: pd.DataFrame) -> list[StudiedQuery]:
    """The studied queries in the order of their table, which is sorted by their name."""
    names = answers.loc[answers["is_studied"], ["query_id"]]
    found = queries.merge(names, on="query_id", validate="one_to_one")
    columns = [found[name] for name in ("query_id", "fact_id", "prompt", "answer")]
    return [StudiedQuery(*row) for row in zip(*columns, strict=True)]


def _encoded(model: LanguageModel, query: StudiedQuery) -> EncodedQuery:
    return encode_query(model.tokenizer, query.prompt, query.answer, model.context_length)
