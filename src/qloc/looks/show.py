"""Show what a run's tables say: rows, columns, where they came from; the verdicts on claims."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from qloc.comparison.runs import Run, find_run
from qloc.showing import text, verdicts
from qloc.showing.origins import origins_section
from qloc.showing.selection import Selection, select

CLAIMS = "claims"
ROWS = 5

EXAMPLES = """\b
Examples:
  qloc show
  qloc show claims
  qloc show consistency_scores --fact France --model tiny-gpt2-seed0
  qloc show answers --relation P36 --rows 20
  qloc show class_summaries --run ../yesterday --csv > summaries.csv
"""


@click.command(epilog=EXAMPLES)
@click.argument("table", required=False)
@click.option("--fact", help="Rows of one fact: its id or subject; or the id of a query.")
@click.option("--model", help="Rows of one model.")
@click.option("--method", help="Rows of one method of attribution.")
@click.option("--relation", help="Rows of one relation.")
@click.option(
    "--rows",
    "n_rows",
    type=click.IntRange(min=1),
    help=f"Most rows to show.  [default: {ROWS}; with --csv all]",
)
@click.option("--csv", "is_csv", is_flag=True, help="Print rows as CSV, with all columns.")
@click.option("--brief", "is_brief", is_flag=True, help="Of claims: how many have which verdict.")
@click.option(
    "--run",
    "folder",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Folder in which a study ran, or its results.",
)
def command(
    table: str | None,
    fact: str | None,
    model: str | None,
    method: str | None,
    relation: str | None,
    n_rows: int | None,
    is_csv: bool,
    is_brief: bool,
    folder: Path,
) -> None:
    """Show what a run's tables say: rows, columns, where they came from; the verdicts on claims.

    Without TABLE, the tables that there are. `claims` are shown as verdicts, by the study's first
    method unless --method names another. Nothing is written, and no model is opened.
    """
    asked = {"model": model, "method": method, "relation": relation}
    values = {name: value for name, value in asked.items() if value is not None}
    is_plain = is_csv or fact is not None or n_rows is not None
    if is_brief and (table != CLAIMS or is_plain):
        raise click.UsageError("--brief goes with claims only, and without --fact, --rows, --csv.")
    if table is None and (values or is_plain):
        raise click.UsageError("Give a TABLE first; without one, tables are listed.")
    run = find_run(folder)
    if table is None:
        click.echo(text.listed(run))
        click.echo(
            "\nNext: `qloc show TABLE` shows one; `qloc show claims` the verdicts.", err=True
        )
        return
    selection = select(run, table, values, fact)
    if is_csv:
        for piece in csv_pieces(selection, n_rows):
            click.echo(piece, nl=False)
        click.echo(f"Next: `qloc show {table} --rows 1` says what the columns mean.", err=True)
    elif table == CLAIMS and not is_plain:
        _show_claims(run, selection, method, is_brief=is_brief)
    else:
        parts = (
            text.table_section(selection, n_rows or ROWS),
            text.columns_section(selection),
            origins_section(run.folder, table, list(selection.files)),
        )
        click.echo("\n\n".join(parts))
        click.echo("\nNext: --csv prints all rows; `qloc show` lists the tables.", err=True)


def csv_pieces(selection: Selection, n_rows: int | None) -> Iterator[str]:
    """The rows as comma-separated values, each number as exactly as it is stored."""
    n_left, is_first = n_rows, True
    for rows in selection.frames():
        own = rows if n_left is None else rows.head(n_left)
        if is_first or len(own):
            yield own.to_csv(index=False, header=is_first, lineterminator="\n")
        is_first = False
        n_left = None if n_left is None else n_left - len(own)
        if n_left == 0:
            return


def _show_claims(run: Run, selection: Selection, method: str | None, *, is_brief: bool) -> None:
    claims = verdicts.read_claims(run, selection)
    chosen = method or verdicts.first_method(run, claims)
    if is_brief:
        click.echo("\n".join(verdicts.brief(claims, chosen)))
        return
    # Where this is no terminal, click leaves colours out on its own.
    colour = False if os.environ.get("NO_COLOR") else None
    click.echo(verdicts.verdicts_section(claims, chosen), color=colour)
    click.echo("\nNext: results/report.html has the figures behind each verdict.", err=True)
