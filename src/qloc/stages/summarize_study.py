"""Say on the report's front page what was studied and what was found."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.attribution_checks import ATTRIBUTION_CHECKS
from qloc.contracts.claims import CLAIMS
from qloc.contracts.class_agreements import CLASS_AGREEMENTS
from qloc.contracts.class_diagnostics import CLASS_DIAGNOSTICS
from qloc.contracts.class_summaries import CLASS_SUMMARIES
from qloc.contracts.edit_comparisons import EDIT_COMPARISONS
from qloc.contracts.edit_summaries import EDIT_SUMMARIES
from qloc.contracts.funnels import FUNNELS
from qloc.contracts.mapping_comparisons import MAPPING_COMPARISONS
from qloc.contracts.method_agreements import METHOD_AGREEMENTS
from qloc.contracts.neuron_set_overlaps import NEURON_SET_OVERLAPS
from qloc.contracts.probability_associations import PROBABILITY_ASSOCIATIONS
from qloc.contracts.synapse_comparisons import SYNAPSE_COMPARISONS
from qloc.figures.edit_findings import edit_findings
from qloc.figures.findings import COLUMNS
from qloc.figures.findings import findings as findings_of
from qloc.figures.formats import csv
from qloc.figures.front_page import StudiedModel, front_page
from qloc.figures.intervention_findings import intervention_findings
from qloc.figures.joint_findings import joint_findings
from qloc.models.manifest import Manifest, read_manifest
from qloc.options import OUTPUT, PATHS, SETTINGS
from qloc.outputs import write_files
from qloc.tables import Table, empty, read_placed_tables

logger = logging.getLogger(__name__)


@click.command()
@click.option("--models", required=True, type=PATHS, help="Manifests.")
@click.option("--answers", required=True, type=PATHS, help="Of all models and relations.")
@click.option("--funnels", required=True, type=PATHS, help="Of all models and methods.")
@click.option("--summaries", required=True, type=PATHS, help="Class summaries, likewise.")
@click.option("--diagnostics", required=True, type=PATHS, help="Class diagnostics, likewise.")
@click.option("--overlaps", required=True, type=PATHS, help="Jaccard ladders, likewise.")
@click.option("--associations", required=True, type=PATHS, help="With probability, likewise.")
@click.option("--checks", required=True, type=PATHS, help="Attribution checks of all.")
@click.option("--mappings", required=True, type=PATHS, help="Mapping comparisons of all models.")
@click.option(
    "--synapses", required=True, type=PATHS, help="Synapse comparisons, likewise, or none."
)
@click.option("--preset", required=True, help="Whose synapses the page speaks of.")
@click.option("--qualities", required=True, type=PATHS, help="Edit summaries of all, or none.")
@click.option("--edits", required=True, type=PATHS, help="Edit comparisons of all, or none.")
@click.option(
    "--edit-rules", required=True, type=SETTINGS, help="Presets; the page speaks of the last."
)
@click.option("--neurons", required=True, type=PATHS, help="Method agreements of all, or none.")
@click.option("--classes", required=True, type=PATHS, help="Class agreements of all, or none.")
@click.option("--claims", required=True, type=PATHS, help="Of all models.")
@click.option("--findings", required=True, type=OUTPUT, help="CSV of every number on the page.")
@click.option("--page", required=True, type=OUTPUT, help="Fragment of HTML.")
def command(
    models: list[Path],
    answers: list[Path],
    funnels: list[Path],
    summaries: list[Path],
    diagnostics: list[Path],
    overlaps: list[Path],
    associations: list[Path],
    checks: list[Path],
    mappings: list[Path],
    synapses: list[Path],
    preset: str,
    qualities: list[Path],
    edits: list[Path],
    edit_rules: dict[str, Any],
    neurons: list[Path],
    classes: list[Path],
    claims: list[Path],
    findings: Path,
    page: Path,
) -> None:
    """Say on the report's front page what was studied and what was found."""
    answered = read_placed_tables(ANSWERS, answers)
    placed = {
        "funnel": read_placed_tables(FUNNELS, funnels),
        "summaries": read_placed_tables(CLASS_SUMMARIES, summaries),
        "diagnostics": read_placed_tables(CLASS_DIAGNOSTICS, diagnostics),
        "overlaps": read_placed_tables(NEURON_SET_OVERLAPS, overlaps),
        "associations": read_placed_tables(PROBABILITY_ASSOCIATIONS, associations),
        "checks": read_placed_tables(ATTRIBUTION_CHECKS, checks),
    }
    manipulated = {
        "mappings": read_placed_tables(MAPPING_COMPARISONS, mappings),
        "synapses": _of_models(SYNAPSE_COMPARISONS, synapses),
    }
    edited = {
        "summaries": _of_models(EDIT_SUMMARIES, qualities),
        "comparisons": _of_models(EDIT_COMPARISONS, edits),
    }
    last = next(reversed(edit_rules), "")
    parts = []
    places = placed["summaries"][["model", "method"]].drop_duplicates()
    for model, method in places.itertuples(index=False):
        own = answered[answered["model"] == model]
        parts += [
            found.assign(model=model, method=method)[COLUMNS]
            for found in (
                findings_of(answers=own, **_at(model, method, placed)),
                intervention_findings(preset=preset, **_at(model, method, manipulated)),
                edit_findings(preset=last, **_at(model, method, edited)),
            )
            if len(found)
        ]
    rows, joint = pd.concat(parts, ignore_index=True), _joint(neurons, classes)
    studied = [_described(read_manifest(path)) for path in models]
    all_rows = rows if joint.empty else pd.concat([rows, joint], ignore_index=True)
    judged = read_placed_tables(CLAIMS, claims)
    write_files({findings: csv(all_rows), page: front_page(rows, joint, studied, judged)})
    logger.info("%d findings of %d models", len(all_rows), len(studied))


def _of_models(table: Table, paths: list[Path]) -> pd.DataFrame:
    """What a table says of all models; no row where the study leaves it out."""
    return read_placed_tables(table, paths) if paths else empty(table).assign(model="")


def _at(model: str, method: str, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What tables say of one model and method."""
    return {
        name: rows[(rows["model"] == model) & (rows["method"] == method)]
        for name, rows in tables.items()
    }


def _joint(neurons: list[Path], classes: list[Path]) -> pd.DataFrame:
    """What was found for all methods of each model; no row where methods are not compared."""
    of_neurons = read_placed_tables(METHOD_AGREEMENTS, neurons)
    of_classes = read_placed_tables(CLASS_AGREEMENTS, classes)
    parts = [
        joint_findings(
            of_neurons[of_neurons["model"] == model], of_classes[of_classes["model"] == model]
        ).assign(model=model)[COLUMNS]
        for model in (of_classes["model"].unique() if classes else [])
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _described(manifest: Manifest) -> StudiedModel:
    origin = {
        "trained": "an organism, trained in this run",
        "folder": "a checkpoint from a folder",
        "hub": f"{manifest.hub_name} at revision {manifest.revision}",
    }[manifest.source]
    text = (
        f"{origin}; {manifest.architecture}, {manifest.n_layers} layers of"
        f" {manifest.n_neurons:,} neurons, {manifest.n_parameters:,} parameters"
    )
    return StudiedModel(manifest.name, text, manifest.source == "trained")
