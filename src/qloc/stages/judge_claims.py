"""Judge the paper's claims on one model, by rules that were fixed before looking."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pandas as pd

from qloc.contracts.claims import CLAIMS, WHOLE
from qloc.contracts.class_agreements import CLASS_AGREEMENTS
from qloc.contracts.class_diagnostics import CLASS_DIAGNOSTICS
from qloc.contracts.class_summaries import CLASS_SUMMARIES
from qloc.contracts.edit_comparisons import EDIT_COMPARISONS
from qloc.contracts.edit_summaries import EDIT_SUMMARIES
from qloc.contracts.mapping_comparisons import MAPPING_COMPARISONS
from qloc.contracts.synapse_comparisons import SYNAPSE_COMPARISONS
from qloc.contracts.synapse_summaries import SYNAPSE_SUMMARIES
from qloc.contracts.threshold_sweeps import THRESHOLD_SWEEPS
from qloc.measures.claim_parts import ClaimSettings, Found
from qloc.measures.claims import CLAIM, OF_ALL_METHODS, judged
from qloc.options import OUTPUT, PATHS, SETTINGS
from qloc.tables import Table, read_placed_tables, write_table

logger = logging.getLogger(__name__)

SHARE = click.FloatRange(min=0, max=1)

ABSENT = {
    "agreements": "a single method was studied (`methods`)",
    "synapses": "no rule of finding synapses is listed (`synapses.presets`)",
    "effects": "no rule of finding synapses is listed (`synapses.presets`)",
    "edits": "no method's neurons were edited (`editing.methods`)",
    "edit_comparisons": "no method's neurons were edited (`editing.methods`)",
}


@click.command()
@click.option("--summaries", required=True, type=PATHS, help="Class summaries of all methods.")
@click.option("--diagnostics", required=True, type=PATHS, help="Class diagnostics, likewise.")
@click.option("--sweeps", required=True, type=PATHS, help="Threshold sweeps, likewise.")
@click.option(
    "--agreements", required=True, type=PATHS, help="Of classes between methods, or none."
)
@click.option("--mappings", required=True, type=PATHS, help="Mapping comparisons.")
@click.option("--synapses", required=True, type=PATHS, help="Synapse comparisons, or none.")
@click.option("--effects", required=True, type=PATHS, help="Synapse summaries, or none.")
@click.option("--preset", required=True, help="Whose synapses are judged.")
@click.option("--edits", required=True, type=PATHS, help="Edit summaries, or none.")
@click.option("--edit-comparisons", required=True, type=PATHS, help="Likewise.")
@click.option("--edit-rules", required=True, type=SETTINGS, help="Presets; the last is judged.")
@click.option("--widespread", required=True, type=SHARE, help="Claim 1.")
@click.option("--evidence", required=True, type=SHARE, help="Claim 1b.")
@click.option("--every-threshold", required=True, type=SHARE, help="Claim 3.")
@click.option("--margin", required=True, type=SHARE, help="Claim 10.")
@click.option("--min-facts", required=True, type=click.IntRange(min=2), help="Or not tested.")
@click.option("--static-threshold", required=True, type=SHARE)
@click.option("--claims", required=True, type=OUTPUT)
def command(
    summaries: list[Path],
    diagnostics: list[Path],
    sweeps: list[Path],
    agreements: list[Path],
    mappings: list[Path],
    synapses: list[Path],
    effects: list[Path],
    preset: str,
    edits: list[Path],
    edit_comparisons: list[Path],
    edit_rules: dict[str, Any],
    widespread: float,
    evidence: float,
    every_threshold: float,
    margin: float,
    min_facts: int,
    static_threshold: float,
    claims: Path,
) -> None:
    """Judge the paper's claims on one model, by rules that were fixed before looking."""
    rules = ClaimSettings(
        widespread, every_threshold, margin, min_facts, static_threshold, evidence
    )
    last = next(reversed(edit_rules), "")
    summarized = read_placed_tables(CLASS_SUMMARIES, summaries)
    tables = {
        "summaries": summarized,
        "diagnostics": read_placed_tables(CLASS_DIAGNOSTICS, diagnostics),
        "sweep": read_placed_tables(THRESHOLD_SWEEPS, sweeps),
        "mappings": read_placed_tables(MAPPING_COMPARISONS, mappings),
        "synapses": _of_preset(SYNAPSE_COMPARISONS, synapses, preset),
        "effects": _of_preset(SYNAPSE_SUMMARIES, effects, preset),
        "edits": _chosen(_of_preset(EDIT_SUMMARIES, edits, last)),
        "edit_comparisons": _of_preset(EDIT_COMPARISONS, edit_comparisons, last),
    }
    joint = read_placed_tables(CLASS_AGREEMENTS, agreements) if agreements else None
    methods = summarized["method"].drop_duplicates().tolist()
    alone = [claim for claim in CLAIM if claim not in OF_ALL_METHODS]
    found = {method: _found(tables, method, joint) for method in methods}
    parts = [judged(found[method], rules, alone).assign(method=method) for method in methods]
    parts.append(judged(found[methods[0]], rules, OF_ALL_METHODS).assign(method="all"))
    rows = pd.concat(parts, ignore_index=True)
    write_table(CLAIMS, rows, claims)
    verdicts = rows.loc[rows["part"] == WHOLE, "verdict"].value_counts()
    logger.info("verdicts: %s", ", ".join(f"{n} {name}" for name, n in verdicts.items()))


def _of_preset(table: Table, paths: list[Path], preset: str) -> pd.DataFrame | None:
    """What a table says of one preset; None where the study leaves the table out."""
    if not paths:
        return None
    rows = read_placed_tables(table, paths)
    return rows[rows["preset"] == preset]


def _chosen(summaries: pd.DataFrame | None) -> pd.DataFrame | None:
    return None if summaries is None else summaries[summaries["is_chosen"]]


def _found(
    tables: Mapping[str, pd.DataFrame | None], method: str, joint: pd.DataFrame | None
) -> Found:
    """What the tables say of one method; those that were not edited by it have no edits."""
    own = {
        name: None if rows is None else rows[rows["method"] == method]
        for name, rows in tables.items()
    }
    for name in ("edits", "edit_comparisons"):
        rows = own[name]
        own[name] = None if rows is None or rows.empty else rows
    return Found(agreements=joint, absent=ABSENT, **own)  # type: ignore[arg-type]
