"""What stands where: every figure and table of the paper has its place, every file exists."""

import re

from qloc.chapters.contents import CHAPTERS, Figure, Page
from qloc.figures.claim_words import CLAIM_NAME

PARTS = [part for chapter in CHAPTERS.values() for part in chapter.parts]


def numbers(kind):
    """Of the paper's tables or figures that have a place."""
    named = " ".join(part.paper for part in PARTS)
    found = re.findall(rf"{kind}s?\.? ((?:\d+(?:, )?)+)", named)
    return {int(number) for group in found for number in re.findall(r"\d+", group)}


def test_every_table_and_figure_of_the_paper_has_its_place():
    assert numbers("Table") == set(range(1, 9))
    assert numbers("Fig") == {1, 2, 3, 4, 5, 6, 9, 10, 11}


def test_every_claim_is_in_one_chapter():
    told = [claim for chapter in CHAPTERS.values() for claim in chapter.claims]
    assert sorted(told) == sorted(CLAIM_NAME)


def test_chapters_are_numbered_and_say_what_they_do_not_show():
    assert [chapter.number for chapter in CHAPTERS.values()] == [1, 2, 3, 4, 5]
    assert all(len(chapter.limits) >= 2 for chapter in CHAPTERS.values())


def test_the_menu_has_the_questions(request):
    rules = request.config.rootpath / "workflow/rules/common.smk"
    text = rules.read_text(encoding="utf-8")
    for chapter in CHAPTERS.values():
        assert f'"{chapter.number + 2} {chapter.question}"' in text


def test_a_study_without_edits_has_no_figure_of_them():
    change, place = CHAPTERS["change"], CHAPTERS["place"]
    assert list(change.shown(frozenset())) == []
    assert [part.name for part in change.figures(frozenset({"edits"}))] == ["tradeoff", "sequences"]
    assert "agreement" not in {part.name for part in place.shown(frozenset({"trained"}))}
    assert "agreement" in {part.name for part in place.shown(frozenset({"several"}))}


def test_paths_are_those_of_the_rules():
    assert Figure("sweep", is_of_method=True).path("m", "ig", ".csv") == (
        "results/figures/m/ig/sweep.csv"
    )
    assert Figure("mapping").path("m", "ig", ".svg") == "results/figures/m/mapping.svg"
    assert Page("edits", "Edits").path == "results/tables/edits.html"
