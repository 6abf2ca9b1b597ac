"""What manipulating neurons and synapses costs."""

from collections.abc import Iterator

from qloc.measures.synapse_runs import synapse_runs
from qloc.models.architectures import ARCHITECTURES
from qloc.planning.amounts import Amounts, Cost
from qloc.planning.assumptions import (
    FILE_BYTES,
    KNOWLEDGE_SHARE,
    ROW_BYTES,
    TEXT_PADDING,
)
from qloc.planning.memory import run_bytes, sweep_bytes
from qloc.planning.operations import Count, run_operations

# Sets of neurons of a query, as `qloc.measures.mapping_sets` has them, and factors of each.
FIXED_SETS, DRAWN_SETS, N_FACTORS = 5, 6, 2
# Sets of neurons whose values are followed while synapses are manipulated.
MEASURED_SETS = 5
# Runs of a preset that are shown neuron by neuron, of facts that are examples, by relation; the
# neurons of a fact are so many times those of a query.
SHOWN_RUNS, EXAMPLE_FACTS, UNION = 4, 2, 2.5
# Activations and attributions, each with nothing done and with both manipulations.
MEASURED_WORKS = 3
SYNAPSE_BATCH = 16


def mapping(amounts: Amounts) -> Cost:
    """Of suppressing and enhancing every neuron set of every query."""
    n_sets = FIXED_SETS + DRAWN_SETS * amounts.settings["mapping"]["draws"]
    n_versions = len(amounts.methods) * n_sets * N_FACTORS
    shares = ARCHITECTURES[amounts.shape.architecture].has_row_attention
    row = 1.0 if shares else amounts.n_tokens
    once = run_operations(amounts.shape, amounts.n_tokens, 0) + (1 + n_versions) * run_operations(
        amounts.shape, row
    )
    n_jobs = len(amounts.loads)
    return Cost(
        "map_queries",
        n_jobs=n_jobs,
        n_queries=amounts.n_studied,
        operations=amounts.n_studied * once,
        output_bytes=amounts.n_studied * n_versions * ROW_BYTES["query_mappings"]
        + n_jobs * FILE_BYTES,
        work_bytes=run_bytes(amounts.shape),
    )


def manipulating_synapses(amounts: Amounts) -> Iterator[Cost]:
    """Of all runs with manipulated attention; none where no rule of finding synapses is listed."""
    synapses = amounts.settings["synapses"]
    presets = synapses["presets"]
    if not presets:
        return
    shape, n_jobs = amounts.shape, len(amounts.loads)
    n_facts, n_queries = amounts.sample(synapses["facts_per_relation"])
    n_runs = len(synapse_runs(presets))
    # Attention is read in a run of its own, and the clean run is one more.
    once = (2 + n_runs) * run_operations(shape, TEXT_PADDING * amounts.n_tokens)
    work = run_bytes(shape)
    if synapses["value"] == "attribution":
        once += (1 + n_runs) * amounts.study_attribution("ig")
        work = sweep_bytes(shape, "ig", amounts.n_tokens, SYNAPSE_BATCH)
    yield Cost(
        "manipulate_synapses",
        n_jobs=n_jobs,
        n_queries=round(n_queries),
        operations=n_queries * once,
        output_bytes=n_queries * n_runs * _rows_of_run(amounts)
        + _example_bytes(amounts, n_facts)
        + len(presets) * n_jobs * shape.n_layers * shape.n_heads * ROW_BYTES["synapse_places"]
        + 4 * n_jobs * FILE_BYTES,
        work_bytes=work,
    )
    yield _measuring(amounts)


def _measuring(amounts: Amounts) -> Cost:
    """Of what single manipulations take, measured several times."""
    costs = amounts.settings["synapses"]["costs"]
    n_queries = min(costs["queries"], amounts.n_studied)
    once = 2 * run_operations(amounts.shape, amounts.n_tokens) + amounts.study_attribution("ig")
    return Cost(
        "measure_costs",
        n_jobs=1,
        n_queries=n_queries,
        operations=n_queries * (1 + costs["repeats"]) * MEASURED_WORKS * once,
        output_bytes=n_queries
        * costs["repeats"]
        * 2
        * MEASURED_WORKS
        * ROW_BYTES["manipulation_costs"]
        + FILE_BYTES,
        work_bytes=sweep_bytes(amounts.shape, "ig", amounts.n_tokens, 1),
    )


def _rows_of_run(amounts: Amounts) -> float:
    """Bytes of what one run of one query adds to the tables of answers and effects."""
    effects = len(amounts.methods) * MEASURED_SETS * ROW_BYTES["synapse_effects"]
    return ROW_BYTES["synapse_answers"] + effects


def _example_bytes(amounts: Amounts, n_facts: Count) -> float:
    """Of the neurons of the facts that are examples."""
    n_queries = min(n_facts, EXAMPLE_FACTS * len(amounts.loads)) * amounts.queries_per_fact
    n_neurons = UNION * KNOWLEDGE_SHARE * sum(amounts.kept_rows(m) for m in amounts.methods)
    n_runs = SHOWN_RUNS * len(amounts.settings["synapses"]["presets"])
    return n_queries * n_runs * n_neurons * ROW_BYTES["synapse_examples"]
