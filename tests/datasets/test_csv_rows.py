"""A user's rows are collected into facts and templates, and refused with their line."""

import pytest

from qloc.datasets.csv_rows import check_file, read_relation
from qloc.errors import StudyError

HEADER = "relation,subject,object,template\n"
ROWS = HEADER + (
    "town,Lyon,France,[X] lies in [Y]\n"
    "river,Rhine,Germany,[X] flows through [Y]\n"
    'town,Lyon,France,"[X], a town in [Y]"\n'
    'town,Bonn,Germany,"[X], a town in [Y]"\n'
    "town, Lyon ,France,[X] lies in [Y]\n"
)


@pytest.fixture
def write(tmp_path):
    def write_text(text, encoding="utf-8"):
        path = tmp_path / "rows.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write_text


def test_a_fact_is_asked_only_through_the_templates_its_rows_name(write):
    relation = read_relation("town", write(ROWS))
    assert [pattern.text for pattern in relation.patterns] == [
        "[X] lies in [Y]",
        "[X], a town in [Y]",
    ]
    assert [(f.number, f.subject, f.object, f.templates) for f in relation.facts] == [
        (1, "Lyon", "France", (0, 1)),
        (4, "Bonn", "Germany", (1,)),
    ]


def test_a_subject_with_two_objects_is_two_facts(write):
    rows = HEADER + "town,Lyon,France,[X] in [Y]\ntown,Lyon,Europe,[X] in [Y]\n"
    assert len(read_relation("town", write(rows)).facts) == 2


def test_columns_may_stand_in_any_order_beside_others(write):
    rows = "note,template,object,subject,relation,\nmine,[X] in [Y],France,Lyon,town,\n"
    (fact,) = read_relation("town", write(rows)).facts
    assert (fact.subject, fact.object) == ("Lyon", "France")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (HEADER, "a header but no row"),
        (
            "relation;subject;object;template\ntown;Lyon;France;[X] [Y]\n",
            "line 1: no column relation or subject or object or template; found relation;subject",
        ),
        ("relation,subject,object\ntown,Lyon,France\n", "line 1: no column template; found"),
        (ROWS + "town,Paris,,[X] in [Y]\n", "line 7: no object"),
        (ROWS + "\ntown,Paris,France\n", "line 8: no template"),
        (ROWS + "town,Paris,France,[X], in [Y]\n", "line 7: more cells than columns"),
        (ROWS + "town,Paris,France,in [Y]\n", r"line 7: .*has no \[X\]"),
        (ROWS + "town,Paris,France,[X] in\n", r"line 7: .*has no \[Y\]"),
        (ROWS + 'town,Paris,France,"[X] in [Y]\n', "line 7: this is not CSV"),
        (ROWS + 'town,"Paris" x,France,[X] in [Y]\n', "line 7: this is not CSV"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(write, text, message):
    path = write(text)
    with pytest.raises(StudyError, match=f"{path}.*{message}"):
        check_file(path, ["town"])


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_refused(write, encoding):
    with pytest.raises(StudyError, match=r"not UTF-8.*Save the file as UTF-8"):
        check_file(write(ROWS.replace("Bonn", "Malm\u00f6"), encoding), ["town"])


def test_a_file_saved_by_a_spreadsheet_with_a_byte_order_mark_is_read(write):
    check_file(write(ROWS, "utf-8-sig"), ["town", "river"])


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(StudyError, match=r"gone.csv cannot be read \(No such file"):
        check_file(tmp_path / "gone.csv", ["town"])


def test_an_unknown_relation_is_refused_with_the_known_ones(write):
    with pytest.raises(
        StudyError, match=r"lists `towns`.*Did you mean `town`\? It has river, town"
    ):
        check_file(write(ROWS), ["river", "towns"])
