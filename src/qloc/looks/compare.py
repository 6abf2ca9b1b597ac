"""Compare two runs: what differs in what made them, and which numbers moved."""

import shlex
from pathlib import Path

import click

from qloc.comparison import TOP, compare
from qloc.options import OUTPUT
from qloc.outputs import write_files

EXAMPLES = """\b
Examples:
  qloc compare ../yesterday .
  qloc compare before/results after/results --page compare.html
  qloc compare here there --json > differences.json
"""


@click.command(epilog=EXAMPLES)
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--top",
    type=click.IntRange(min=0),
    default=TOP,
    show_default=True,
    help="Most estimates of one table to show, those that moved most.",
)
@click.option(
    "--json", "is_json", is_flag=True, help="Print JSON; docs/how-to/compare.md has its keys."
)
@click.option("--page", type=OUTPUT, help="HTML to write as well, in one file.")
def command(first: Path, second: Path, top: int, is_json: bool, page: Path | None) -> None:
    """Compare two runs: what differs in what made them, and which numbers moved.

    A and B are folders in which a study ran, or their results. Nothing but --page is written.
    A number moved if it differs by more than rounding explains: docs/how-to/compare.md.
    """
    found = compare(first, second, top)
    if page is not None:
        write_files({page: found.as_page()})
    click.echo(found.as_json() if is_json else str(found))
    click.echo(f"\n{_next(first, page)}", err=True)


def _next(first: Path, page: Path | None) -> str:
    if page is None:
        return "Next: --page compare.html writes this as a page that can be passed on."
    return f"Next: `qloc show TABLE --run {shlex.quote(str(first))}` shows the numbers behind it."
