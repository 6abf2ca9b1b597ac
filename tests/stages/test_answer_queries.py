"""What a tiny model answers, through the command line."""

import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from click.testing import CliRunner
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

from qloc.cli import main
from qloc.contracts.answers import ANSWERS
from qloc.contracts.queries import QUERIES
from qloc.contracts.trained_queries import TRAINED_QUERIES
from qloc.models.language_model import open_model
from qloc.tables import empty, read_table, write_table


@pytest.fixture
def answer(pupil, school, tmp_path):
    """Run the stage on these queries; the table it wrote."""

    def invoke(queries=None, model=pupil, **changes):
        path = tmp_path / "asked.parquet"
        write_table(
            QUERIES, read_table(QUERIES, school.queries) if queries is None else queries, path
        )
        options = {
            "model": model,
            "queries": path,
            "candidates": "vocabulary",
            "answer-tokens": "first",
            "known-only": "true",
            "min-queries": 2,
            "threads": 1,
            "batch-size": 7,
            "answers": tmp_path / "answers.parquet",
            **{name.replace("_", "-"): value for name, value in changes.items()},
        }
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        result = CliRunner().invoke(main, ["answer-queries", *arguments])
        assert result.exit_code == 0, result.output
        return read_table(ANSWERS, options["answers"])

    return invoke


@pytest.fixture
def describe(pupil, tmp_path):
    """The tiny model as a checkpoint from elsewhere, perhaps with another tokenizer."""

    def invoke(tokenizer=None):
        folder = tmp_path / "elsewhere"
        shutil.copytree(pupil.parent, folder)
        if tokenizer is not None:
            other = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")
            other.save_pretrained(folder)
        path = tmp_path / "model.json"
        arguments = ["--name", "m", "--source", "folder", "--folder", str(folder),
                     "--hub-name", "", "--revision", "", "--manifest", str(path)]  # fmt: skip
        result = CliRunner().invoke(main, ["describe-checkpoint", *arguments])
        assert result.exit_code == 0, result.output
        return path

    return invoke


def test_answers_are_those_of_the_model_asked_one_by_one(answer, pupil, school):
    found = answer()
    queries = read_table(QUERIES, school.queries)
    assert found["query_id"].tolist() == queries["query_id"].tolist()
    model = open_model(pupil, threads=1)
    for row, query in zip(found.itertuples(), queries.itertuples(), strict=True):
        prompt = model.tokenizer.encode(query.prompt)
        token = model.tokenizer.encode(f"{query.prompt} {query.answer}")[len(prompt)]
        with torch.no_grad():
            logits = model.module(torch.tensor([prompt])).logits[0, -1].double()
        assert (row.n_prompt_tokens, row.n_answer_tokens) == (len(prompt), 1)
        assert row.answer_token == token
        expected = torch.softmax(logits, 0)[token].item()
        assert row.answer_probability == pytest.approx(expected, rel=1e-4)
        assert row.answer_rank == 1 + int((logits > logits[token]).sum())
        assert row.is_known == (row.answer_rank == 1)
    assert found["is_known"].sum() > 0


def test_the_order_of_queries_and_the_batch_size_change_no_more_than_rounding(answer, school):
    queries = read_table(QUERIES, school.queries)
    first = answer(queries)
    turned = answer(queries.iloc[::-1], batch_size=5)
    columns = [name for name in first if name != "answer_probability"]
    pd.testing.assert_frame_equal(first[columns], turned[columns])
    assert turned["answer_probability"].tolist() == pytest.approx(
        first["answer_probability"].tolist(), rel=1e-4
    )


def test_what_was_trained_is_what_training_says(answer, pupil):
    trained = read_table(TRAINED_QUERIES, pupil.parent / "trained_queries.parquet")
    found = answer()
    assert found["was_trained"].tolist() == trained["was_trained"].tolist()


def test_a_model_that_was_not_trained_here_has_no_trained_queries(answer, describe):
    assert answer(model=describe())["was_trained"].isna().all()


def test_a_fact_is_studied_with_enough_known_queries(answer):
    found = answer(min_queries=4)
    n_known = found.groupby("fact_id")["is_known"].transform("sum")
    assert (found["is_studied"] == (found["is_known"] & (n_known >= 4))).all()
    assert answer(min_queries=5)["is_studied"].sum() == 0


