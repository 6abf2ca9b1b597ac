"""`count-funnel` joins filter steps, answers and scores into one table."""

import pandas as pd
import pytest
from click.testing import CliRunner

from qloc.cli import main
from qloc.contracts.answers import ANSWERS
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.filter_steps import FILTER_STEPS
from qloc.contracts.funnels import FUNNELS
from qloc.tables import empty, read_table, write_table

ASKED = {
    "problem": None,
    "was_trained": None,
    "n_prompt_tokens": 4,
    "n_answer_tokens": 1,
    "answer_token": 7,
    "is_first_token_shared": False,
    "answer_probability": 0.75,
    "answer_rank": 1,
    "is_known": True,
    "is_studied": True,
}
SCORED = {"relation": "P7", "n_queries": 2, "n_final_words": 1, "n_queries_without_neurons": 0}


def steps(relation, counts):
    """Filter steps with these patterns and facts, every fact asked through every pattern."""
    rows = pd.DataFrame(counts, columns=["n_patterns", "n_facts"])
    rows["n_queries"] = rows["n_patterns"] * rows["n_facts"]
    for thing in ("patterns", "facts", "queries"):
        rows[f"n_{thing}_dropped"] = -rows[f"n_{thing}"].diff().fillna(0).astype(int)
    return rows.assign(
        relation=relation,
        step=range(len(rows)),
        reason=["read", "too_few_patterns"],
        n_ambiguous_subjects=rows["n_facts"],
        n_answers_in_subject=0,
    )


@pytest.fixture
def files(tmp_path):
    """P7 with 2 facts through 2 patterns, one fact defined; P8 dropped."""
    ids = [(f"P7/0000{fact}", template) for fact in range(2) for template in range(2)]
    answers = pd.DataFrame(ids, columns=["fact_id", "template"]).assign(relation="P7", **ASKED)
    answers["query_id"] = [f"{fact}/{template:02d}" for fact, template in ids]
    scores = pd.DataFrame({"fact_id": ["P7/00000", "P7/00001"], "consistency_score": [0.5, None]})
    scores = scores.assign(**SCORED, n_neurons_any=4, n_neurons_shared=2)
    scores = scores.assign(mean_answer_probability=0.75)
    scores = scores.reindex(columns=CONSISTENCY_SCORES.names)
    parts = {
        "steps_P7": (FILTER_STEPS, steps("P7", [(2, 2), (2, 2)])),
        "steps_P8": (FILTER_STEPS, steps("P8", [(1, 6), (0, 0)])),
        "answers_P7": (ANSWERS, answers),
        "answers_P8": (ANSWERS, empty(ANSWERS)),
        "scores": (CONSISTENCY_SCORES, scores),
    }
    for name, (table, rows) in parts.items():
        write_table(table, rows, tmp_path / f"{name}.parquet")
    return {name: tmp_path / f"{name}.parquet" for name in parts}


def test_the_funnel_reaches_from_the_files_to_a_consistency_score(files, tmp_path):
    options = {
        "--filter-steps": f"{files['steps_P7']} {files['steps_P8']}",
        "--answers": f"{files['answers_P7']} {files['answers_P8']}",
        "--scores": files["scores"],
        "--known-only": "true",
        "--funnel": tmp_path / "funnel.parquet",
    }
    flat = [str(part) for pair in options.items() for part in pair]
    result = CliRunner().invoke(main, ["count-funnel", *flat])
    assert result.exit_code == 0, result.output
    funnel = read_table(FUNNELS, tmp_path / "funnel.parquet")
    overall = funnel[funnel["relation"] == "all"].set_index("reason")
    assert overall["n_relations"].tolist() == [2, 1, 1, 1, 1, 1, 1]
    assert overall["n_facts"].tolist() == [8, 2, 2, 2, 2, 2, 1]
    assert overall["n_queries"].tolist() == [10, 4, 4, 4, 4, 4, 2]
    assert overall["n_ambiguous_subjects"].dropna().tolist() == [8, 2]
    assert overall["n_ambiguous_subjects"].isna().sum() == 5


def test_a_study_without_any_fact_left_is_refused_by_its_last_step(files, tmp_path):
    scores = read_table(CONSISTENCY_SCORES, files["scores"])
    nothing = scores.assign(consistency_score=None)
    write_table(CONSISTENCY_SCORES, nothing, files["scores"])
    paths = {name: str(path) for name, path in files.items()}
    options = [
        *("--filter-steps", f"{paths['steps_P7']} {paths['steps_P8']}"),
        *("--answers", f"{paths['answers_P7']} {paths['answers_P8']}"),
        *("--scores", paths["scores"], "--known-only", "true"),
        *("--funnel", str(tmp_path / "funnel.parquet")),
    ]
    result = CliRunner().invoke(main, ["count-funnel", *options])
    assert result.exit_code == 1
    assert "No fact of any relation (P7, P8)" in result.output
    assert "the last 2 were dropped at the step `undefined_consistency_score`" in result.output
    assert not (tmp_path / "funnel.parquet").exists()
