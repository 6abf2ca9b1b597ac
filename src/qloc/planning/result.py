"""All that a plan says, as typed fields, as JSON and as text."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from qloc.planning import text
from qloc.planning.devices import Device
from qloc.planning.parts import Interval, ModelPlan, StagePlan


@dataclass(frozen=True)
class Plan:
    """What a study will cost; ``print`` shows it as tables.

    Attributes:
        qloc_version: Of this package.
        study: Its files.
        n_relations: That are left after filtering.
        n_facts: Of all relations.
        n_queries: Of all facts.
        share_known: Share of the queries that models are assumed to know.
        sample: Facts of each relation, if they were given; else None.
        device: What computes.
        models: What each model needs.
        stages: Of every rule that opens a model, by model and method.
        jobs_to_run: Of every rule, what Snakemake would run now.
        table_hours: Of one CPU core, for the jobs that open no model.
        other_bytes: Of tables, figures and pages of these jobs.
        most_disk_bytes: Of all results, if neurons whose scores are kept grow as all neurons do.
        intervals: That the number of facts implies.
        assumptions: What was assumed, in words.
    """

    qloc_version: str
    study: tuple[str, ...]
    n_relations: int
    n_facts: int
    n_queries: int
    share_known: float
    sample: int | None
    device: Device
    models: tuple[ModelPlan, ...]
    stages: tuple[StagePlan, ...]
    jobs_to_run: Mapping[str, int]
    table_hours: float
    other_bytes: int
    most_disk_bytes: int
    intervals: tuple[Interval, ...]
    assumptions: tuple[str, ...]

    @property
    def operations(self) -> float:
        """Floating-point operations in all."""
        return math.fsum(stage.operations for stage in self.stages)

    @property
    def device_hours(self) -> float:
        """Of the accelerator."""
        return math.fsum(stage.hours for stage in self.stages if stage.is_on_device)

    @property
    def cpu_hours(self) -> float:
        """Of one core."""
        return self.table_hours + math.fsum(s.hours for s in self.stages if not s.is_on_device)

    @property
    def disk_bytes(self) -> int:
        """Of all that jobs write; checkpoints that are fetched come on top."""
        return self.other_bytes + sum(stage.output_bytes for stage in self.stages)

    def __str__(self) -> str:
        """Tables for a terminal of 80 columns."""
        files = ", ".join(self.study)
        asked = text.asked(self.n_relations, self.n_facts, self.n_queries, self.share_known)
        return "\n".join(
            [
                *text.heading(files, self.device, asked),
                "",
                *text.by_stage(self.stages, self.jobs_to_run),
                "",
                *text.by_model(self.models, self.stages),
                "",
                *text.totals(
                    self.device,
                    self.operations,
                    (self.device_hours, self.cpu_hours),
                    (
                        self.disk_bytes,
                        self.most_disk_bytes,
                        sum(model.checkpoint_bytes for model in self.models),
                    ),
                    sum(self.jobs_to_run.values()),
                ),
                *text.memory(self.models, self.device),
                *text.intervals(self.intervals, self.sample),
                "",
                *text.assumed(self.assumptions),
            ]
        )

    def as_json(self) -> str:
        """The same and more, for programs."""
        sums = {
            "operations": self.operations,
            "device_hours": self.device_hours,
            "cpu_hours": self.cpu_hours,
            "disk_bytes": self.disk_bytes,
        }
        return json.dumps(asdict(self) | sums, indent=2)
