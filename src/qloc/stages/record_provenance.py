"""Record what made this run: versions, code, machine, models, batches, threads, settings."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import click
import pandas as pd
import yaml

from qloc.circumstances import Record, code_records, digest, machine, settings_records
from qloc.circumstances import versions as library_versions
from qloc.contracts.attribution_checks import ATTRIBUTION_CHECKS
from qloc.contracts.provenance import PROVENANCE
from qloc.figures.formats import csv as as_csv
from qloc.figures.pages import PageTable
from qloc.figures.pages import page as as_page
from qloc.models.manifest import Manifest, read_manifest
from qloc.options import INPUT, OUTPUT, PATHS, SETTINGS
from qloc.outputs import outputs
from qloc.tables import checked_rows, read_placed_tables, write_draft

logger = logging.getLogger(__name__)

TITLE = "Provenance: what made this run"
LEAD = (
    "The same inputs, settings, versions, batch sizes, threads and kind of processor give the same"
    " bytes. Another machine or batch size moves the last bits of float32."
)
NOTES = (
    "No host name, user or absolute path is recorded.",
    "“Assumed” means that the paper leaves a constant open and nobody could confirm it: none of"
    " these is the paper's value.",
)
TOPICS = (
    "models",
    "runs",
    "assumed constants",
    "settings",
    "code",
    "versions",
    "machine",
    "results",
)


@click.command()
@click.option("--models", required=True, type=PATHS, help="Manifests.")
@click.option("--checks", required=True, type=PATHS, help="Attribution checks of all.")
@click.option("--results", required=True, type=PATHS, help="Tables whose hashes are recorded.")
@click.option("--settings", required=True, type=str, help="The run's settings as JSON.")
@click.option("--versions", required=True, type=SETTINGS, help="Of the code: JSON by stage.")
@click.option("--schema", required=True, type=INPUT, help="Of the settings, YAML.")
@click.option("--provenance", required=True, type=OUTPUT)
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
@click.option("--csv", required=True, type=OUTPUT)
def command(
    models: list[Path],
    checks: list[Path],
    results: list[Path],
    settings: str,
    versions: dict[str, str],
    schema: Path,
    provenance: Path,
    page: Path,
    csv: Path,
) -> None:
    """Record what made this run: versions, machine, models, hashes, settings."""
    meanings = yaml.safe_load(schema.read_text(encoding="utf-8"))
    records = [
        *(record for path in models for record in _model(read_manifest(path))),
        *_runs(read_placed_tables(ATTRIBUTION_CHECKS, checks)),
        *settings_records(json.loads(settings), meanings),
        *code_records(versions),
        *library_versions(),
        *machine(),
        *(Record("results", str(path), digest(path), "SHA-256") for path in results),
    ]
    rows = pd.DataFrame(records, columns=PROVENANCE.names)
    tables = [
        PageTable(topic.capitalize(), rows[rows["topic"] == topic].drop(columns="topic"))
        for topic in TOPICS
    ]
    checked, text = checked_rows(PROVENANCE, rows), as_page(TITLE, LEAD, tables, NOTES)
    with outputs(provenance, page, csv) as (table_draft, page_draft, csv_draft):
        write_draft(checked, table_draft)
        page_draft.write_bytes(text)
        csv_draft.write_bytes(as_csv(rows))
    logger.info("%d records of %d models", len(rows), len(models))


def _model(manifest: Manifest) -> Iterator[Record]:
    name = manifest.name
    origin = manifest.hub_name or manifest.source
    yield Record("models", name, origin, f"revision {manifest.revision or 'none'}")
    size = f"{manifest.n_layers} layers of {manifest.n_neurons:,} neurons"
    shape = f"{manifest.n_parameters:,} parameters, stored as {manifest.dtype}"
    yield Record("models", f"{name}: {manifest.architecture}", size, shape)
    for file, sha256 in sorted(manifest.weights_sha256.items()):
        yield Record("models", f"{name}: {file}", sha256, "SHA-256 of the weights")


def _runs(checks: pd.DataFrame) -> Iterator[Record]:
    """How the attributions were computed: batch sizes and threads."""
    for (model, method), rows in checks.groupby(["model", "method"]):
        for column in ("quadrature", "batch_size", "threads"):
            found = ", ".join(map(str, sorted(rows[column].unique())))
            item = f"{model}, {method}: {column.replace('_', ' ')}"
            yield Record("runs", item, found, "attribution")
