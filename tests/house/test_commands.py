"""Commands in the documents are commands: programs, options, targets and files that exist."""

import argparse
import functools
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from snakemake.cli import get_argument_parser

from qloc import cli

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.M | re.S)
OURS = ("studies/", "profiles/", "workflow/", ".ci/")
YOURS = ("studies/mine.yaml", "mine.yaml")
ELSEWHERE = {"apptainer", "docker", "tail", "head", "pip", "python", "export"}
OF_RUN = {"--sample": 2}
"""Options of workflow/run.py that Snakemake does not know, and how many words they take."""


def commands(page: Path) -> Iterator[list[str]]:
    """The commands in a page's blocks, as words, without comments and redirections."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.partition(" > ")[0], comments=True)
            if words:
                yield words


COMMANDS = sorted({shlex.join(words) for page in PAGES for words in commands(page)})


def check(words: list[str]) -> None:
    """Refuse a command that could not be called so."""
    lost = [word for word in words if word.startswith(OURS) and not (ROOT / word).exists()]
    assert set(lost) <= set(YOURS), f"no such file: {lost}"
    program, given = words[0].rpartition("/")[2], words[1:]
    if program == "qloc":
        check_qloc(given)
    elif program == "make":
        check_make(given)
    elif program in {"snakemake", "run.py"} or given[:1] == ["workflow/run.py"]:
        check_snakemake([word for word in given if word != "workflow/run.py"])
    else:
        is_file = (ROOT / words[0]).is_file() or words[:2] == ["bash", ".ci/run"]
        assert is_file or program in ELSEWHERE or program == "bash", f"no such program: {program}"


def check_qloc(given: list[str]) -> None:
    """Known commands take these options; what they are given is for the command to check."""
    context = click.Context(cli.main, info_name="qloc")
    if given[0] in {"--help", "-h", "--version"}:
        return
    command = cli.main.get_command(context, given[0])
    assert command is not None, f"no such command: {given[0]}"
    parser = command.make_parser(click.Context(command, parent=context))
    _, rest, _ = parser.parse_args(list(given[1:]))
    assert rest == []


def check_make(given: list[str]) -> None:
    """Targets and variables stand in the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for word in given:
        variable, is_set, _ = word.partition("=")
        pattern = rf"^{re.escape(variable)} \?=" if is_set else rf"^{re.escape(word)}:"
        assert re.search(pattern, text, re.M), f"not in the Makefile: {word}"


def check_snakemake(given: list[str]) -> None:
    """Snakemake knows the options."""
    for option, n_words in OF_RUN.items():
        if option in given:
            at = given.index(option)
            given = given[:at] + given[at + n_words :]
    _, unknown = snakemake_parser().parse_known_args(given)
    assert unknown == []


@functools.cache
def snakemake_parser() -> argparse.ArgumentParser:
    """Snakemake's own, without a profile."""
    parser: argparse.ArgumentParser = get_argument_parser(profiles=[])
    return parser


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_in_the_documents_could_be_called(command: str) -> None:
    check(shlex.split(command))


def test_there_are_commands_of_every_kind() -> None:
    text = "\n".join(COMMANDS)
    for kind in ("qloc check", "qloc show", "qloc plan", "make", "snakemake", "workflow/run.py"):
        assert kind in text


@pytest.mark.parametrize(
    "command",
    [
        "qloc chek",
        "qloc show --facts Paris",
        "qloc compare a b c",
        "make studdy",
        "make STUDIE=studies/smoke.yaml",
        "snakemake --dryrunn",
        "workflow/run.py --cores 2 --samples 3",
        "make STUDY=x studies/gone.yaml",
        "frobnicate results",
    ],
)
def test_what_could_not_be_called_is_noticed(command: str) -> None:
    with pytest.raises((AssertionError, click.UsageError, SystemExit)):
        check(shlex.split(command))


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("make")])
def test_make_knows_what_to_do(command: str) -> None:
    given = [word.replace("studies/mine.yaml", "studies/smoke.yaml") for word in command.split()]
    run = subprocess.run(
        ["make", "-n", *given[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
