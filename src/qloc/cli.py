"""The command line: one click group that loads a command only when it is called."""

import ast
import gc
import importlib
import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from qloc.errors import StudyError, is_of_storage, unwritable

PACKAGE = Path(__file__).parent
STAGES = PACKAGE / "stages"
LOOKS = PACKAGE / "looks"
SECTIONS = {
    LOOKS: "Looks, which are no rules of the workflow",
    STAGES: "Stages, each one rule of the workflow",
}
STAGE_EXAMPLE = """\b
Example, as the study calls it (nothing is run):
  snakemake --dry-run --printshellcmds --forcerun {rule}
"""
EXAMPLES = """\b
Examples:
  qloc check
  qloc plan --help
  qloc show claims
"""


class CommandGroup(click.Group):
    """A group whose commands are the modules of `qloc.stages` and `qloc.looks`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for folder in SECTIONS for name in _commands(folder)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for folder in SECTIONS:
            if cmd_name in _commands(folder):
                name = f"qloc.{folder.name}.{_commands(folder)[cmd_name].stem}"
                with _without_collecting():
                    command = importlib.import_module(name).command
                assert isinstance(command, click.Command)
                if folder == STAGES:
                    command.epilog = STAGE_EXAMPLE.format(rule=cmd_name.replace("-", "_"))
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; of a name that there is not, the most similar ones are told."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            known = self.list_commands(ctx)
            raise click.NoSuchCommand(error.command_name, possibilities=known, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by the first line of their docstrings, without importing them."""
        for folder, title in SECTIONS.items():
            rows = [(name, _first_line(path)) for name, path in _commands(folder).items()]
            with formatter.section(title):
                formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> None:
        try:
            super().invoke(ctx)
        except StudyError as error:
            _refuse(error)
        except OSError as error:
            if not is_of_storage(error):
                raise
            _refuse(unwritable(error.filename or "A temporary file or a cache", error))


def _refuse(error: StudyError) -> NoReturn:
    click.echo(f"Error: {error}", err=True)
    sys.exit(1)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage: imports leave none, and looking takes a seventh of their time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _commands(folder: Path) -> dict[str, Path]:
    """The modules of a folder by the names of their commands, sorted."""
    return {path.stem.replace("_", "-"): path for path in sorted(folder.glob("[!_]*.py"))}


def _first_line(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


@click.group(
    cls=CommandGroup,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="qloc")
def main() -> None:
    """Study whether a model's facts are localized in neurons or depend on the query.

    The workflow calls the stages; `snakemake` is the door. A command printed in a log can be
    repeated here by hand.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal whose encoding lacks a sign shows its number.
        sys.stdout.reconfigure(errors="backslashreplace")
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
