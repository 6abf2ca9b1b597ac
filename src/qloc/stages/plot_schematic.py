"""Draw two facts of the run, their queries and the neurons these select (Fig. 2)."""

import logging
from pathlib import Path

import click

from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.queries import QUERIES
from qloc.figures.examples import example_facts, of_relation
from qloc.figures.formats import csv
from qloc.figures.schematic import connections, describe, draw, example
from qloc.figures.style import svg
from qloc.models.manifest import read_manifest
from qloc.options import INPUT, OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--knowledge-neurons", required=True, type=INPUT)
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--scores", required=True, type=INPUT, help="Consistency scores.")
@click.option("--classes", required=True, type=INPUT, help="Consistency classes.")
@click.option("--model", required=True, type=INPUT, help="Manifest.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(
    knowledge_neurons: Path,
    queries: list[Path],
    scores: Path,
    classes: Path,
    model: Path,
    figure: Path,
    numbers: Path,
) -> None:
    """Draw two facts of the run, their queries and the neurons these select."""
    neurons, manifest = read_table(KNOWLEDGE_NEURONS, knowledge_neurons), read_manifest(model)
    chosen = example_facts(
        read_table(CONSISTENCY_SCORES, scores), read_table(CONSISTENCY_CLASSES, classes)
    )
    facts = [
        example(fact_id, kind, neurons, read_table(QUERIES, of_relation(queries, fact_id)))
        for kind, fact_id in chosen.items()
    ]
    drawn = draw(facts, manifest.n_layers, manifest.n_neurons)
    description = describe(facts)
    write_files({figure: svg(drawn, description), numbers: csv(connections(facts))})
    logger.info("%s", description)
