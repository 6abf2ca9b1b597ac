"""Call facts consistent or inconsistent, by a static threshold and by Otsu's."""

import logging
import math
from pathlib import Path

import click
import pandas as pd

from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.measures.thresholds import otsu_threshold
from qloc.options import INPUT, OUTPUT
from qloc.tables import read_table, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--scores", required=True, type=INPUT)
@click.option("--static-threshold", required=True, type=click.FloatRange(min=0, max=1))
@click.option("--classes", required=True, type=OUTPUT)
def command(scores: Path, static_threshold: float, classes: Path) -> None:
    """Call facts consistent or inconsistent, by a static threshold and by Otsu's.

    Facts without a score are in no class; a criterion whose threshold is undefined has no rows.
    """
    table = read_table(CONSISTENCY_SCORES, scores)
    scored = table.loc[
        table["consistency_score"].notna(), ["fact_id", "relation", "consistency_score"]
    ]
    otsu = otsu_threshold(scored["consistency_score"].to_numpy())
    thresholds = {"static": static_threshold, "otsu": otsu}
    parts = [
        scored.assign(
            criterion=criterion,
            threshold=threshold,
            is_consistent=scored["consistency_score"] >= threshold,
        )
        for criterion, threshold in thresholds.items()
        if not math.isnan(threshold)
    ]
    rows = pd.concat(parts, ignore_index=True)
    write_table(CONSISTENCY_CLASSES, rows, classes)
    consistent = rows.groupby("criterion")["is_consistent"].sum().to_dict()
    logger.info(
        "%d facts classified; consistent %s; Otsu's threshold %.3f", len(scored), consistent, otsu
    )
