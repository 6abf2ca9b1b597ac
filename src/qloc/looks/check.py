"""Say all that is wrong with a study's settings, before anything is spent."""

import shlex
import sys
from pathlib import Path

import click

from qloc.checking import Check, check

EXAMPLES = """\b
Examples:
  qloc check
  qloc check --configfile studies/smoke.yaml
  qloc check --configfile studies/paper.yaml --configfile studies/strict.yaml
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--configfile",
    "overlays",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Of the study, as for Snakemake; without one the default study.",
)
def command(overlays: tuple[Path, ...]) -> None:
    """Say all that is wrong with a study's settings, before anything is spent.

    Run in the folder of a checkout. Settings are checked one by one and against each other, and the
    files that they name are read: data, texts, checkpoints. Nothing is fetched or written. The exit
    code is 1 if there is something to put right.
    """
    found = check(overlays)
    click.echo(str(found))
    click.echo(f"\n{_next(found, overlays)}", err=True)
    sys.exit(1 if found.problems else 0)


def _next(found: Check, overlays: tuple[Path, ...]) -> str:
    options = "".join(f" --configfile {shlex.quote(str(path))}" for path in overlays)
    if found.problems:
        return f"Next: put that right, then `qloc check{options}` again."
    return f"Next: `qloc plan{options}` says what the study will cost."
