"""All that is wrong with a study's settings is said at once, by a command of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from tests.mistakes import MISTAKES

from qloc.cli import main

ROOT = Path(__file__).parents[1]

Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Check the study of this checkout with settings that are put over its own."""
    monkeypatch.chdir(ROOT)

    def run(*files: dict[str, Any] | str) -> Result:
        options = []
        for number, content in enumerate(files):
            path = tmp_path / f"mine{number}.yaml"
            text = content if isinstance(content, str) else yaml.safe_dump(content)
            path.write_text(text, encoding="utf-8")
            options += ["--configfile", str(path)]
        return CliRunner().invoke(main, ["check", *options])

    return run


def words(result: Result) -> str:
    """What was said, on one line."""
    return " ".join(result.stdout.split())


@pytest.mark.parametrize(("settings", "said"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_is_told(check: Check, settings: dict[str, Any], said: str) -> None:
    result = check(settings)
    assert result.exit_code == 1
    assert said in words(result)
    assert "1 problem" in result.stdout
    assert result.stderr.startswith("\nNext: put that right")


def test_all_mistakes_are_told_at_once(check: Check) -> None:
    result = check({"seed": "one", "relations": ["P999"]}, {"atribution": {}, "models": ["llama"]})
    assert result.exit_code == 1
    assert "4 problems to put right" in result.stdout
    for said in ("`seed`", "`P999`", "`attribution`?", "`llama`"):
        assert said in words(result)
    assert all(len(line) <= 80 or "yaml" in line for line in result.stdout.splitlines())


def test_a_study_without_mistakes_is_told_with_what_differs(check: Check) -> None:
    result = check({"relations": ["P36"], "editing": {"methods": []}})
    assert result.exit_code == 0
    assert "Nothing to put right." in result.stdout
    assert "models: tiny-gpt2-seed0, tiny-llama-seed0" in words(result)
    assert "edits, of neurons by: left out" in words(result)
    assert "relations: [P36], not [P36, P37, P17, P19, P103, P106, P140, P495]" in words(result)
    assert "editing.methods: [], not [ig]" in words(result)
    assert "Next: `qloc plan --configfile" in result.stderr


def test_what_is_fetched_is_told_to_be_unknown_yet(check: Check) -> None:
    fetched = {"models": ["tiny-gpt2", "gpt2"], "dataset": {"source": "download"}}
    assert "checked once it is fetched: dataset, gpt2 " in words(check(fetched))
    assert "checked once it is fetched: nothing" in words(check({}))


def test_the_default_study_is_right_and_differs_in_nothing(check: Check) -> None:
    result = check()
    assert result.exit_code == 0
    assert "Not as in" not in result.stdout
    assert result.stderr == "\nNext: `qloc plan` says what the study will cost.\n"


def test_a_key_that_stands_twice_is_told(check: Check) -> None:
    result = check("seed: 1\nmodel:\n  tiny-gpt2:\n    passes: 3\n    passes: 4\nseed: 2\n")
    assert result.exit_code == 1
    assert "2 problems" in result.stdout
    assert "`seed` more than once, in lines 1 and 6" in words(result)
    assert "`model.tiny-gpt2.passes` more than once, in lines 4 and 5" in words(result)


@pytest.mark.parametrize(
    ("text", "said"),
    [("seed: [1\n", "cannot be read as settings"), ("- seed\n", "holds no settings")],
)
def test_a_file_that_holds_no_settings_is_refused(check: Check, text: str, said: str) -> None:
    result = check(text)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout == ""


def test_a_file_that_is_not_there_is_a_wrong_use() -> None:
    result = CliRunner().invoke(main, ["check", "--configfile", "gone.yaml"])
    assert result.exit_code == 2
    assert "gone.yaml" in result.stderr


def test_elsewhere_than_in_a_checkout_there_is_nothing_to_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 1
    assert "There is no study in" in result.stderr
