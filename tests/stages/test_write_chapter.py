"""`write-chapter` puts one question on one page: what other stages found, and nothing else."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from tests import claims
from tests.printed import impossible

from qloc.chapters.contents import CHAPTERS
from qloc.contracts.provenance import PROVENANCE
from qloc.tables import read_table, write_table

ROOT = Path(__file__).parents[2]
MODEL = "tiny-gpt2"
RECORD = pd.DataFrame(
    [
        ("machine", "cores", "2", "as seen"),
        ("models", f"{MODEL}: weights", "1f3a", "SHA-256, revision none"),
        ("versions", "qloc", "0.1.0", "of this study"),
    ],
    columns=["topic", "item", "value", "note"],
)


@pytest.fixture
def write(study, run_stage, tmp_path):
    """A function that writes a chapter of a made-up study; the page."""

    def write(chapter, found=None, seed=0, folder=tmp_path):
        config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
        told = {key: config[key] for key in CHAPTERS[chapter].settings} | {"seed": seed}
        figure, numbers = folder / "funnel.svg", folder / "funnel.csv"
        funnel = study.write(folder, "funnels")
        run_stage("plot-funnel", funnel=funnel, figure=figure, numbers=numbers)
        record = folder / "results/provenance.parquet"
        write_table(PROVENANCE, RECORD, record)
        page = folder / f"{chapter}.html"
        run_stage(
            "write-chapter",
            chapter=chapter,
            model=MODEL,
            models=f"{MODEL} tiny-llama",
            claims=claims.written(folder, claims.claims(found or claims.found())),
            funnel=funnel,
            figures=figure,
            numbers=numbers,
            captions=ROOT / "reports/captions/figures/funnel.rst",
            tables="",
            record=f"{record} {study.write(folder, 'stage_costs')}" if chapter == "trust" else "",
            settings=json.dumps(told),
            page=page,
        )
        return page.read_text(encoding="utf-8")

    return write


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_is_whole_and_prints_nothing_impossible(write, chapter):
    contents, page = CHAPTERS[chapter], write(chapter)
    assert impossible(page) == []
    assert f"<h1>{contents.question}</h1>" in page
    assert f"Chapter {contents.number} of {len(CHAPTERS)} · about" in page
    assert "30 facts, 108 queries" in page
    assert all(f'id="claim-{claim}"' in page for claim in contents.claims)
    assert page.count("<li id=") == len(contents.claims)
    assert all(limit.split("'")[0] in page for limit in contents.limits)


def test_a_figure_stands_below_its_finding_with_caption_and_numbers(write):
    page = write("know")
    _, _, section = page.partition('<section id="funnel"')
    places = [
        section.index(part)
        for part in ("108 queries are left", "<svg", "What is left after each step", "<details>")
    ]
    assert places == sorted(places)
    assert 'role="img" aria-label="Of ' in section
    assert "<td" in section


@pytest.mark.slow
def test_a_changed_number_changes_the_page(write, study, tmp_path):
    before = write("know")
    last = study["funnels"]["step"].max()
    study["funnels"].loc[study["funnels"]["step"] == last, "n_queries"] -= 7
    after = write("know", folder=tmp_path / "changed")
    assert "30 facts, 108 queries" in before
    assert "30 facts, 101 queries" in after
    assert "108 queries" not in after


def test_what_was_not_tested_says_why(write):
    page = write("choice", claims.nothing())
    assert page.count("– not tested") == len(CHAPTERS["choice"].claims)
    assert "no preset" in page
    assert impossible(page) == []


@pytest.mark.slow
def test_whether_all_can_be_trusted_is_filled_by_the_run(write):
    page = write("trust", seed=77)
    assert "Study card" in page
    assert "77, from which every random choice follows" in page
    assert "qloc 0.1.0" in page
    assert "cores 2" in page
    assert "1f3a" in page
    assert "Study card" not in write("know")


@pytest.mark.slow
def test_the_same_tables_give_the_same_bytes(write, tmp_path):
    one = write("place")
    assert one == write("place", folder=tmp_path / "again").replace("/again/", "/")


def test_no_page_asks_the_network_or_runs_anything(write):
    page = write("trust")
    assert "<script" not in page
    assert "src=" not in page
    assert "@import" not in page


def test_claims_of_the_table_are_those_on_the_page(write, tmp_path):
    page = write("change", claims.found(-1.0))
    judged = read_table(claims.CLAIMS, tmp_path / f"results/claims/{MODEL}.parquet")
    wholes = judged[(judged["part"] == "whole") & judged["claim"].isin(["4", "5", "9", "10"])]
    assert page.count("✗ not supported") == (wholes["verdict"] == "not_supported").sum() > 0


def test_a_damaged_figure_is_named(write, study, run_stage, tmp_path):
    write("know")
    shutil.copy(tmp_path / "funnel.csv", tmp_path / "damaged.svg")
    with pytest.raises(AssertionError, match="does not say what it shows"):
        run_stage(
            "write-chapter",
            chapter="know",
            model=MODEL,
            models=MODEL,
            claims=tmp_path / f"results/claims/{MODEL}.parquet",
            funnel=study.write(tmp_path, "funnels"),
            figures=shutil.move(tmp_path / "damaged.svg", tmp_path / "funnel.svg"),
            numbers=tmp_path / "funnel.csv",
            captions=ROOT / "reports/captions/figures/funnel.rst",
            tables="",
            record="",
            settings=json.dumps({"methods": ["ig"]}),
            page=tmp_path / "again.html",
        )
