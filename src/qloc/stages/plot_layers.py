"""Draw in which layers the knowledge neurons lie."""

import logging
from pathlib import Path

import click

from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.figures.formats import csv
from qloc.figures.layers import by_layer, describe, draw
from qloc.figures.style import svg
from qloc.models.manifest import read_manifest
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--knowledge-neurons", required=True, type=INPUT, help="Of one model and method.")
@click.option("--model", required=True, type=INPUT, help="Manifest.")
@click.option("--figure", required=True, type=OUTPUT, help="SVG.")
@click.option("--numbers", required=True, type=OUTPUT, help="CSV of what the figure shows.")
def command(knowledge_neurons: Path, model: Path, figure: Path, numbers: Path) -> None:
    """Draw in which layers the knowledge neurons lie."""
    neurons, n_layers = (
        read_table(KNOWLEDGE_NEURONS, knowledge_neurons),
        read_manifest(model).n_layers,
    )
    drawn, description = draw(neurons, n_layers), describe(neurons, n_layers)
    write_files({figure: svg(drawn, description), numbers: csv(by_layer(neurons, n_layers))})
    logger.info("%s", description)
