"""Write the pages of docs/reference that come from contracts, schema and commands.

    .venv/bin/python docs/generate.py

A test fails when a page is out of step.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from qloc import cli, contracts
from qloc.chapters.contents import CHAPTERS, Chapter, Figure, Page
from qloc.figures.claim_words import CLAIM_NAME
from qloc.tables import Column, Table

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"
GENERATED = "<!-- Written by docs/generate.py; do not edit. -->"
BASIS = {
    "text": "the paper's text",
    "lineage": "the code it builds on",
    "assumed": "**assumed**",
    "ours": "this study",
}
NEEDS = {
    "": "always",
    "several": "several methods",
    "trained": "a model trained here",
    "synapses": "`synapses.presets`",
    "edits": "`editing.methods`",
}


def pages() -> dict[Path, str]:
    """Every generated page, by its path."""
    return {
        ROOT / "docs/reference/tables.md": "\n".join(_tables_page()) + "\n",
        ROOT / "docs/reference/configuration.md": "\n".join(_configuration_page()) + "\n",
        ROOT / "docs/reference/cli.md": "\n".join(_cli_page()) + "\n",
        ROOT / "docs/reference/report.md": "\n".join(_report_page()) + "\n",
    }


def _tables_page() -> Iterator[str]:
    yield "# Tables"
    yield ""
    yield GENERATED
    yield ""
    yield "What each table under `results/` holds. A row is one of what the key names; rows are"
    yield "sorted by it. Writing refuses whatever breaks the contract."
    for table in _contracts():
        yield from ("", f"## {table.name}", "", table.meaning, "")
        yield f"`{table.path}`, version {table.version}, key {_codes(table.key)}."
        yield from ("", "| column | type | meaning | unit | values | missing |")
        yield "|---|---|---|---|---|---|"
        yield from (_row(column) for column in table.columns)


def _contracts() -> list[Table]:
    names = [module.name for module in pkgutil.iter_modules(contracts.__path__)]
    modules = [importlib.import_module(f"{contracts.__name__}.{name}") for name in sorted(names)]
    tables = [value for module in modules for value in vars(module).values()]
    return [table for table in tables if isinstance(table, Table)]


def _row(column: Column) -> str:
    values = ", ".join(f"`{choice}`" for choice in column.choices) or _range(column)
    cells = (f"`{column.name}`", column.type, column.meaning, column.unit, values, column.missing)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _range(column: Column) -> str:
    match column.low, column.high:
        case None, None:
            return ""
        case low, None:
            return f"≥ {low}"
        case None, high:
            return f"≤ {high}"
        case low, high:
            return f"{low} … {high}"


def _configuration_page() -> Iterator[str]:
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    yield "# Settings"
    yield ""
    yield GENERATED
    yield ""
    yield "Every key of `config.yaml`. A file given with `--configfile` needs only the keys that"
    yield "differ: groups are merged, lists are replaced. *How sure* says where a setting comes"
    yield "from: the paper's text, the code of the methods it builds on, an assumption nobody could"
    yield "confirm, or this study. A wrong setting is refused before anything is computed."
    yield from ("", "| key | meaning | values | default | how sure |", "|---|---|---|---|---|")
    yield from _settings(schema, config, schema["$defs"], "")
    yield from ("", "Under `model`, each model has a name and one of these descriptions:")
    for source in ("trained", "hub", "folder"):
        part = schema["$defs"][source]
        yield from ("", f"## `source: {source}`", "", part["description"])
        yield from ("", "| key | meaning | values | how sure |", "|---|---|---|---|")
        for key, setting in part["properties"].items():
            if key != "source":
                yield f"| `{key}` | {_meaning(setting)} | {_values(setting)} | {_basis(setting)} |"


def _settings(
    schema: Mapping[str, Any], config: Mapping[str, Any], shared: Mapping[str, Any], above: str
) -> Iterator[str]:
    for key, given in schema["properties"].items():
        name = f"{above}{key}"
        setting = shared[given["$ref"].rpartition("/")[2]] if "$ref" in given else given
        named = setting.get("additionalProperties")
        if "properties" in setting:
            yield from _settings(setting, config[key], shared, f"{name}.")
        elif named and "properties" in named and key != "model":
            yield from _settings(named, next(iter(config[key].values())), shared, f"{name}.<name>.")
        elif "basis" in setting:
            default = yaml.safe_dump(config[key], default_flow_style=True, width=1000)
            default = default.replace("...", "").strip()
            yield (
                f"| `{name}` | {_meaning(setting)} | {_values(setting)} |"
                f" `{default}` | {_basis(setting)} |"
            )


def _meaning(setting: Mapping[str, Any]) -> str:
    return str(setting["description"]).replace("|", "&#124;")


def _basis(setting: Mapping[str, Any]) -> str:
    return BASIS[setting["basis"]]


def _values(setting: Mapping[str, Any]) -> str:
    """What a setting can be, in words."""
    if "enum" in setting:
        return _codes(setting["enum"])
    if setting.get("type") == "array":
        return f"list of {_values(setting['items'])}"
    types = setting["type"] if isinstance(setting["type"], list) else [setting["type"]]
    words = {"string": "text", "boolean": "true, false", "integer": "whole number"}
    bounds = {
        "minimum": "≥",
        "exclusiveMinimum": ">",
        "maximum": "≤",
        "exclusiveMaximum": "<",
    }
    ranges = [f"{sign} {setting[bound]}" for bound, sign in bounds.items() if bound in setting]
    return " or ".join(words.get(kind, kind) for kind in types) + "".join(f", {r}" for r in ranges)


def _codes(names: Iterable[object]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cli_page() -> Iterator[str]:
    group = click.Context(cli.main, info_name="qloc")
    yield "# Commands"
    yield ""
    yield GENERATED
    yield ""
    yield "`qloc` has looks, which read and show, and stages, which the workflow calls. What is"
    yield "asked for goes to standard output, all talk to standard error; each look ends with what"
    yield "to do next. Colours are for terminals only, and `NO_COLOR` turns them off. Exit codes:"
    yield "0; 1 if something is to be put right (one message, no traceback); 2 for a wrong use."
    yield "`qloc --help` lists all commands, `qloc COMMAND --help` the options of one."
    for path in sorted(cli.LOOKS.glob("[!_]*.py")):
        yield from _look(group, path.stem.replace("_", "-"))
    yield from ("", "## Stages", "")
    yield "Each is the command of one rule of the workflow; files and settings are its options."
    yield "`snakemake --dry-run --printshellcmds --forcerun RULE` prints how the study calls it;"
    yield "the same line repeats it by hand."
    yield from ("", "| stage | what it does |", "|---|---|")
    for path in sorted(cli.STAGES.glob("[!_]*.py")):
        yield f"| `{path.stem.replace('_', '-')}` | {_said(path)} |"


def _said(path: Path) -> str:
    """The first line of a stage, whole."""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return said.splitlines()[0]


def _look(group: click.Context, name: str) -> Iterator[str]:
    command = cli.main.get_command(group, name)
    assert command is not None
    context = click.Context(command, info_name=name, parent=group, terminal_width=80)
    _, _, examples = (command.epilog or "").partition("Examples:\n")
    yield from ("", f"## qloc {name}", "")
    yield f"`{command.get_usage(context).removeprefix('Usage: ')}`"
    for paragraph in (command.help or "").split("\n\n"):
        yield from ("", " ".join(paragraph.split()))
    yield from ("", "```sh")
    yield from (line[2:] for line in examples.rstrip().splitlines())
    yield from ("```", "", "| option | |", "|---|---|")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            record = parameter.get_help_record(context)
            assert record is not None
            written, meaning = (" ".join(part.replace("|", "\\|").split()) for part in record)
            yield f"| `{written}` | {meaning} |"


def _report_page() -> Iterator[str]:
    yield "# The report"
    yield ""
    yield GENERATED
    yield ""
    yield "What each page of `results/report.html` shows, and where Chen et al. (2025) have it. How"
    yield "to read it: [read the report](../how-to/read-the-report.md). Files are below `results/`;"
    yield "each figure and table has its numbers beside it as CSV. A part that a study has no means"
    yield "for is left out, and claims that rest on it are not tested."
    yield from ("", "| menu | file | shows |", "|---|---|---|")
    yield "| first page | `report/front_page.html` | which claims hold, and what this run was |"
    yield f"| 1 The claims | `figures/claims.svg` | {_shown('plot_claims')} |"
    yield f"| 1 The claims | `tables/claims.html` | {_shown('tabulate_claims')} |"
    yield f"| 2 Explore | `explorer.html` | {_shown('build_explorer')} |"
    for name, chapter in CHAPTERS.items():
        page = f"`chapters/MODEL/{name}.html`"
        yield f"| {chapter.number + 2} {chapter.question} | {page} | chapter {chapter.number} |"
    for name, chapter in CHAPTERS.items():
        yield from _chapter(name, chapter)


def _chapter(name: str, chapter: Chapter) -> Iterator[str]:
    yield from ("", f"## Chapter {chapter.number}: {chapter.question}", "")
    yield f"`results/chapters/MODEL/{name}.html`, one for each model."
    if chapter.claims:
        yield (
            "Claims: " + "; ".join(f"{claim} {CLAIM_NAME[claim]}" for claim in chapter.claims) + "."
        )
    yield from ("", "| file | shows | in the paper | needs |", "|---|---|---|---|")
    for part in chapter.parts:
        shown = _shown(_stage(part))
        yield f"| `{_file(part)}` | {shown} | {part.paper or '–'} | {NEEDS[part.needs]} |"


def _shown(stage: str) -> str:
    """What a stage makes: its first line, without its verb and the paper's place."""
    said = re.sub(r" \(.*?\)", "", _said(cli.STAGES / f"{stage}.py"))
    return said.partition(" ")[2].rstrip(".")


def _stage(part: Figure | Page) -> str:
    return f"{'plot' if isinstance(part, Figure) else 'tabulate'}_{part.name}"


def _file(part: Figure | Page) -> str:
    path = part.path("MODEL", "METHOD", ".svg") if isinstance(part, Figure) else part.path
    return path.removeprefix("results/")


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
