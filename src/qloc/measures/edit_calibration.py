"""At which strength edits are compared: picked on facts on which they are not."""

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qloc.errors import StudyError


def calibrated(shares: Sequence[Sequence[float]], wanted: float) -> list[dict[str, Any]]:
    """How reliable edits are at every strength of a preset, and which of these is chosen.

    Chosen is the first that is reliable enough, else the last.

    Args:
        shares: How reliable the edit of every fact is, by strength; missing where it could not be
            asked.
        wanted: Least mean reliability.

    Returns:
        Columns of the table `edit_calibrations`, strength by strength.
    """
    asked = [np.array(of_strength)[~np.isnan(of_strength)] for of_strength in shares]
    means = [float(of_facts.mean()) if of_facts.size else math.nan for of_facts in asked]
    enough = (strength for strength, mean in enumerate(means) if mean >= wanted)
    chosen = next(enough, len(means) - 1)
    return [
        {"n_facts": len(of_facts), "reliability": mean, "is_chosen": strength == chosen}
        for strength, (of_facts, mean) in enumerate(zip(asked, means, strict=True))
    ]


def chosen_strengths(
    calibrations: pd.DataFrame, operation: str, presets: Collection[str]
) -> dict[str, int]:
    """The strength that was chosen for an operation, by preset.

    Args:
        calibrations: With the columns of their contract.
        operation: What is done.
        presets: All of which strengths are needed.

    Raises:
        StudyError: Another set of presets was calibrated.
    """
    rows = calibrations[calibrations["is_chosen"] & (calibrations["operation"] == operation)]
    found = {
        str(preset): int(n) for preset, n in zip(rows["preset"], rows["strength"], strict=True)
    }
    if set(found) != set(presets):
        raise StudyError(
            f"Presets {sorted(presets)} are to be edited, but {sorted(found)} were calibrated: the"
            " files are of different runs. Give files of one run, or run `snakemake`."
        )
    return found
