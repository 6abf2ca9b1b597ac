"""Draw values and scores of the neurons behind two facts, query by query (Fig. 1)."""

import logging
from pathlib import Path

import click

from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.queries import QUERIES
from qloc.figures.examples import example_facts, of_relation
from qloc.figures.formats import csv
from qloc.figures.neurons import cells, describe, draw, example
from qloc.figures.style import svg
from qloc.options import INPUT, OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--attributions", required=True, type=PATHS, help="Of all relations.")
@click.option("--knowledge-neurons", required=True, type=INPUT)
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--scores", required=True, type=INPUT, help="Consistency scores.")
@click.option("--classes", required=True, type=INPUT, help="Consistency classes.")
@click.option("--keep", required=True, type=float, help="Least share of a query's best score.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(
    attributions: list[Path],
    knowledge_neurons: Path,
    queries: list[Path],
    scores: Path,
    classes: Path,
    keep: float,
    figure: Path,
    numbers: Path,
) -> None:
    """Draw values and scores of the neurons behind two facts, query by query."""
    found = read_table(CONSISTENCY_SCORES, scores)
    neurons = read_table(KNOWLEDGE_NEURONS, knowledge_neurons)
    chosen = example_facts(found, read_table(CONSISTENCY_CLASSES, classes))
    facts = [
        example(
            fact_id,
            kind,
            found,
            read_table(ATTRIBUTIONS, of_relation(attributions, fact_id)),
            neurons,
            read_table(QUERIES, of_relation(queries, fact_id)),
        )
        for kind, fact_id in chosen.items()
    ]
    drawn, description = draw(facts, keep), describe(facts)
    write_files({figure: svg(drawn, description), numbers: csv(cells(facts))})
    logger.info("%s", description)
