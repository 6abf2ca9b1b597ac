"""ParaRel's files are found, read with their quirks, and refused with file and line."""

import subprocess
import sys

import pytest

from qloc.datasets.pararel import check_files, locate, read_relation
from qloc.errors import StudyError

FACTS = [("Lyon", "France"), ("Bonn", "Germany")]
PATTERNS = ["[X] lies in [Y] .", "[Y] has the town [X]."]


def test_a_relation_is_read_as_its_files_say(write_relation):
    relation = read_relation("P7", *write_relation(FACTS, PATTERNS))
    assert [(p.template, p.text) for p in relation.patterns] == list(enumerate(PATTERNS))
    assert [(f.number, f.subject, f.object) for f in relation.facts] == [
        (0, "Lyon", "France"),
        (1, "Bonn", "Germany"),
    ]
    assert {fact.templates for fact in relation.facts} == {(0, 1)}


def test_numbers_are_lines_also_after_a_blank_line(write_relation):
    facts, patterns = write_relation(FACTS, PATTERNS)
    first, second, _ = facts.read_text().split("\n")
    facts.write_text(f"{first}\n\n{second}\n")
    assert [fact.number for fact in read_relation("P7", facts, patterns).facts] == [0, 2]


def test_byte_order_mark_windows_line_ends_and_line_separators_are_no_obstacle(write_relation):
    facts, patterns = write_relation(FACTS, PATTERNS)
    facts.write_bytes(
        b"\xef\xbb\xbf"
        + '{"sub_label": "Bor\u2028deaux", "obj_label": "Gironde"}\r\n'.encode()
        + '{"sub_label": "Malm\u00f6", "obj_label": "Sweden"}'.encode()
    )
    found = read_relation("P7", facts, patterns).facts
    assert [fact.subject for fact in found] == ["Bor\u2028deaux", "Malm\u00f6"]


@pytest.mark.parametrize(
    ("kind", "line", "message"),
    [
        ("facts", '{"sub_label": "Bonn",', "not a JSON object"),
        ("facts", '"Bonn"', "expected a JSON object"),
        ("facts", '{"sub_label": "Bonn"}', "`obj_label` is missing; found `sub_label`"),
        ("facts", '{"sub_label": " ", "obj_label": "Germany"}', "`sub_label` is ' '"),
        ("facts", '{"sub_label": "Bonn", "obj_label": null}', "`obj_label` is None"),
        ("patterns", '{"pattern": "Bonn lies in [Y]"}', r"has no \[X\]"),
        ("patterns", '{"pattern": "[X] lies in"}', r"has no \[Y\]"),
        ("patterns", '{"pattern": "[X]: [Y], [Y]"}', r"has \[Y\] 2 times"),
    ],
)
def test_a_bad_line_is_refused_with_file_and_line(write_relation, kind, line, message):
    files = dict(zip(("facts", "patterns"), write_relation(FACTS, PATTERNS), strict=True))
    with files[kind].open("a") as file:
        file.write(line)
    with pytest.raises(StudyError, match=f"{files[kind]}, line 3: .*{message}"):
        check_files(files["facts"], files["patterns"])


@pytest.mark.parametrize("kind", ["facts", "patterns"])
@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_refused(write_relation, kind, content):
    files = dict(zip(("facts", "patterns"), write_relation(FACTS, PATTERNS), strict=True))
    files[kind].write_text(content)
    with pytest.raises(StudyError, match=f"{files[kind]} is empty"):
        check_files(files["facts"], files["patterns"])


def test_another_encoding_is_refused_with_its_line(write_relation):
    facts, patterns = write_relation(FACTS, PATTERNS)
    facts.write_bytes(
        facts.read_bytes() + '{"sub_label": "Malm\u00f6", "obj_label": "S"}'.encode("latin-1")
    )
    with pytest.raises(StudyError, match=r"line 3: this is not UTF-8 text \(byte 0xf6\)"):
        check_files(facts, patterns)


@pytest.mark.parametrize(
    "folders",
    [
        ("facts", "patterns"),
        ("data/trex_lms_vocab", "data/pattern_data/graphs_json"),
        ("trex_lms_vocab", "pattern_data/graphs_json"),
    ],
)
def test_a_relation_is_found_in_a_folder_and_in_a_checkout(tmp_path, folders):
    expected = tuple(tmp_path / folder / "P7.jsonl" for folder in folders)
    for path in expected:
        path.parent.mkdir(parents=True)
        path.touch()
    assert locate(tmp_path, "P7") == expected


def test_an_unknown_relation_is_refused_with_the_known_ones(tmp_path, write_relation):
    for relation in ("P36", "P37"):
        write_relation(FACTS, PATTERNS, relation)
    with pytest.raises(StudyError, match=r"lists `P367`.*Did you mean `P3\d`\?.* P36, P37\."):
        locate(tmp_path, "P367")


def test_a_relation_without_patterns_is_refused(tmp_path, write_relation):
    _, patterns = write_relation(FACTS, PATTERNS, "P31")
    patterns.unlink()
    with pytest.raises(StudyError, match=f"but {patterns} is missing.* no relation"):
        locate(tmp_path, "P31")


def test_a_missing_folder_and_one_without_pararel_are_refused(tmp_path):
    with pytest.raises(StudyError, match="there is no such folder"):
        locate(tmp_path / "elsewhere", "P7")
    with pytest.raises(StudyError, match="no ParaRel was found there"):
        locate(tmp_path, "P7")


def test_checking_needs_only_the_standard_library():
    code = (
        "import sys, qloc.datasets.pararel, qloc.datasets.csv_rows, qloc.datasets.texts,"
        " qloc.datasets.registry;"
        " assert not {'numpy', 'pandas', 'pyarrow', 'pooch', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_half_letters_and_endless_brackets_are_refused_with_their_line(write_relation):
    facts, patterns = write_relation(FACTS, PATTERNS)
    facts.write_text('{"sub_label": "a\\ud800b", "obj_label": "France"}\n')
    with pytest.raises(StudyError, match=r"line 1: `sub_label` holds half of a letter"):
        check_files(facts, patterns)
    facts.write_text("[" * 100_000 + "\n")
    with pytest.raises(StudyError, match=r"line 1: brackets are nested too deeply"):
        check_files(facts, patterns)
