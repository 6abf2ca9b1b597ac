"""The front page is a fragment that any report can hold: escaped, short, and honest."""

import copy
import dataclasses
import html
import html.parser
import re

import pytest
from tests import claims
from tests.fronts import CHECKPOINT, ORGANISM, SHIPPED, front
from tests.printed import impossible

from qloc.figures.claim_front import CHAPTER
from qloc.figures.claim_words import CLAIM_NAME
from qloc.figures.run_words import StudiedModel

HOSTILE = "</script><b>|x|`\"'&"
LLAMA = StudiedModel("tiny-llama", "an organism, trained in this run", True)
METHODS = ("ig", "sig", "amig")


def read(text):
    """The text outside tags, with one blank between words."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def seen(text):
    """The text outside tags and folded parts, as a reader sees it first."""
    return read(re.sub(r"<details>.*?</details>", "", text, flags=re.S))


def folded(text, summary):
    """One folded part."""
    return read(re.search(rf"<details><summary>{summary}.*?</details>", text, re.S)[0])


def claim_table(text):
    """The table of claims: lines of cells, the first of them the head."""
    table = re.search(r'<table class="claims">.*?</table>', text, re.S)[0]
    lines = re.findall(r"<tr>.*?</tr>", table, re.S)
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line, re.S) for line in lines]


def opened(text):
    """What the buttons of a page open, in their order."""
    return [html.unescape(path) for path in re.findall(r'data-opens="(.*?)"', text)]


def n_words(text):
    return len(re.findall(r"[^\W\d]{2,}", text))


def test_it_says_what_was_asked_and_what_organisms_are():
    text = seen(front())
    assert "One fact can be asked in many wordings" in text
    assert "inconsistent (K_I) if each wording has its own" in text
    assert "A verdict on an organism is a verdict on an organism: this toy model was" in text
    assert "these toy models were trained" in seen(front([ORGANISM, LLAMA]))
    assert "tiny-gpt2 was trained" in seen(front([ORGANISM, CHECKPOINT]))


def test_a_checkpoint_is_no_organism():
    text = front([CHECKPOINT])
    assert "organism" not in read(text)
    assert "some/gpt2 at revision abc" in folded(text, "What this run was")


def test_hostile_names_are_shown_as_text():
    config = copy.deepcopy(SHIPPED)
    config["dataset"]["csv"] = HOSTILE
    text = front([StudiedModel(HOSTILE, HOSTILE, True)], config=config)
    assert "<script" not in text
    assert "</script" not in text
    assert "<b>" not in text
    assert [html.unescape(cell) for cell in claim_table(text)[0][2:]] == [
        "found [95\N{NO-BREAK SPACE}%]",
        "points\N{NO-BREAK SPACE}as<br>claimed?",
        "n",
        "verdict",
    ]
    assert f"dataset.csv {HOSTILE} data/facts.csv" in folded(text, "What this run was").replace(
        "…/", ""
    )


def test_no_script_and_no_request_and_all_tags_are_closed():
    class Checked(html.parser.HTMLParser):
        def __init__(self):
            super().__init__()
            self.open = []

        def handle_starttag(self, tag, attrs):
            if tag != "br":
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    text = front([ORGANISM, LLAMA], methods=METHODS)
    checked = Checked()
    checked.feed(text)
    assert checked.open == []
    assert "<script" not in text
    assert "http" not in text


@pytest.mark.parametrize("models", [[ORGANISM], [ORGANISM, LLAMA]])
def test_it_is_read_in_two_minutes(models):
    assert 200 < n_words(seen(front(models, methods=METHODS))) <= 350


def test_verdicts_are_said_first_and_every_claim_is_a_row():
    text = front()
    assert "On tiny-gpt2, 11 of 11 claims are supported." in seen(text)
    head, *lines = claim_table(text)
    assert [read(cell) for cell in head] == [
        "#",
        "claim",
        "found [95 %]",
        "points as claimed?",
        "n",
        "verdict",
    ]
    for line, (claim, name) in zip(lines, CLAIM_NAME.items(), strict=True):
        assert read(line[0]) == claim
        assert read(line[1]).startswith(name)
        assert [read(cell) for cell in line[3:]] == ["yes", "40", f"{claim}: ✓ supported"]
    assert read(lines[0][1]).endswith("below claims.adjusted_level: > 0.20 of facts")
    assert read(lines[0][2]) == "0.40 [0.38, 0.42]"


def test_several_models_are_a_column_each_and_the_estimate_is_that_of_the_first():
    tables = {"tiny-gpt2": claims.found(-1.0), "tiny-llama": claims.found()}
    text = front([ORGANISM, LLAMA], tables)
    said = (
        "On tiny-gpt2, 1 of 11 claims is supported, 10 not supported; on tiny-llama, 11 supported."
    )
    assert said in seen(text)
    head, first, *_ = claim_table(text)
    assert [read(cell) for cell in head[5:]] == ["tiny-gpt2", "tiny-llama"]
    assert [read(cell) for cell in first[2:]] == [
        "0.10 [0.08, 0.12]",
        "no",
        "40",
        "1: ✗ not supported",
        "1: ✓ supported n = 40",
    ]


def test_more_than_four_models_are_counted():
    models = [StudiedModel(f"m{i}", "", False) for i in range(6)]
    tables = {model.name: claims.found(-1.0 if i < 2 else 1.0) for i, model in enumerate(models)}
    text = front(models, tables)
    head, first, *_ = claim_table(text)
    assert [read(cell) for cell in head[5:]] == ["verdicts of 6 models"]
    assert read(first[5]) == "1: 4 ✓ supported, 2 ✗ not supported"
    assert "On 6 models, 46 of 66 verdicts are supported, 20 not supported." in seen(text)
    assert opened(text)[0] == "tables/claims.html"
    assert "Why claims are" not in text


def test_claims_are_those_of_the_first_method_and_of_all():
    text = front(methods=METHODS)
    assert len(claim_table(text)) == 1 + len(CLAIM_NAME)
    assert "11 of 11 claims" in seen(text)
    assert "By IG. ?:" in seen(text)
    assert "By IG" not in seen(front())
    assert "methods IG, SIG, AMIG" in folded(text, "What this run was")


def test_a_verdict_opens_the_chapter_of_its_model_at_the_claim():
    text = front([ORGANISM, LLAMA])
    assert opened(text)[: 2 * len(CHAPTER)] == [
        f"chapters/{model}/{chapter}.html#claim-{claim}"
        for claim, chapter in CHAPTER.items()
        for model in ("tiny-gpt2", "tiny-llama")
    ]


def test_buttons_open_the_figure_the_explorer_the_funnel_and_the_checks():
    assert opened(front())[len(CHAPTER) :] == [
        "figures/claims.svg",
        "explorer.html",
        "chapters/tiny-gpt2/know.html#funnel",
        "chapters/tiny-gpt2/trust.html#checks",
        "tables/provenance.html",
        "tables/stage_costs.html",
    ]


def test_a_verdict_that_ten_at_once_change_has_a_star_that_is_explained():
    tables = claims.replaced(
        claims.found(), "agreements", "simultaneous_ci_low", -0.01, criterion="otsu"
    )
    text = front(claimed=tables)
    marked = {read(line[0]): read(line[5]) for line in claim_table(text) if "*" in line[5]}
    assert marked == {"2": "2: ✓ supported*"}
    assert "A star marks" in folded(text, "How to read")
    assert "A star marks" not in front()


@pytest.mark.parametrize("tables", [claims.found(), claims.found(-1.0), claims.nothing()])
def test_nothing_impossible_is_printed(tables):
    assert (
        impossible(front([ORGANISM, LLAMA], dict.fromkeys(("tiny-gpt2", "tiny-llama"), tables)))
        == []
    )


def test_of_nothing_every_claim_was_not_tested_and_says_why():
    text = front(claimed=claims.nothing())
    assert "0 of 11 claims are supported, 11 not tested" in seen(text)
    for line in claim_table(text)[1:]:
        assert "not measured" in read(line[2])
        assert read(line[4]) == "none"
    why = folded(text, "How to read")
    for claim in CLAIM_NAME:
        assert f"tiny-gpt2, {claim} (– not tested): " in why


def test_what_is_undecided_comes_with_what_could_have_been_seen():
    tables = claims.found()
    for end in ("ci_low", "simultaneous_ci_low"):
        tables = claims.replaced(tables, "agreements", end, -0.25, criterion="otsu")
    why = folded(front(claimed=tables), "How to read")
    assert re.search(
        r"tiny-gpt2, 2 \(\? undecided\): .*with 40 facts, differences under \d\.\d+ stay undecided",
        why,
    )
    assert "Why claims are" not in front()


def test_a_study_without_edits_still_has_every_claim():
    tables = dataclasses.replace(claims.found(), edits=None, edit_comparisons=None, synapses=None)
    lines = claim_table(front(claimed=tables))[1:]
    untested = [read(line[0]) for line in lines if "not tested" in line[5]]
    assert untested == ["4", "5", "7", "8", "9", "10"]


def test_settings_of_its_own_are_told_with_both_values():
    config = copy.deepcopy(SHIPPED)
    config["consistency"]["static_threshold"] = 0.25
    text = folded(front(config=config), "What this run was")
    assert "consistency.static_threshold 0.25 0.1" in text
    assert "All settings are those shipped." in front()


def test_the_methods_paragraph_and_the_versions_are_folded():
    text = front(methods=METHODS)
    assert "sequential integrated gradients" in folded(text, "A methods paragraph")
    versions = folded(text, "Software versions, hardware, time")
    assert "qloc 0.1.0, Python 3.11.7" in versions
    assert "A Processor" in versions
    assert "25 minutes" in versions
