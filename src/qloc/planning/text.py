"""A plan as text: short tables, in the order in which one asks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from qloc.planning.devices import Device
from qloc.planning.operations import Count
from qloc.planning.parts import Interval, ModelPlan, StagePlan
from qloc.terminal import filled, number, table

_BYTES = ("B", "kB", "MB", "GB", "TB", "PB")
_OPERATIONS = ("", "k", "M", "G", "T", "P", "E")
_STEP = 1000


def heading(study: str, device: Device, asked: str) -> list[str]:
    """What is planned, and for what."""
    rate = (
        f"{_scaled(device.float32, _OPERATIONS)}FLOP/s in float32, of which"
        f" {device.share:.0%} {'are' if device.share == 1 else 'are assumed to be'} reached"
    )
    return [*filled(f"{study} on {device.name} ({rate})."), *filled(asked)]


def asked(n_relations: int, n_facts: int, n_queries: int, known: Count) -> str:
    """How much is asked, and how much of it is taken to be known."""
    bound = ", the most there can be" if known == 1 else ""
    return (
        f"{number(n_relations, 'relation')}, {number(n_facts, 'fact')}, {n_queries:,} queries for"
        f" each model; {known:.0%} of them known{bound}."
    )


def by_stage(stages: Sequence[StagePlan], to_run: Mapping[str, int]) -> list[str]:
    """A row for every rule that opens a model; all methods of attribution apart."""
    groups: dict[tuple[str, str], list[StagePlan]] = defaultdict(list)
    for stage in stages:
        method = stage.method if stage.rule == "attribute_neurons" else ""
        groups[stage.rule, method].append(stage)
    rows = [
        [
            f"{rule} {method}".strip(),
            f"{sum(stage.n_jobs for stage in group):,}",
            f"{sum(stage.n_queries for stage in group):,}",
            _scaled(sum(stage.operations for stage in group), _OPERATIONS),
            _hours(sum(stage.hours for stage in group)),
            _scaled(sum(stage.output_bytes for stage in group), _BYTES),
        ]
        for (rule, method), group in groups.items()
    ]
    left = sum(to_run.get(rule, 0) for rule in {rule for rule, _ in groups})
    return [
        "Rules that open a model, all models together:",
        *table(["rule", "jobs", "queries", "FLOP", "hours", "output"], rows),
        *filled(f"Of these jobs {left:,} are still to be run."),
    ]


def by_model(models: Sequence[ModelPlan], stages: Sequence[StagePlan]) -> list[str]:
    """A row for every model."""
    rows = [
        [
            one.model,
            _scaled(one.n_parameters, _OPERATIONS),
            _scaled(sum(s.operations for s in stages if s.model == one.model), _OPERATIONS),
            _hours(sum(s.hours for s in stages if s.model == one.model)),
            _scaled(sum(s.output_bytes for s in stages if s.model == one.model), _BYTES),
            _scaled(one.checkpoint_bytes, _BYTES),
        ]
        for one in models
    ]
    header = ["model", "parameters", "FLOP", "hours", "output", "checkpoint"]
    return ["By model:", *table(header, rows)]


def totals(
    device: Device,
    operations: Count,
    hours: tuple[Count, Count],
    sizes: tuple[int, int, int],
    n_jobs: int,
) -> list[str]:
    """All stages together: hours of device and CPU; bytes of results, at most, and checkpoints."""
    work = f"{_scaled(operations, _OPERATIONS)}FLOP"
    of_device = f"{_hours(hours[0])} hours of {device.name} and " if hours[0] else ""
    return [
        *filled(f"In all: {work}; {of_device}{_hours(hours[1])} CPU-hours."),
        *filled(
            f"Disk: {_scaled(sizes[0], _BYTES)} of results (at most {_scaled(sizes[1], _BYTES)}),"
            f" and {_scaled(sizes[2], _BYTES)} of checkpoints."
        ),
        *filled(
            f"Snakemake would run {number(n_jobs, 'job')} now, those without a model among them."
        ),
    ]


def memory(models: Sequence[ModelPlan], device: Device) -> list[str]:
    """Most memory that a job needs, of the node and of the device."""
    node = max(model.node_bytes for model in models)
    lines = filled(f"Memory of the node: {_scaled(node, _BYTES)} for the largest job.")
    if device.name == "cpu":
        return lines
    largest = max(models, key=lambda model: model.device_bytes)
    need = _scaled(largest.device_bytes, _BYTES)
    said = f"Memory of the device: {need} for {largest.model}, one query at a time"
    if largest.batch is None:
        return [*lines, *filled(f"{said}.")]
    if largest.batch:
        return [*lines, *filled(f"{said}; it has room for {largest.batch} at once.")]
    held = _scaled(device.memory_bytes, _BYTES)
    return [*lines, *filled(f"{said}: more than the {held} that it has. Take a larger device.")]


def intervals(found: Sequence[Interval], sample: int | None) -> list[str]:
    """How wide intervals will be, with the facts of the study."""
    if not found:
        return []
    how = f"With {sample} facts of each relation" if sample else "With all these facts"
    widths = "; ".join(f"{one.what}: {one.width:.3f}" for one in found)
    return ["", *filled(f"{how}, 95 % intervals will be about so wide: {widths}.")]


def assumed(sentences: Sequence[str]) -> list[str]:
    """What the numbers rest on."""
    return ["Assumed:", *(line for one in sentences for line in filled(f"- {one}"))]


def _hours(hours: Count) -> str:
    return f"{hours:,.0f}" if hours >= 100 else f"{hours:.2g}"


def _scaled(amount: Count, units: Sequence[str]) -> str:
    """An amount with three digits and its unit: ``1.23 GB``."""
    place = 0
    while amount >= _STEP and place + 1 < len(units):
        amount /= _STEP
        place += 1
    digits = 0 if amount >= 100 or place == 0 else 1 if amount >= 10 else 2
    return f"{amount:.{digits}f} {units[place]}"
