"""Captions as parts of a page: the texts of Snakemake's report, with the study's own settings."""

import jinja2
import pytest
import yaml
from docutils.utils import SystemMessage

from qloc.chapters.captions import caption
from qloc.chapters.contents import CHAPTERS, Figure


def test_marks_become_html_and_settings_are_live():
    text = (
        "Of ``{{ snakemake.wildcards.model }}`` by {{ snakemake.wildcards.method|upper }}.\n"
        "*So*: {{ snakemake.config['seed'] }} < 5."
    )
    drawn, reading = caption(text, "tiny", "sig", {"seed": 3})
    assert "tiny" in drawn
    assert "by SIG." in drawn
    assert reading == "<p><em>So</em>: 3 &lt; 5.</p>"


def test_a_setting_that_is_not_told_is_no_blank():
    with pytest.raises(jinja2.UndefinedError):
        caption("{{ snakemake.config['seed'] + 1 }}", "tiny", "ig", {})


def test_broken_marks_are_no_box_on_the_page():
    with pytest.raises(SystemMessage):
        caption("*never ended", "tiny", "ig", {})


def test_raw_html_and_files_stay_out():
    with pytest.raises(SystemMessage):
        caption(".. raw:: html\n\n   <script>", "tiny", "ig", {})


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_tells_all_settings_that_its_captions_speak_of(request, chapter):
    root = request.config.rootpath
    config = yaml.safe_load((root / "config.yaml").read_text(encoding="utf-8"))
    told = {key: config[key] for key in CHAPTERS[chapter].settings}
    figures = [part for part in CHAPTERS[chapter].parts if isinstance(part, Figure)]
    assert figures
    for figure in figures:
        path = root / f"reports/captions/figures/{figure.name}.rst"
        found = caption(path.read_text(encoding="utf-8"), "tiny-gpt2-seed0", "ig", told)
        assert all(part.startswith("<p>") for part in found), figure.name
        assert not any("{{" in part for part in found)


def test_the_first_line_of_every_caption_is_whole(request):
    root = request.config.rootpath
    config = yaml.safe_load((root / "config.yaml").read_text(encoding="utf-8"))
    paths = sorted((root / "reports/captions/figures").glob("*.rst"))
    assert paths
    for path in paths:
        text = path.read_text(encoding="utf-8").replace("snakemake.params.", "snakemake.wildcards.")
        drawn, _ = caption(text, "tiny-gpt2-seed0", "ig", config)
        assert drawn.endswith(".</p>"), path.name
