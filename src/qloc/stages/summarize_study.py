"""Say on the report's front page which claims hold here, and what this run was."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pandas as pd
import yaml

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
from qloc.contracts.provenance import PROVENANCE
from qloc.contracts.stage_costs import STAGE_COSTS
from qloc.contracts.synapse_comparisons import SYNAPSE_COMPARISONS
from qloc.figures.edit_findings import edit_findings
from qloc.figures.findings import COLUMNS
from qloc.figures.findings import findings as findings_of
from qloc.figures.findings_page import findings_page
from qloc.figures.formats import csv
from qloc.figures.front_page import front_page
from qloc.figures.intervention_findings import intervention_findings
from qloc.figures.joint_findings import joint_findings
from qloc.figures.run_words import Run, StudiedModel
from qloc.models.manifest import Manifest, read_manifest
from qloc.options import INPUT, OUTPUT, PATHS, SETTINGS
from qloc.outputs import write_files
from qloc.tables import Table, empty, read_placed_tables, read_table

logger = logging.getLogger(__name__)

Tables = Mapping[str, pd.DataFrame]


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
@click.option("--provenance", required=True, type=INPUT, help="Of the run.")
@click.option("--costs", required=True, type=PATHS, help="Stage costs of all models.")
@click.option("--shipped", required=True, type=INPUT, help="Settings as shipped, YAML.")
@click.option("--findings", required=True, type=OUTPUT, help="CSV of what was found.")
@click.option("--page", required=True, type=OUTPUT, help="The same as a page of HTML.")
@click.option("--front", required=True, type=OUTPUT, help="The front page, a fragment of HTML.")
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
    provenance: Path,
    costs: list[Path],
    shipped: Path,
    findings: Path,
    page: Path,
    front: Path,
) -> None:
    """Say on the report's front page which claims hold here, and what this run was."""
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
    rows = _found(answered, placed, (manipulated, preset), (edited, last))
    joint = _joint(neurons, classes)
    methods = [str(method) for method in placed["summaries"]["method"].unique()]
    run = Run(
        models=[_described(read_manifest(path)) for path in models],
        funnels=placed["funnel"][placed["funnel"]["method"] == methods[0]],
        provenance=read_table(PROVENANCE, provenance),
        shipped=yaml.safe_load(shipped.read_text(encoding="utf-8")),
        costs=read_placed_tables(STAGE_COSTS, costs),
    )
    all_rows = rows if joint.empty else pd.concat([rows, joint], ignore_index=True)
    judged = read_placed_tables(CLAIMS, claims)
    write_files(
        {
            findings: csv(all_rows),
            page: findings_page(rows, joint),
            front: front_page(judged, methods, run),
        }
    )
    logger.info("%d findings of %d models", len(all_rows), len(models))


def _found(
    answered: pd.DataFrame,
    placed: Tables,
    manipulated: tuple[Tables, str],
    edited: tuple[Tables, str],
) -> pd.DataFrame:
    """What was found for every model and method, in their order.

    Args:
        answered: Answers of all models.
        placed: Tables of consistency, of all models and methods.
        manipulated: What was manipulated, and the preset that is spoken of.
        edited: The same of edits.
    """
    parts = []
    places = placed["summaries"][["model", "method"]].drop_duplicates()
    for model, method in places.itertuples(index=False):
        own = answered[answered["model"] == model]
        parts += [
            found.assign(model=model, method=method)[COLUMNS]
            for found in (
                findings_of(answers=own, **_at(model, method, placed)),
                intervention_findings(preset=manipulated[1], **_at(model, method, manipulated[0])),
                edit_findings(preset=edited[1], **_at(model, method, edited[0])),
            )
            if len(found)
        ]
    return pd.concat(parts, ignore_index=True)


def _of_models(table: Table, paths: list[Path]) -> pd.DataFrame:
    """What a table says of all models; no row where the study leaves it out."""
    return read_placed_tables(table, paths) if paths else empty(table).assign(model="")


def _at(model: str, method: str, tables: Tables) -> dict[str, pd.DataFrame]:
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
