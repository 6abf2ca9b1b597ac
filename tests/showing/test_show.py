"""`qloc show`: tables of a run in the terminal."""

import io

import pandas as pd
import pytest
from tests.conftest import contract

from qloc.tables import read_placed_tables


def rows_of(text: str) -> list[str]:
    """The first lines that are indented by two, which are rows and the line above them."""
    first, *_ = text.split("Columns\n")
    return [line for line in first.splitlines() if line.startswith("  ")]


def test_without_a_table_all_are_listed_with_their_rows(show, study):
    result = show()
    assert result.exit_code == 0
    n_rows = len(study["facts"])
    assert f"facts                     {n_rows} rows\n" in result.stdout
    n_scores = 4 * len(study["consistency_scores"])
    assert f"consistency_scores        {n_scores} rows\n" in result.stdout
    absent = " ".join(result.stdout.partition("Not made")[2].split())
    assert "knowledge_neurons" in absent
    assert " facts," not in absent
    assert "Next: `qloc show TABLE`" in result.stderr


def test_a_table_shows_its_first_rows_its_columns_and_how_many_there_are(show, study):
    result = show("facts", "--rows", "3")
    assert result.exit_code == 0
    header, *rows, more = rows_of(result.stdout)[:5]
    assert header.split()[:3] == ["fact_id", "relation", "subject"]
    ordered = study["facts"].sort_values("fact_id")
    assert [row.split()[0] for row in rows] == ordered["fact_id"].head(3).tolist()
    assert more == f"  … {len(ordered) - 3} more"
    assert "is_ambiguous_subject (bool): the subject has several objects" in result.stdout
    assert "Next: --csv" in result.stderr


def test_a_wide_table_keeps_to_80_columns_and_names_what_has_no_room(show):
    text = show("consistency_scores").stdout
    assert max(map(len, text.splitlines())) <= 80
    first, _, _ = text.partition("Columns\n")
    assert "No room for: " in first
    assert "adjusted_consistency_score" in first.partition("No room for: ")[2]


def test_one_row_is_shown_with_all_columns_one_below_another(show, study):
    text = show("answers", "--fact", "P1/00000/00").stdout
    (answer,) = study["answers"].query("query_id == 'P1/00000/00'").to_dict("records")
    first, _, _ = text.partition("Columns")
    shown = dict(line.split(maxsplit=1) for line in first.splitlines() if line.startswith("  "))
    assert set(shown) == {"model", *answer}
    assert shown["is_studied"] == str(answer["is_studied"]).lower()
    assert shown["problem"].startswith("– (none")
    assert shown["answer_probability"].endswith(" (probability)")


@pytest.mark.parametrize("name", ["id", "subject", "SUBJECT"])
def test_rows_of_one_fact_by_its_id_or_its_subject(show, study, name):
    fact = study["facts"].iloc[4]
    asked = {
        "id": fact["fact_id"],
        "subject": fact["subject"],
        "SUBJECT": fact["subject"].upper(),
    }[name]
    result = show("answers", "--fact", asked, "--csv")
    found = pd.read_csv(io.StringIO(result.stdout))
    expected = study["answers"].query("fact_id == @fact.fact_id")
    assert found["query_id"].tolist() == expected["query_id"].tolist()


def test_csv_is_all_rows_of_all_files_and_nothing_else(show, run_folder):
    result = show("consistency_scores", "--csv")
    found = pd.read_csv(io.StringIO(result.stdout), dtype={"model": "str"})
    table = contract("consistency_scores")
    paths = sorted((run_folder / "results/consistency_scores").rglob("*.parquet"))
    expected = read_placed_tables(table, paths)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert "Next: " in result.stderr


def test_rows_are_those_of_the_model_and_method_that_are_asked_for(show, study):
    options = ("--model", "tiny-llama", "--method", "sig")
    found = pd.read_csv(io.StringIO(show("consistency_scores", *options, "--csv").stdout))
    assert len(found) == len(study["consistency_scores"])
    assert set(found["model"] + " " + found["method"]) == {"tiny-llama sig"}
    text = show("consistency_scores", *options).stdout
    assert "model tiny-llama, method sig" in text
    assert f"{len(found)} rows in 1 file" in text


def test_some_rows_as_csv(show):
    found = pd.read_csv(io.StringIO(show("facts", "--csv", "--rows", "2").stdout))
    assert len(found) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("clams",), "There is no table `clams`. Did you mean `claims`?"),
        (("edits",), "has no table `edits`"),
        (("facts", "--model", "gpt2"), "No row of `facts` is of one model. Leave out --model."),
        (("answers", "--model", "tiny-gpt"), "Did you mean `tiny-gpt2`? It has tiny-gpt2."),
        (("claims", "--method", "amig"), "`claims` has no method `amig`"),
        (("claims", "--fact", "P1/00000"), "No row of `claims` is of one fact."),
        (("facts", "--fact", "Atlantis"), "No fact of . has the id or the subject `Atlantis`."),
        (("--run", "gone"), "gone does not exist."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_not_there_is_refused_in_one_sentence(show, options, said):
    result = show(*options)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "options", [("--rows", "3"), ("--csv",), ("facts", "--brief"), ("claims", "--brief", "--csv")]
)
def test_options_that_do_not_go_together_are_a_wrong_use(show, options):
    assert show(*options).exit_code == 2


def test_nothing_in_a_table_steers_the_terminal(show, study, run_folder):
    facts = study["facts"]
    facts.loc[0, "subject"] = "\x1b[2J\u202e| \x07x"
    study.tables["facts"] = facts
    study.write_by_relation(run_folder, "facts")
    text = show("facts").stdout
    assert not {"\x1b", "\u202e", "\x07"} & set(text)
    assert "�[2J�| �x" in text


def test_a_fact_without_rows_is_said_to_have_none(show, study, run_folder):
    fact = study["facts"]["fact_id"].iloc[0]
    study.tables["answers"] = study["answers"].query("fact_id != @fact")
    study.write_by_relation(run_folder, "answers")
    assert "the table has none" in show("answers", "--fact", fact).stdout


def test_a_fact_whose_relation_is_not_made_yet_is_refused(show, study, run_folder):
    fact = study["facts"]["fact_id"].iloc[0]
    relation = fact.partition("/")[0]
    (path,) = (run_folder / "results/answers").rglob(f"{relation}.parquet")
    path.unlink()
    result = show("answers", "--fact", fact, "--csv")
    assert result.exit_code == 1
    assert f"has not made `answers` for the relation of {fact} yet" in result.stderr


def test_values_stand_apart_from_names_however_long(show, study):
    first, _, _ = show("consistency_scores", "--rows", "1").stdout.partition("Columns")
    for name in study["consistency_scores"]:
        assert f"\n  {name}  " in first
