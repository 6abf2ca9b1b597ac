"""A study of facts that try to be run, from its CSV to every page and figure in Chromium."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.browser.hostile import SUBJECTS, write_facts
from tests.browser.pages import Visit, overflow, violations
from tests.browser.reports import FRONT, pages_of, shown
from tests.printed import impossible
from tests.workflow.conftest import PARTS, ROOT

STUDIES = ("studies/smoke.yaml", "hostile.yaml")
EVERY = {text.strip() for texts in SUBJECTS.values() for text in texts}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which the study of these facts has run."""
    if shutil.which("chromium") is None:
        pytest.skip("no Chromium: `apt-get install chromium`")
    folder = tmp_path_factory.mktemp("hostile study")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, folder / part)
    shutil.copy2(Path(__file__).with_name("hostile.yaml"), folder)
    write_facts(folder / "hostile.csv")
    command = [sys.executable, "workflow/run.py", "--cores", "2", "--configfile", *STUDIES]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="module")
def pages(hostile: Path) -> list[Path]:
    found = sorted((hostile / "results").rglob("*.html"))
    return [path for path in found if path.name not in ("report.html", "front_page.html")]


@pytest.mark.parametrize("width", [390, 1440])
def test_no_text_becomes_an_element_or_breaks_a_page(
    visit: Callable[..., Visit], pages: list[Path], width: int
) -> None:
    """A script that ran, or a picture that was asked for, fails the test when it ends."""
    for path in pages:
        page = visit(path, width).page
        assert page.locator("img[src=x]").count() == 0, path
        assert page.locator("b", has_text="and then").count() == 0, path
        assert overflow(page) == 0, path
        assert violations(page) == [], path
        page.close()


def test_every_text_can_be_read_in_the_explorer(visit: Callable[..., Visit], hostile: Path) -> None:
    page = visit(hostile / "results/explorer.html").page
    page.wait_for_selector("tbody td")
    facts = {tuple(text.split(" → ")) for text in page.locator("tbody td").all_text_contents()}
    assert {subject.strip() for subject, *_ in facts} >= EVERY


def test_figures_of_such_texts_are_whole_and_hold_no_script(hostile: Path) -> None:
    figures = list((hostile / "results").rglob("*.svg"))
    assert figures
    for path in figures:
        names = {element.tag.rpartition("}")[2] for element in ElementTree.parse(path).iter()}
        assert "svg" in names, path
        assert names & {"script", "foreignObject", "a"} == set(), path


def test_the_report_shows_every_page_and_runs_nothing(
    visit: Callable[..., Visit], hostile: Path
) -> None:
    page = visit(hostile / "results/report.html").page
    page.wait_for_selector(FRONT)
    assert impossible(page.inner_html(FRONT)) == []
    for path in pages_of(page):
        assert shown(page, path).inner_text("h1"), path


def test_no_file_of_numbers_begins_a_cell_with_a_formula(hostile: Path) -> None:
    text = (hostile / "results/explorer.csv").read_text(encoding="utf-8-sig")
    assert re.findall(r'(?:^|,)"?[=@+][^,]*', text, re.M) == []
