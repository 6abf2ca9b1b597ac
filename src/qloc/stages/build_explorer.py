"""Build the explorer: every fact, its queries, and their neurons under thresholds that move."""

import logging
from collections.abc import Iterator
from pathlib import Path

import click
import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.facts import FACTS
from qloc.contracts.queries import QUERIES
from qloc.explorer.contents import Settings, contents
from qloc.explorer.page import page as as_page
from qloc.explorer.rows import shown_rows
from qloc.explorer.source import Shape, Source
from qloc.figures.formats import csv
from qloc.models.manifest import read_manifest
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables, read_tables

logger = logging.getLogger(__name__)

SHARE = click.FloatRange(min=0, max=1)


@click.command()
@click.option("--models", required=True, type=PATHS, help="Manifests.")
@click.option("--facts", required=True, type=PATHS, help="Of all relations.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--answers", required=True, type=PATHS, help="Of all models and relations.")
@click.option("--attributions", required=True, type=PATHS, help="Likewise, of all methods.")
@click.option("--scores", required=True, type=PATHS, help="Of all models and methods.")
@click.option("--classes", required=True, type=PATHS, help="Likewise.")
@click.option("--keep", required=True, type=SHARE, help="The lowest share in the attributions.")
@click.option("--selection-threshold", required=True, type=SHARE)
@click.option("--static-threshold", required=True, type=SHARE)
@click.option("--seed", required=True, type=int)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of the facts on it.")
def command(
    models: list[Path],
    facts: list[Path],
    queries: list[Path],
    answers: list[Path],
    attributions: list[Path],
    scores: list[Path],
    classes: list[Path],
    keep: float,
    selection_threshold: float,
    static_threshold: float,
    seed: int,
    page: Path,
    numbers: Path,
) -> None:
    """Build the explorer: every fact, its queries, and their neurons under moving thresholds."""
    manifests = [read_manifest(path) for path in models]
    scored = read_placed_tables(CONSISTENCY_SCORES, scores)

    def attributed(model: str, method: str) -> Iterator[pd.DataFrame]:
        for path in attributions:
            if path.stem == method and path.parents[1].name == model:
                yield read_tables(ATTRIBUTIONS, [path])

    source = Source(
        [Shape(each.name, each.n_layers, each.n_neurons) for each in manifests],
        list(dict.fromkeys(path.stem for path in scores)),
        read_tables(FACTS, facts),
        read_tables(QUERIES, queries),
        read_placed_tables(ANSWERS, answers),
        scored,
        read_placed_tables(CONSISTENCY_CLASSES, classes),
        attributed,
    )
    settings = Settings(keep, selection_threshold, static_threshold, seed)
    document = contents(source, settings)
    write_files({page: as_page(document), numbers: csv(shown_rows(source, document))})
    logger.info("%(n_shown)d of %(n_all)d facts", document["sampled"])
