"""Fetch WikiText-2, its validation part to train on and its test part held out, pinned."""

import logging
from pathlib import Path

import click

from qloc.datasets.download import RETRIES, fetch
from qloc.datasets.registry import read_registry
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files

logger = logging.getLogger(__name__)


@click.command()
@click.option("--registry", required=True, type=INPUT, help="Names, SHA-256 and addresses.")
@click.option("--training", required=True, type=OUTPUT)
@click.option("--held-out", required=True, type=OUTPUT)
def command(registry: Path, training: Path, held_out: Path) -> None:
    """Fetch WikiText-2: the validation part to train on, the test part held out."""
    files = read_registry(registry)
    found = [fetch(files[f"wikitext-2/{part}.txt"], RETRIES) for part in ("valid", "test")]
    write_files(dict(zip((training, held_out), found, strict=True)))
    logger.info("WikiText-2: %d bytes, SHA-256 as registered", sum(map(len, found)))
