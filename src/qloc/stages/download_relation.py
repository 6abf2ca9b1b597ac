"""Fetch the facts and patterns of one relation of ParaRel, at a pinned revision."""

import logging
from pathlib import Path

import click

from qloc.datasets.download import RETRIES, fetch
from qloc.datasets.registry import check_relations, read_registry
from qloc.options import INPUT, OUTPUT
from qloc.outputs import write_files

logger = logging.getLogger(__name__)


@click.command()
@click.option("--relation", required=True, help="Wikidata property.")
@click.option("--registry", required=True, type=INPUT, help="Names, SHA-256 and addresses.")
@click.option("--facts", required=True, type=OUTPUT)
@click.option("--patterns", required=True, type=OUTPUT)
def command(relation: str, registry: Path, facts: Path, patterns: Path) -> None:
    """Fetch the facts and patterns of one relation of ParaRel."""
    check_relations(registry, [relation])
    files = read_registry(registry)
    kinds = ("facts", "patterns")
    found = [fetch(files[f"pararel/{kind}/{relation}.jsonl"], RETRIES) for kind in kinds]
    write_files(dict(zip((facts, patterns), found, strict=True)))
    logger.info("%s: %d bytes, SHA-256 as registered", relation, sum(map(len, found)))
