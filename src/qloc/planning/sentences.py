"""What a plan assumes, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from qloc.planning import assumptions
from qloc.planning.devices import Device

LAW = "docs/how-to/plan.md"


def assumed(settings: Mapping[str, Any], device: Device) -> Iterator[str]:
    """One sentence for everything that the numbers of this plan rest on."""
    adaptive = [
        f"{method} {assumptions.ADAPTIVE_POINTS[method]:g}"
        for method in settings["methods"]
        if settings["attribution"][method]["quadrature"] == "adaptive"
    ]
    if adaptive:
        yield (
            f"points that `adaptive` takes on a path: {', '.join(adaptive)} (measured on organisms;"
            " a large model may need more)"
        )
    kept = ", ".join(f"{m} {assumptions.KEPT_NEURONS[m]:.0f}" for m in settings["methods"])
    yield (
        f"neurons of a query whose scores are kept: {kept} of four layers of"
        f" {assumptions.KEPT_WIDTH}, growing with the power {assumptions.KEPT_GROWTH[0]:g} of a"
        f" layer's neurons, not with layers (of pairs of organisms: {LAW}); at most with all"
        " neurons"
    )
    yield f"a token of a prompt has {assumptions.CHARACTERS_PER_TOKEN:g} characters"
    if device.is_accelerator:
        yield f"{device.share:.0%} of the device's peak is reached (never measured)"
    elif device.name == "cpu":
        yield (
            f"a core reaches {device.rate('float32') / 1e9:.0f} GFLOP/s (that of the default study)"
        )
    yield (
        f"a job that opens a model starts in {assumptions.START_SECONDS:g} s and reads its weights"
        f" at {assumptions.READING_RATE / 1e9:g} GB/s; one that opens none takes"
        f" {assumptions.TABLE_SECONDS:g} s"
    )
