"""Draw how far manipulated synapses move every fact's neurons and answer (Fig. 11)."""

import logging
from pathlib import Path

import click

from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.synapse_answers import SYNAPSE_ANSWERS
from qloc.contracts.synapse_effects import SYNAPSE_EFFECTS
from qloc.figures.formats import csv
from qloc.figures.style import svg
from qloc.figures.synapse_distributions import describe, draw, fact_effects, summaries
from qloc.options import OUTPUT, PATHS
from qloc.outputs import write_files
from qloc.tables import read_placed_tables, read_tables

logger = logging.getLogger(__name__)


@click.command()
@click.option("--effects", required=True, type=PATHS, help="Of one model, all relations.")
@click.option("--answers", required=True, type=PATHS, help="Of the same queries.")
@click.option("--classes", required=True, type=PATHS, help="Of all methods.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(
    effects: list[Path], answers: list[Path], classes: list[Path], figure: Path, numbers: Path
) -> None:
    """Draw how far manipulated synapses move every fact's neurons and answer (Fig. 11)."""
    facts = fact_effects(
        read_tables(SYNAPSE_EFFECTS, effects),
        read_tables(SYNAPSE_ANSWERS, answers),
        read_placed_tables(CONSISTENCY_CLASSES, classes),
    )
    drawn, description = draw(facts), describe(facts)
    write_files({figure: svg(drawn, description), numbers: csv(summaries(facts))})
    logger.info("%s", description)
