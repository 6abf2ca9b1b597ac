"""Say what a study will cost, before anything is spent."""

import logging
from pathlib import Path

import click

from qloc.planning.devices import DEVICES, device_named, device_of_rate
from qloc.planning.plans import plan

logger = logging.getLogger(__name__)

EXAMPLES = """\b
Examples:
  qloc plan
  qloc plan --configfile studies/paper.yaml --device a100-80gb
  qloc plan --configfile studies/paper.yaml --configfile studies/strict.yaml \\
      --rate 20 --known 0.4 --sample 100
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--configfile",
    "overlays",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Of the study, as for Snakemake; without one the default study.",
)
@click.option(
    "--device",
    metavar="NAME",
    help=f"What computes: {', '.join(DEVICES)}.  [default: cpu]",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="TFLOP/s",
    help="In place of --device: what yours reaches, in float32.",
)
@click.option(
    "--known",
    type=click.FloatRange(min=0, max=1, min_open=True),
    default=1.0,
    show_default=True,
    help="Share of the queries that models know; 1 is the most there can be.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Facts drawn from each relation, in place of what the study says.",
)
@click.option(
    "--json", "is_json", is_flag=True, help="Print JSON; docs/how-to/plan.md has its keys."
)
def command(
    overlays: tuple[Path, ...],
    device: str | None,
    rate: float | None,
    known: float,
    sample: int | None,
    is_json: bool,
) -> None:
    """Say what a study will cost, before anything is spent.

    Run in the folder of a checkout. Nothing is fetched, opened or written; what is assumed is said.
    """
    if device is not None and rate is not None:
        raise click.UsageError("Give either --device or --rate.")
    chosen = device_named(device or "cpu") if rate is None else device_of_rate(rate)
    found = plan(overlays, chosen, DEVICES["cpu"], known, sample)
    click.echo(found.as_json() if is_json else str(found))
    click.echo(f"\n{_next(sample)}", err=True)


def _next(sample: int | None) -> str:
    if sample is None:
        return "Next: --sample N says what fewer facts cost, and how sure they leave the results."
    return f"Next: make SAMPLE={sample} runs the study with so many facts of each relation."
