"""`filter-facts` writes facts, queries and steps of one relation, or refuses."""

import json

import pytest
from click.testing import CliRunner

from qloc.cli import main
from qloc.contracts.facts import FACTS
from qloc.contracts.filter_steps import FILTER_STEPS
from qloc.contracts.queries import QUERIES
from qloc.tables import read_table

PATTERNS = ["[X] lies in [Y] .", "[Y] has [X]", "[X], a town in [Y]"]


@pytest.fixture
def source(tmp_path):
    """The facts and patterns of a relation with 12 facts, one of them its own answer."""
    facts = [{"sub_label": f"town {n}", "obj_label": f"land {n % 5}"} for n in range(11)]
    facts.append({"sub_label": "Oslo City", "obj_label": "oslo"})
    paths = tmp_path / "facts.jsonl", tmp_path / "patterns.jsonl"
    for path, rows in zip(paths, (facts, [{"pattern": p} for p in PATTERNS]), strict=True):
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return paths


@pytest.fixture
def run(tmp_path):
    def invoke(files, file_format="pararel", folder="out", **changes):
        written = {n: tmp_path / folder / f"{n}.parquet" for n in ("facts", "queries", "steps")}
        options = {
            "relation": "P7",
            "format": file_format,
            "source-files": " ".join(map(str, files)),
            "patterns": "final_object",
            "min-templates": 2,
            "exclude": "",
            "facts-per-relation": "all",
            "seed": 5,
            **{name.replace("_", "-"): value for name, value in changes.items()},
            **written,
        }
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        return CliRunner().invoke(main, ["filter-facts", *arguments]), written

    return invoke


def test_a_relation_is_written_as_facts_queries_and_steps(run, source):
    result, paths = run(source, exclude="answer_in_subject", facts_per_relation=4)
    assert result.exit_code == 0, result.output
    facts = read_table(FACTS, paths["facts"])
    queries = read_table(QUERIES, paths["queries"])
    steps = read_table(FILTER_STEPS, paths["steps"])
    assert len(facts) == 4
    assert len(queries) == 8
    assert set(queries["fact_id"]) == set(facts["fact_id"])
    assert set(queries["template"]) == {0, 2}
    assert "Oslo City" not in set(facts["subject"])
    assert steps["reason"].tolist()[-2:] == ["answer_in_subject", "not_sampled"]
    assert steps["n_facts"].tolist()[-3:] == [12, 11, 4]


def test_two_runs_write_the_same_bytes(run, source):
    _, first = run(source, folder="one", facts_per_relation=4)
    _, second = run(source, folder="two", facts_per_relation=4)
    assert [p.read_bytes() for p in first.values()] == [p.read_bytes() for p in second.values()]


def test_a_relation_left_with_no_facts_writes_empty_tables_and_says_where_they_went(run, source):
    result, paths = run(source, min_templates=3, facts_per_relation=4)
    assert result.exit_code == 0, result.output
    assert read_table(FACTS, paths["facts"]).empty
    assert read_table(QUERIES, paths["queries"]).empty
    steps = read_table(FILTER_STEPS, paths["steps"]).set_index("reason")
    assert steps.loc["too_few_patterns", "n_facts_dropped"] == 12
    assert steps.loc["not_sampled", "n_facts"] == 0


def test_rows_of_ones_own_are_asked_only_as_they_say(run, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(
        "relation,subject,object,template\n"
        "P7,Lyon,France,[X] lies in [Y]\n"
        "P7,Lyon,France,[X] is in [Y]\n"
        "P7,Bonn,Germany,[X] is in [Y]\n"
    )
    result, paths = run([path], "csv")
    assert result.exit_code == 0, result.output
    queries = read_table(QUERIES, paths["queries"])
    assert queries["query_id"].tolist() == ["P7/00001/00", "P7/00001/01", "P7/00003/01"]
    assert queries["prompt"].tolist() == ["Lyon lies in", "Lyon is in", "Bonn is in"]


def test_a_broken_line_is_refused_and_earlier_results_stay(run, source):
    _, paths = run(source)
    before = {path: path.read_bytes() for path in paths.values()}
    source[0].write_text('{"sub_label": "Bonn"\n')
    result, _ = run(source)
    assert result.exit_code == 1
    assert f"Error: {source[0]}, line 1: this is not a JSON object" in result.output
    assert {path: path.read_bytes() for path in paths.values()} == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"exclude": "ambiguous"}, "'ambiguous' is not among ambiguous_subject"),
        ({"facts_per_relation": "some"}, "'some' is neither `all` nor a whole number"),
        ({"facts_per_relation": "0"}, "'0' is neither"),
        ({"format": "csv"}, "takes 1 files"),
    ],
)
def test_options_that_make_no_sense_are_refused(run, source, changes, message):
    result, _ = run(source, **changes)
    assert result.exit_code == 2
    assert message in result.output
