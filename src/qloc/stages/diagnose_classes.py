"""Ask whether there are two kinds of facts at all, beside what one kind would give."""

import logging
from pathlib import Path

import click
import numpy as np
import pandas as pd

from qloc.contracts.class_diagnostics import CLASS_DIAGNOSTICS
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.measures.diagnostics import DIAGNOSTICS, diagnose
from qloc.options import INPUT, OUTPUT
from qloc.randomness import generator
from qloc.tables import read_table, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--scores", required=True, type=INPUT)
@click.option("--simulations", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--diagnostics", required=True, type=OUTPUT)
def command(scores: Path, simulations: int, seed: int, diagnostics: Path) -> None:
    """Ask whether there are two kinds of facts at all, beside what one kind would give."""
    table = read_table(CONSISTENCY_SCORES, scores)
    scored = table[table["consistency_score"].notna()]
    found = diagnose(
        scored["n_neurons_shared"].to_numpy(dtype=np.int64),
        scored["n_neurons_any"].to_numpy(dtype=np.int64),
        simulations,
        generator(seed, "diagnose_classes"),
    )
    rows = pd.DataFrame(
        {
            "diagnostic": DIAGNOSTICS,
            "n_facts": len(scored),
            "value": found.values,
            "reference_median": found.references[0],
            "reference_low": found.references[1],
            "reference_high": found.references[2],
            "p_value": found.p_values,
        }
    )
    write_table(CLASS_DIAGNOSTICS, rows, diagnostics)
    values = ", ".join(f"{name} {v:.3g}" for name, v in zip(DIAGNOSTICS, found.values, strict=True))
    logger.info("%d facts: %s", len(scored), values)
