"""What a job asks a cluster for, by its model and its queries.

Called by rules while Snakemake schedules, so it imports no library of arrays or tables.
"""

from collections.abc import Sequence
from pathlib import Path

from qloc.planning.operations import sweep_operations
from qloc.planning.shapes import shape_of_manifest

MIBIBYTE = 2**20
# Of a job that has imported torch and transformers, beside weights, in MiB.
IMPORTS_MB = 1200
# For what is in the work: activations, logits, tables.
ROOM = 1.25
FLOAT32_BYTES = 4
# Slowest accelerator that is planned for, in operations a second, as far as it is used.
SLOWEST_RATE = 2e12
# To start, open a checkpoint over a network, and write; and least time that is asked for.
START_MINUTES, LEAST_MINUTES = 15, 30
# A row of a table of queries takes about so many bytes on disk.
QUERY_BYTES = 20
PROMPT_TOKENS = 12
POINTS = 20


def memory_mb(manifest: Path) -> int:
    """Memory of the node, in MiB: imports, and float32 weights on their way to the device.

    Raises:
        StudyError: The manifest is missing or broken.
    """
    weights = FLOAT32_BYTES * shape_of_manifest(manifest).n_parameters / MIBIBYTE
    return round(IMPORTS_MB + ROOM * weights)


def minutes(rule: str, manifest: Path, queries: Sequence[Path]) -> int:
    """Time on one accelerator.

    Args:
        rule: Name of the rule.
        manifest: Of the model.
        queries: Tables of the queries that the job works on.
    """
    del rule
    shape = shape_of_manifest(manifest)
    n_queries = sum(path.stat().st_size for path in queries) / QUERY_BYTES
    seconds = n_queries * sweep_operations(shape, PROMPT_TOKENS, POINTS) / SLOWEST_RATE
    return max(LEAST_MINUTES, round(START_MINUTES + seconds / 60))
