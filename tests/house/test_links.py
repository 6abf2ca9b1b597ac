"""Links lead somewhere, documents that are named exist, and the index has all of them."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [
    *sorted(DOCS.rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    ROOT / "config/README.md",
    ROOT / "resources/README.md",
]
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"\bdocs/[\w./-]+\.(?:md|png|svg|py)\b")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors(page: Path) -> set[str]:
    """What a page's headings are called in addresses: small letters, hyphens, no marks."""
    headings = re.findall(r"^#+ +(.+?) *$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def broken(page: Path) -> list[str]:
    """Links of a page that lead nowhere."""
    lost = []
    for target in LINK.findall(prose(page)):
        path, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    return lost


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_within_the_repository_leads_to_a_page_and_a_heading(page: Path) -> None:
    assert broken(page) == []


def test_a_lost_page_and_a_lost_heading_are_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One two?\n[a](gone.md) [b](#one-two) [c](#three) [d](https://x.org)\n")
    assert broken(page) == ["gone.md", "#three"]


def test_every_document_that_a_file_names_exists() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    lost = {
        f"{file}: {named}"
        for file in listed
        if file and file != "CHANGELOG.md" and (ROOT / file).is_file()
        for named in NAMED.findall((ROOT / file).read_text(encoding="utf-8", errors="ignore"))
        if not (ROOT / named).exists()
    }
    assert lost == set()


def test_the_index_leads_to_every_document() -> None:
    index = DOCS / "README.md"
    linked = {(DOCS / target.partition("#")[0]).resolve() for target in LINK.findall(prose(index))}
    decisions = DOCS / "decisions"
    listed = LINK.findall(prose(decisions / "README.md"))
    linked |= {(decisions / target).resolve() for target in listed}
    assert {name(page) for page in DOCS.rglob("*.md")} - {name(page) for page in linked} == {
        "docs/README.md"
    }
