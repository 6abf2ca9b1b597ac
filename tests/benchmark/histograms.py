"""Count how many (query, layer) pairs of a finished study took how many points.

.venv/bin/python -m tests.benchmark.histograms results
"""

import sys
from pathlib import Path

import pandas as pd


def histograms(results: Path) -> dict[str, dict[int, int]]:
    """Of IG, by model: points and pairs, as `tests.benchmark.forced` has them.

    Args:
        results: The study's folder.
    """
    found = {}
    for folder in sorted(results.glob("attribution_checks/*")):
        paths = sorted(folder.glob("*/ig.parquet"))
        nodes = pd.concat([pd.read_parquet(path, columns=["nodes"]) for path in paths])["nodes"]
        found[folder.name] = nodes.value_counts().sort_index().to_dict()
    return found


if __name__ == "__main__":
    for name, counts in histograms(Path(sys.argv[1])).items():
        sys.stdout.write(f"{name}: {counts}\n")
