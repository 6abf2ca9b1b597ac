"""What a job asks a cluster for, by its model and its queries.

Called by rules while Snakemake schedules, so it imports no library of arrays or tables. Settings
are not asked: numbers are those of the default study and of the paper's, whichever is more. A job
that needs more comes back with more.
"""

from collections.abc import Sequence
from pathlib import Path

from qloc.planning.operations import method_operations, run_operations
from qloc.planning.shapes import Shape, shape_of_manifest

MEBIBYTE = 2**20
FLOAT32_BYTES = 4
# Of a job that has imported torch and transformers, beside weights, and of the two Snakemakes that
# each job of a cluster holds beside it.
IMPORTS_MB = 2000
# Room for what is in the work: activations, logits, tables.
ROOM = 1.25
# Operations a second that an accelerator of some years ago reaches (an A100: half of its float32).
RATE = 8e12
# To start, to open a checkpoint over a network, and to write.
START_MINUTES = 10
# Least that is asked for, and most: three times as much, at the third attempt, is a day.
LEAST_MINUTES, MOST_MINUTES = 30, 480
# A row of a table of queries takes at least so many bytes on disk.
QUERY_BYTES = 20

TOKENS, POINTS = 10, 20
# Of rules that work on some queries only: so many of them; runs of all that is asked of an edit, in
# tokens; neuron sets that are manipulated; runs with manipulated synapses.
COMPARED, MEASURED, POINTS_COMPARED = 100, 10, 400
EDITS, TOKENS_OF_EDIT = 8000, 900
NEURON_SETS, SYNAPSE_RUNS = 140, 30


def memory_mb(manifest: Path) -> int:
    """Memory of the node, in MiB: imports, and float32 weights on their way to the device.

    Raises:
        StudyError: The manifest is missing or broken.
    """
    weights = FLOAT32_BYTES * shape_of_manifest(manifest).n_parameters / MEBIBYTE
    return round(IMPORTS_MB + ROOM * weights)


def minutes(rule: str, manifest: Path, queries: Sequence[Path]) -> int:
    """Time on one accelerator, between half an hour and eight.

    Args:
        rule: Name of the rule.
        manifest: Of the model.
        queries: Tables of the queries that the job works on, or draws from.

    Raises:
        StudyError: The manifest is missing or broken.
    """
    n_queries = sum(path.stat().st_size for path in queries) / QUERY_BYTES
    seconds = _operations(rule, shape_of_manifest(manifest), n_queries) / RATE
    return max(LEAST_MINUTES, min(MOST_MINUTES, round(START_MINUTES + seconds / 60)))


def _operations(rule: str, shape: Shape, n_queries: float) -> float:
    """Of one job, roughly: attribution as by SIG, the method with most work."""
    prompt, token = run_operations(shape, TOKENS), run_operations(shape, 1)
    of_each = {
        "answer_queries": prompt,
        "attribute_neurons": _attribution(shape, "sig", POINTS),
        "map_queries": prompt + NEURON_SETS * token,
        "manipulate_synapses": SYNAPSE_RUNS * prompt,
    }
    of_some = {
        "compare_quadratures": COMPARED * _attribution(shape, "ig", POINTS_COMPARED),
        "measure_costs": MEASURED * POINTS * _attribution(shape, "ig", POINTS),
    }
    if rule in of_each:
        return n_queries * of_each[rule]
    return of_some.get(rule, EDITS * run_operations(shape, TOKENS_OF_EDIT, TOKENS_OF_EDIT))


def _attribution(shape: Shape, method: str, n_points: int) -> float:
    return method_operations(shape, method, TOKENS, n_points - 1, has_paths_of_words=True)
