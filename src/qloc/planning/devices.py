"""Devices that a study can be planned for: how fast they are at best, and how much they hold."""

from dataclasses import dataclass

from qloc.errors import StudyError
from qloc.wording import did_you_mean, listed

# Share of its peak that a device reaches. On the CPU that of the default study, all rules that
# open a model together; on a GPU assumed, for it was never measured.
CPU_SHARE, GPU_SHARE = 0.45, 0.4


@dataclass(frozen=True)
class Device:
    """What computes.

    Attributes:
        name: As a person calls it.
        float32: Operations a second at best, in float32 without tensor cores.
        tf32: The same in TF32; as float32 where there is none.
        memory_bytes: Of its own; 0 for a CPU, which has the node's.
        share: Of its peak that is reached.
    """

    name: str
    float32: float
    tf32: float
    memory_bytes: int
    share: float

    @property
    def is_accelerator(self) -> bool:
        """Whether it has memory of its own."""
        return self.memory_bytes > 0

    def rate(self, precision: str) -> float:
        """Operations a second that are expected."""
        return self.share * (self.tf32 if precision == "tf32" else self.float32)


def _gpu(name: str, float32: float, tf32: float, gigabytes: int) -> Device:
    return Device(name, float32 * 1e12, tf32 * 1e12, gigabytes * 10**9, GPU_SHARE)


# Peaks in TFLOP/s as their makers print them, dense.
DEVICES = {
    device.name: device
    for device in (
        Device("cpu", 1e11, 1e11, 0, CPU_SHARE),  # one core, as in docs/explanation/performance.md
        _gpu("t4", 8.1, 8.1, 16),
        _gpu("v100", 15.7, 15.7, 32),
        _gpu("rtx3090", 35.6, 35.6, 24),
        _gpu("rtx4090", 82.6, 82.6, 24),
        _gpu("a10", 31.2, 62.5, 24),
        _gpu("l40s", 91.6, 183.0, 48),
        _gpu("a100-40gb", 19.5, 156.0, 40),
        _gpu("a100-80gb", 19.5, 156.0, 80),
        _gpu("h100", 66.9, 494.0, 80),
        _gpu("h200", 66.9, 494.0, 141),
    )
}


def device_named(name: str) -> Device:
    """A device of the table.

    Raises:
        StudyError: There is none of this name.
    """
    if name not in DEVICES:
        raise StudyError(
            f"`--device {name}` is not known.{did_you_mean(name, DEVICES)} Known are"
            f" {listed(DEVICES)}. For another one give --rate: the TFLOP/s that it reaches."
        )
    return DEVICES[name]


def device_of_rate(teraflops: float) -> Device:
    """An accelerator of which only the speed that it reaches is known."""
    rate = teraflops * 1e12
    return Device(f"a device that reaches {teraflops:g} TFLOP/s", rate, rate, 0, 1.0)