def test_unknown_queries_are_studied_if_the_study_says_so(answer, school):
    queries = read_table(QUERIES, school.queries)
    queries.loc[queries["fact_id"] == "P17/00000", "answer"] = "Nowhere"
    assert not answer(queries).loc[:3, "is_studied"].any()
    assert answer(queries, known_only="false")["is_studied"].all()


def test_among_objects_an_answer_needs_only_be_the_best_object(answer, school):
    queries = read_table(QUERIES, school.queries)
    queries["prompt"] = "Line 7 of a"
    queries["answer"] = ["text" if i % 2 else "Norway" for i in range(len(queries))]
    among_all, among_objects = answer(queries), answer(queries, candidates="objects")
    assert among_objects["is_known"].any()
    assert not among_objects["is_known"].all()
    best = among_objects.groupby("answer_token")["answer_probability"].mean()
    assert (among_objects["is_known"] == (among_objects["answer_token"] == best.idxmax())).all()
    assert (among_all["answer_rank"] == among_objects["answer_rank"]).all()


def test_queries_that_cannot_be_asked_are_named_and_not_studied(answer, school, describe):
    merges = [("o", " ")]
    words = ["<end>", *"Oslowrday NTheinfsWgtBLycRumFIp", "o "]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(words))}
    merging = Tokenizer(models.BPE(vocabulary, merges, unk_token="<end>"))
    queries = read_table(QUERIES, school.queries)
    queries.loc[0, "prompt"] = "os" * 70
    found = answer(queries, describe(merging), known_only="false")
    is_merged = queries["prompt"].str.endswith("o")
    assert is_merged.sum() == 6
    assert found["problem"][0] == "too_long"
    assert (found["problem"][is_merged] == "token_boundary").all()
    asked = found["problem"].isna()
    assert asked.sum() == len(found) - 7
    for name in ("answer_probability", "answer_rank"):
        assert (found[name].notna() == asked).all()
    assert (found["answer_token"].isna() == is_merged).all()
    assert (found["is_studied"] == asked).all()
    assert not found["is_known"][~asked].any()


def test_objects_that_begin_alike_are_flagged(answer, school):
    queries = read_table(QUERIES, school.queries)
    queries.loc[queries["fact_id"] == "P17/00000", "answer"] = "Norway Fjord"
    found = answer(queries).set_index("fact_id")
    assert found.loc["P17/00000", "n_answer_tokens"].min() > 1
    shared = found["is_first_token_shared"].groupby("fact_id").all()
    assert shared[shared].index.tolist() == ["P17/00000", "P17/00001"]


@pytest.mark.parametrize(("tokens", "combine"), [("joint", np.prod), ("mean_tokens", np.mean)])
def test_an_answer_of_several_tokens_is_known_if_each_of_them_is(
    answer, school, pupil, tokens, combine
):
    queries = read_table(QUERIES, school.queries)
    queries.loc[::2, "answer"] += "."  # as the model was trained to go on
    queries.loc[1::2, "answer"] += " of"
    first, found = answer(queries), answer(queries, answer_tokens=tokens)
    assert (found["n_answer_tokens"] == 2).all()
    model = open_model(pupil, threads=1)
    for row, query in zip(found.itertuples(), queries.itertuples(), strict=True):
        text = model.tokenizer.encode(f"{query.prompt} {query.answer}")
        with torch.no_grad():
            logits = model.module(torch.tensor([text[:-1]])).logits[0, -2:].double()
        own = torch.softmax(logits, 1)[[0, 1], text[-2:]].tolist()
        assert row.answer_probability == pytest.approx(combine(own), rel=1e-4)
        assert row.is_known == (logits.argmax(1).tolist() == text[-2:])
        assert row.is_known == (row.answer_rank == 1)
    assert first["is_known"][::2].any()
    assert found["is_known"].any()
    assert (first["is_known"] & ~found["is_known"]).any()


def test_no_queries_give_an_empty_table(answer):
    assert answer(empty(QUERIES)).empty
