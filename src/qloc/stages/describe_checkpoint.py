"""Describe a checkpoint by its manifest; one of the hub is fetched first."""

import logging
from pathlib import Path

import click

from qloc.models.description import describe
from qloc.models.hub import fetch_checkpoint
from qloc.models.manifest import manifest_text
from qloc.options import OUTPUT
from qloc.outputs import write_files

logger = logging.getLogger(__name__)


@click.command()
@click.option("--name", required=True, help="What the study calls the model.")
@click.option("--source", required=True, type=click.Choice(["hub", "folder"]))
@click.option("--folder", required=True, help='Of the checkpoint, for `folder`; else "".')
@click.option("--hub-name", required=True, help='Repository, for `hub`; else "".')
@click.option("--revision", required=True, help='Its commit, for `hub`; else "".')
@click.option("--manifest", required=True, type=OUTPUT)
def command(
    name: str, source: str, folder: str, hub_name: str, revision: str, manifest: Path
) -> None:
    """Describe a checkpoint by its manifest; one of the hub is fetched first."""
    place = fetch_checkpoint(hub_name, revision) if source == "hub" else Path(folder)
    described = describe(place, name, source, folder, hub_name, revision)
    write_files({manifest: manifest_text(described).encode()})
    logger.info(
        "%s: %s with %d layers of %d neurons, %.3g parameters in %s",
        name,
        described.architecture,
        described.n_layers,
        described.n_neurons,
        described.n_parameters,
        described.dtype,
    )
