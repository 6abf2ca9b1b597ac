"""A plan of a whole study."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from qloc import __version__
from qloc.configuration import Study
from qloc.planning import assumptions
from qloc.planning.devices import Device
from qloc.planning.estimates import StageEstimate, stage_estimates
from qloc.planning.known_shapes import known_shapes
from qloc.planning.memory import SWEEP_BATCH, device_bytes, passing_bytes
from qloc.planning.other_costs import other_bytes
from qloc.planning.parts import Interval, ModelPlan, StagePlan
from qloc.planning.result import Plan
from qloc.planning.sentences import assumed
from qloc.planning.shapes import Shape
from qloc.planning.studies import CONFIG, jobs_to_run, read_study
from qloc.planning.widths import ASSUMED, INCONSISTENT, MEAN_SCORE, interval_width, measured_spreads
from qloc.planning.workloads import RelationLoad, relation_loads

RESULTS = Path("results")
# What intervals are of, in words.
INTERVALS = {
    MEAN_SCORE: "mean consistency score",
    INCONSISTENT: "share of inconsistent facts (Otsu)",
}
# Rules that open a model and compute on the CPU wherever they run.
ON_CPU = frozenset({"train_tiny_model", "choose_edits"})
# Rules whose products of matrices have the precision of `attribution.precision`.
OF_PRECISION = frozenset({"attribute_neurons", "compare_quadratures"})


def plan(
    overlays: Sequence[Path], device: Device, cpu: Device, known: float, n_facts: int | None
) -> Plan:
    """Plan the study of the checkout in this folder. Nothing is written, no network asked.

    Args:
        overlays: Files with the keys that differ from config.yaml, in order.
        device: What computes.
        cpu: What computes where no accelerator does.
        known: Share of the queries that models know.
        n_facts: Facts drawn from each relation, in place of what the settings say.

    Raises:
        StudyError: Settings are wrong, or something is not known that costs follow from.
    """
    study = read_study(overlays, n_facts)
    shapes = known_shapes(study.instances)
    loads = relation_loads(study.settings, study.source_files)
    stages = tuple(
        _timed(estimate, study, shapes[estimate.model], device, cpu)
        for estimate in stage_estimates(study.settings, shapes, loads, known)
    )
    to_run = jobs_to_run(overlays)
    n_without = sum(to_run.values()) - sum(
        n for rule, n in to_run.items() if rule in {stage.rule for stage in stages}
    )
    return Plan(
        qloc_version=__version__,
        study=tuple(map(str, overlays)) or (str(CONFIG),),
        n_relations=sum(load.n_queries > 0 for load in loads),
        n_facts=sum(load.n_facts for load in loads),
        n_queries=sum(load.n_queries for load in loads),
        share_known=known,
        sample=n_facts,
        device=device,
        models=tuple(
            _model(name, shape, [s for s in stages if s.model == name], device, loads)
            for name, shape in shapes.items()
        ),
        stages=stages,
        jobs_to_run=to_run,
        table_hours=n_without * assumptions.TABLE_SECONDS / 3600,
        other_bytes=other_bytes(study.settings, shapes, loads, known),
        most_disk_bytes=_most_disk_bytes(study, shapes, loads, known),
        intervals=tuple(_intervals(study, loads, known)),
        assumptions=tuple(assumed(study.settings, device)),
    )


def _most_disk_bytes(
    study: Study, shapes: Mapping[str, Shape], loads: Sequence[RelationLoad], known: float
) -> int:
    """Of all results, if neurons whose scores are kept grow as all neurons do."""
    asked = study.settings, shapes, loads, known, assumptions.MOST_GROWTH
    return other_bytes(*asked) + sum(one.output_bytes for one in stage_estimates(*asked))


def _intervals(study: Study, loads: Sequence[RelationLoad], known: float) -> Iterator[Interval]:
    """How wide they will be, by how much facts differ: in this study's results, or assumed."""
    asked = [load.n_facts for load in loads if load.n_facts]
    if not asked:
        return
    [model, *_], [method, *_] = study.instances, study.settings["methods"]
    spreads = {**ASSUMED, **measured_spreads(RESULTS, model, method)}
    for what, spread in spreads.items():
        width = interval_width(spread, len(asked), known * sum(asked) / len(asked))
        if not math.isnan(width):
            yield Interval(INTERVALS[what], width)


def _timed(
    estimate: StageEstimate, study: Study, shape: Shape, device: Device, cpu: Device
) -> StagePlan:
    """An estimate with its hours on the device, or on a core of the CPU."""
    is_on_device = device is not cpu and estimate.rule not in ON_CPU
    precision = study.settings["attribution"]["precision"]
    rate = (device if is_on_device else cpu).rate(
        precision if estimate.rule in OF_PRECISION else "float32"
    )
    opening = shape.weights_bytes / assumptions.READING_RATE
    start = estimate.n_jobs * (assumptions.START_SECONDS + opening)
    hours = (estimate.operations / rate + start) / 3600
    return StagePlan(**vars(estimate), is_on_device=is_on_device, hours=hours)


def _model(
    name: str,
    shape: Shape,
    stages: Sequence[StagePlan],
    device: Device,
    loads: Sequence[RelationLoad],
) -> ModelPlan:
    """What a model needs."""
    asked = [load for load in loads if load.n_queries]
    n_tokens = max((load.mean_prompt_tokens for load in asked), default=1.0)
    methods = {stage.method for stage in stages if stage.rule == "attribute_neurons"}

    def held(n_queries: int) -> float:
        return max(device_bytes(shape, method, n_tokens, n_queries) for method in methods)

    on_cpu = max(stage.memory_bytes for stage in stages)
    return ModelPlan(
        model=name,
        architecture=shape.architecture,
        n_parameters=shape.n_parameters,
        checkpoint_bytes=shape.weights_bytes,
        node_bytes=on_cpu if device.name == "cpu" else round(passing_bytes(shape)),
        device_bytes=round(held(1)),
        batch=_batch(held, device.memory_bytes) if device.is_accelerator else None,
    )


def _batch(held: Callable[[int], float], memory: int) -> int:
    """Queries that fit at once: as many as the rule asks for, halved until they do; 0 if none."""
    n_queries = SWEEP_BATCH
    while n_queries and held(n_queries) > memory:
        n_queries //= 2
    return n_queries
