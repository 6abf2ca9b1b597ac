"""The page needs nothing but itself, and all its parts are shipped."""

import tomllib
from pathlib import Path

from tests import explorers

from qloc.explorer.page import SCRIPTS, page

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src/qloc/explorer"


def test_the_page_names_no_address_and_runs_no_text():
    text = page(explorers.document()).decode()
    for word in ("http:", "https:", "//cdn", "innerHTML", "insertAdjacentHTML", "eval(", "import "):
        assert word not in text, word


def test_every_script_is_on_the_page():
    assert sorted(path.name for path in FOLDER.glob("*.js")) == sorted(SCRIPTS)


def test_what_lies_beside_the_modules_is_installed_with_them():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["qloc.explorer"]
    shipped = {path for pattern in patterns for path in FOLDER.glob(pattern)}
    beside = {path for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".py"}
    assert shipped == beside
    assert len(beside) == len(SCRIPTS) + 2
