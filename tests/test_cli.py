"""The command line loads a command only when it is called."""

import errno
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from qloc import cli

STAGES = sorted(path.stem for path in cli.STAGES.glob("[!_]*.py"))


def test_every_stage_is_a_command_with_its_first_line() -> None:
    result = CliRunner().invoke(cli.main, ["--help"])
    assert result.exit_code == 0
    for stage in STAGES:
        assert stage.replace("_", "-") in result.output


def test_looks_are_listed_apart_from_the_stages() -> None:
    text = CliRunner().invoke(cli.main, ["--help"]).output
    _, looks, stages = re.split(r"^(?:Stages|Looks).*:$", text, flags=re.M)
    for path in cli.LOOKS.glob("[!_]*.py"):
        name = path.stem.replace("_", "-")
        assert re.search(rf"^  {name} ", looks, re.M)
        assert not re.search(rf"^  {name} ", stages, re.M)


def test_no_look_has_the_name_of_a_stage() -> None:
    assert {path.stem for path in cli.LOOKS.glob("[!_]*.py")} & set(STAGES) == set()


def test_help_loads_no_stage() -> None:
    code = (
        "import sys; from qloc.cli import main; main(['--help'], standalone_mode=False);"
        "sys.exit(bool({'torch', 'pandas', 'yaml', 'qloc.tables'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert run.returncode == 0


@pytest.mark.parametrize(("name", "meant"), [("filter-fact", "filter-facts"), ("plann", "plan")])
def test_an_unknown_command_is_refused_with_what_was_meant(name: str, meant: str) -> None:
    result = CliRunner().invoke(cli.main, [name])
    assert result.exit_code == 2
    assert f"No such command '{name}'. " in result.output
    assert f"'{meant}'" in result.output


@pytest.mark.parametrize("path", sorted(cli.LOOKS.glob("[!_]*.py")), ids=lambda path: path.stem)
def test_every_look_has_examples_that_it_could_be_called_with(path: Path) -> None:
    name = path.stem.replace("_", "-")
    result = CliRunner().invoke(cli.main, [name, "--help"])
    assert result.exit_code == 0
    _, _, text = result.output.partition("Examples:\n")
    commands = re.findall(r"^ +(qloc (?:.*\\\n)*.*)$", text, re.M)
    assert commands
    group = click.Context(cli.main)
    command = cli.main.get_command(group, name)
    assert command is not None
    for line in commands:
        words = shlex.split(line.partition(" > ")[0])
        assert words[:2] == ["qloc", name]
        command.make_parser(click.Context(command)).parse_args(words[2:])


def test_a_stage_s_help_says_how_the_study_calls_it() -> None:
    text = CliRunner().invoke(cli.main, ["filter-facts", "--help"]).output
    assert "snakemake --dry-run --printshellcmds --forcerun filter_facts" in text


def test_help_of_all_has_examples_of_commands_that_there_are() -> None:
    text = CliRunner().invoke(cli.main, ["--help"]).output
    names = re.findall(r"^ +qloc (\S+)", text.partition("Examples:")[2], re.M)
    assert names
    assert set(names) <= set(cli.main.list_commands(click.Context(cli.main)))


def test_a_mistake_of_the_user_ends_with_its_message_and_exit_code_1(tmp_path: Path) -> None:
    bad = tmp_path / "facts.csv"
    bad.write_text("relation,subject\n")
    arguments = ["filter-facts", "--relation", "P1", "--format", "csv"]
    arguments += ["--source-files", f"'{bad}'", "--patterns", "final_object"]
    arguments += ["--min-templates", "2", "--exclude", "", "--facts-per-relation", "all"]
    arguments += ["--seed", "0", "--facts", f"{tmp_path}/f", "--queries", f"{tmp_path}/q"]
    arguments += ["--steps", f"{tmp_path}/s"]
    run = subprocess.run(
        [sys.executable, "-m", "qloc", *arguments], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr.startswith("Error: ")
    assert "facts.csv, line 1" in run.stderr
    assert "Traceback" not in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["facts.csv"]


@pytest.mark.parametrize(
    ("error", "is_told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (PermissionError(errno.EACCES, "Permission denied", "/some/cache"), True),
        (FileNotFoundError(errno.ENOENT, "No such file", "mine"), False),
    ],
)
def test_a_file_system_that_fails_is_told_and_a_mistake_of_ours_is_raised(
    error: OSError, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def command() -> None:
        raise error

    monkeypatch.setattr(cli.CommandGroup, "get_command", lambda *_: command)
    result = CliRunner().invoke(cli.main, ["filter-facts"])
    assert result.exit_code == 1
    place = error.filename or "A temporary file or a cache"
    assert result.output.startswith(f"Error: {place} cannot be written: ") == is_told
    assert (result.exception is error) != is_told


def test_a_terminal_that_lacks_a_sign_is_told_its_number() -> None:
    code = "from qloc.cli import main; import click;"
    code += "main.callback(); click.echo('−1')"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
    )
    assert run.stdout == b"\\u22121\n"


def test_garbage_is_collected_again_once_a_command_is_loaded() -> None:
    code = (
        "import gc; from qloc.cli import main; n = gc.get_freeze_count();"
        "main(['filter-facts', '--help'], standalone_mode=False);"
        "raise SystemExit(not (gc.isenabled() and gc.get_freeze_count() > n + 10_000))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert run.returncode == 0
