"""The command line: one click group that loads a stage only when it is called."""

import ast
import importlib
import logging
import sys
from pathlib import Path

import click

from qloc.errors import StudyError

STAGES = Path(__file__).with_name("stages")


class StageGroup(click.Group):
    """A group whose commands are the modules of `qloc.stages`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        stages = STAGES.glob("[!_]*.py")
        return sorted(path.stem.replace("_", "-") for path in stages)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"qloc.stages.{cmd_name.replace('-', '_')}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the stages by the first line of their docstrings, without importing them."""
        rows = [(name, _first_line(name)) for name in self.list_commands(ctx)]
        with formatter.section("Stages, each one rule of the workflow"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> None:
        try:
            super().invoke(ctx)
        except StudyError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(1)


def _first_line(name: str) -> str:
    path = STAGES / f"{name.replace('-', '_')}.py"
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


@click.group(cls=StageGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qloc")
def main() -> None:
    """Study whether a model's facts are localized in neurons or depend on the query.

    The workflow calls these commands; `snakemake` is the door. A command printed in a log
    can be repeated here by hand.
    """
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
