"""Texts are read as clean paragraphs."""

import pytest

from qloc.datasets.texts import check_file, read_paragraphs
from qloc.errors import StudyError

WIKITEXT = """ \n = Homarus gammarus = \n \n A species of <unk> lobster , 1 @,@ 234 or 5 @,@ <unk> .
 = = Description = = \n The well @-@ known claw is 2 @.@ 5 cm = 1 in .\n <unk> \n"""


def test_headings_signs_and_unknown_words_of_wikitext_are_cleaned(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(WIKITEXT)
    assert read_paragraphs(path) == [
        "A species of lobster , 1,234 or .",
        "The well-known claw is 2.5 cm = 1 in .",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b" \n", "is empty"), (b" = A = \n = = B = = \n", "headings only"), (b"caf\xe9", "UTF-8")],
)
def test_a_text_without_paragraphs_is_refused(tmp_path, content, message):
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=message):
        check_file(path)


@pytest.mark.parametrize("name", ["valid", "test"])
def test_the_real_wikitext_leaves_no_mark_behind(data_folder, name):
    paragraphs = read_paragraphs(data_folder / "wikitext-2" / f"{name}.txt")
    text = "\n".join(paragraphs)
    assert not any(mark in text for mark in ("<unk>", "@-@", "@,@", "@.@"))
    assert len(paragraphs) > 1_800
