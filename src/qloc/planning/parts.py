"""The parts of a plan: what every rule, every model and every interval comes to."""

from dataclasses import dataclass

from qloc.planning.estimates import StageEstimate


@dataclass(frozen=True)
class StagePlan(StageEstimate):
    """An estimate with the time it takes on a device.

    Attributes:
        is_on_device: Whether its jobs run on the accelerator, not on the CPU.
        hours: Of one device, or of one CPU core, starts of jobs among them.
    """

    is_on_device: bool
    hours: float


@dataclass(frozen=True)
class ModelPlan:
    """What a model needs.

    Attributes:
        model: Name of its instance.
        architecture: Its name in transformers.
        n_parameters: Of the model.
        checkpoint_bytes: Of its files.
        node_bytes: Memory of the node, for the largest job.
        device_bytes: Memory of the accelerator that attributes one query at a time.
        batch: Queries that the accelerator holds at once, at most as many as the rule asks for; 0
            if it cannot hold one; None where there is none, or its memory is not known.
    """

    model: str
    architecture: str
    n_parameters: int
    checkpoint_bytes: int
    node_bytes: int
    device_bytes: int
    batch: int | None


@dataclass(frozen=True)
class Interval:
    """How wide the intervals will be that the facts of a study allow.

    Attributes:
        what: That is estimated.
        width: Of its 95 % interval, from its lower to its upper end.
    """

    what: str
    width: float
