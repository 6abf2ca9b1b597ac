"""From queries and answers to attributions, through the command line."""

import hashlib
import json
import logging

import numpy as np
import pandas as pd
import pytest
import torch
from click.testing import CliRunner
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from qloc.cli import main
from qloc.contracts.answers import ANSWERS
from qloc.contracts.attribution_checks import ATTRIBUTION_CHECKS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.fact_scores import FACT_SCORES
from qloc.contracts.queries import QUERIES
from qloc.models.description import describe
from qloc.models.language_model import open_model
from qloc.models.manifest import manifest_text
from qloc.models.methods import Rule
from qloc.models.methods import attribute as attribute_queries
from qloc.models.prompting import encode_query
from qloc.stages import attribute_neurons
from qloc.tables import empty, read_table, write_table

pytestmark = pytest.mark.slow

TEXT = "Rome Paris Bonn Oslo is in of capital lies the city Italy France Germany Norway"
FACTS = [("Rome", "Italy"), ("Paris", "France"), ("Bonn", "Germany"), ("Oslo", "Norway")]
PATTERNS = ["[X] is the capital of", "the city [X] lies in", "[X]"]
KEEP, FLOOR = 0.3, 0.4


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    """A random GPT-2 of 3 layers in a folder."""
    folder = tmp_path_factory.mktemp("model")
    words = {word: number for number, word in enumerate(["<end>", *TEXT.split()])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<end>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>").save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(8)
        sizes = {"n_embd": 16, "n_layer": 3, "n_head": 2, "n_inner": 20, "n_positions": 16}
        config = GPT2Config(vocab_size=len(words), **sizes, initializer_range=0.6, bos_token_id=0)
        GPT2LMHeadModel(config).save_pretrained(folder)
    path = folder / "model.json"
    made = describe(folder, "random", "folder", configured_folder=str(folder))
    path.write_text(manifest_text(made), encoding="utf-8")
    return path


@pytest.fixture
def queries():
    rows = [
        {
            "query_id": f"P36/{fact:05d}/{template:02d}",
            "fact_id": f"P36/{fact:05d}",
            "relation": "P36",
            "template": template,
            "pattern": f"{pattern} [Y]",
            "prompt": pattern.replace("[X]", subject),
            "answer": answer,
            "final_word": pattern.split()[-1],
        }
        for fact, (subject, answer) in enumerate(FACTS)
        for template, pattern in enumerate(PATTERNS)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def answers(queries):
    """All queries but three are studied."""
    rows = queries[["query_id", "fact_id", "relation", "template"]].assign(
        was_trained=None,
        problem=None,
        n_prompt_tokens=1,
        n_answer_tokens=1,
        answer_token=1,
        is_first_token_shared=False,
        answer_probability=0.5,
        answer_rank=1,
        is_known=True,
        is_studied=True,
    )
    rows.loc[[1, 10, 11], "is_studied"] = False
    return rows


@pytest.fixture
def attribute(tmp_path, manifest):
    """Runs the stage; the paths of its three tables."""

    def run(queries, answers, name="run", **changed):
        folder = tmp_path / name
        write_table(QUERIES, queries, folder / "queries.parquet")
        write_table(ANSWERS, answers, folder / "answers.parquet")
        tables = [folder / f"{t}.parquet" for t in ("attributions", "checks", "fact_scores")]
        options = {
            "model": manifest,
            "queries": folder / "queries.parquet",
            "answers": folder / "answers.parquet",
            "method": "ig",
            "quadrature": "adaptive",
            "steps": 5,
            "tolerance": 0.001,
            "knobs": "{}",
            "answer-tokens": "first",
            "precision": "float32",
            "keep": KEEP,
            "mean-floor": FLOOR,
            "threads": 1,
            "batch-size": 4,
            "attributions": tables[0],
            "checks": tables[1],
            "fact-scores": tables[2],
        } | changed
        arguments = [text for key, value in options.items() for text in (f"--{key}", str(value))]
        result = CliRunner().invoke(main, ["attribute-neurons", *arguments])
        assert result.exit_code == 0, result.output
        return tables

    return run


@pytest.fixture
def score(manifest, queries, answers):
    """Attributes every studied query, one at a time."""
    model = open_model(manifest, 1)
    studied = queries[answers["is_studied"]]

    def run(method, knobs):
        return {
            row.query_id: attribute_queries(
                model,
                [encode_query(model.tokenizer, row.prompt, row.answer, 16)],
                method,
                Rule("adaptive", 2, 0.001),
                knobs=knobs,
            )
            for row in studied.itertuples()
        }

    return run


@pytest.fixture
def scores(score):
    return score("ig", {})


def test_the_rows_of_a_query_are_the_neurons_above_the_kept_share(
    attribute, queries, answers, scores
):
    rows = read_table(ATTRIBUTIONS, attribute(queries, answers)[0])
    assert set(rows["query_id"]) <= set(scores)
    for query_id, attribution in scores.items():
        own = rows[rows["query_id"] == query_id]
        of_all = attribution.scores[0]
        cut = KEEP * max(of_all.max(), 0)
        expected = np.argwhere((of_all > cut) & (of_all.max() > 0))
        assert own[["layer", "neuron"]].to_numpy().tolist() == expected.tolist()
        tolerance = 2e-5 * np.abs(of_all).max()
        found = of_all[own["layer"], own["neuron"]]
        np.testing.assert_allclose(own["score"], found, rtol=0, atol=tolerance)
        activations = attribution.activations[0][own["layer"], own["neuron"]]
        np.testing.assert_allclose(own["activation"], activations, rtol=1e-5, atol=1e-6)
        assert (own["fact_id"] == query_id.rpartition("/")[0]).all()
    assert rows["query_id"].nunique() > 4


def test_the_checks_have_a_row_per_studied_query_and_layer(attribute, queries, answers, scores):
    rows = read_table(ATTRIBUTION_CHECKS, attribute(queries, answers)[1])
    expected = [(query_id, layer) for query_id in sorted(scores) for layer in range(3)]
    assert list(zip(rows["query_id"], rows["layer"], strict=True)) == expected
    assert rows["is_settled"].all()
    assert rows["completeness_gap"].max() <= 0.001
    assert set(rows["batch_size"]) == {4}
    assert set(rows["quadrature"]) == {"adaptive"}
    changes = np.concatenate([scores[query_id].checks.answer_change for query_id in sorted(scores)])
    np.testing.assert_allclose(rows["answer_change"], changes, atol=1e-6)


@pytest.mark.parametrize(
    ("method", "knobs"),
    [
        ("sig", {"replacement": ["mask", "pad", "eos"]}),
        ("amig", {"aggregate": "per_word", "baseline": "one_token"}),
        ("amig", {"aggregate": "mean_baseline", "baseline": "one_token"}),
    ],
)
def test_other_methods_have_their_own_settings_and_a_check_for_every_word(
    attribute, queries, answers, score, method, knobs
):
    paths = attribute(queries, answers, method=method, knobs=json.dumps(knobs))
    rows, checks = read_table(ATTRIBUTIONS, paths[0]), read_table(ATTRIBUTION_CHECKS, paths[1])
    for query_id, attribution in score(method, knobs).items():
        own = rows[rows["query_id"] == query_id]
        found = attribution.scores[0][own["layer"], own["neuron"]]
        np.testing.assert_allclose(own["score"], found, rtol=0, atol=1e-5)
        words = checks.loc[checks["query_id"] == query_id, ["layer", "word"]]
        expected = np.stack([attribution.checks.layer, attribution.checks.word], 1)
        assert words.to_numpy().tolist() == expected.tolist()
    assert checks.groupby(["query_id", "layer"])["is_settled"].nunique().eq(1).all()
    is_single = knobs.get("aggregate") == "mean_baseline"
    assert (checks["word"].max() == 0) == is_single


def test_a_fixed_rule_has_no_tolerance_to_settle_at(attribute, queries, answers):
    paths = attribute(queries, answers, quadrature="riemann_right")
    rows = read_table(ATTRIBUTION_CHECKS, paths[1])
    assert set(rows["nodes"]) == {5}
    assert rows["is_settled"].isna().all()
    assert rows["score_change"].isna().all()
    assert rows["completeness_gap"].notna().all()


def test_fact_scores_are_exact_above_the_floor_of_the_facts_mean(
    attribute, queries, answers, scores
):
    rows = read_table(FACT_SCORES, attribute(queries, answers)[2])
    facts = {query_id.rpartition("/")[0] for query_id in scores}
    for fact_id in facts:
        ids = sorted(query_id for query_id in scores if query_id.startswith(fact_id))
        of_all = np.stack([scores[query_id].scores[0] for query_id in ids]).astype(float)
        means = of_all.mean(0)
        kept = means >= FLOOR * means.max()
        own = rows[rows["fact_id"] == fact_id]
        assert own["query_id"].unique().tolist() == ids
        for number, query_id in enumerate(ids):
            neurons = own[own["query_id"] == query_id]
            assert neurons[["layer", "neuron"]].to_numpy().tolist() == np.argwhere(kept).tolist()
            np.testing.assert_allclose(neurons["score"], of_all[number][kept], atol=1e-6)
        assert own["largest_mean_not_kept"].iloc[0] == pytest.approx(means[~kept].max(), rel=1e-4)


def digests(paths):
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def test_two_runs_and_any_order_of_rows_give_the_same_bytes(attribute, queries, answers):
    first = digests(attribute(queries, answers, "first"))
    assert digests(attribute(queries, answers, "second")) == first
    shuffled = queries.sample(frac=1, random_state=1), answers.sample(frac=1, random_state=2)
    assert digests(attribute(*shuffled, "shuffled")) == first


def test_the_batch_size_changes_no_more_than_the_last_bits(attribute, queries, answers):
    one, all_at_once = (
        read_table(FACT_SCORES, attribute(queries, answers, f"b{n}", **{"batch-size": n})[2])
        for n in (1, 50)
    )
    keys = ["query_id", "layer", "neuron"]
    pd.testing.assert_frame_equal(one[keys], all_at_once[keys])
    np.testing.assert_allclose(one["score"], all_at_once["score"], rtol=0, atol=1e-6)


def test_checks_say_how_many_queries_a_batch_could_have(
    attribute, queries, answers, scores, monkeypatch, caplog
):
    caplog.set_level(logging.INFO)
    n_attempts = [0]

    def attribute_in_little_memory(model, encoded, *settings):
        n_attempts[0] += 1
        if n_attempts[0] > 1 and len(encoded) > 2:
            raise torch.OutOfMemoryError
        return attribute_queries(model, encoded, *settings)

    monkeypatch.setattr(attribute_neurons, "attribute", attribute_in_little_memory)
    paths = attribute(queries, answers)
    checks = read_table(ATTRIBUTION_CHECKS, paths[1]).drop_duplicates("query_id")
    assert checks["query_id"].tolist() == sorted(scores)
    assert checks["batch_size"].tolist() == [4] * 4 + [2] * 5
    assert "out of memory with 4 queries; going on with 2" in caplog.messages
    rows = read_table(ATTRIBUTIONS, paths[0])
    assert len(rows) > 4
    for row in rows.itertuples():
        of_all = scores[row.query_id].scores[0]
        error = abs(row.score - of_all[row.layer, row.neuron])
        assert error < 2e-5 * np.abs(of_all).max()


def test_tf32_changes_nothing_on_the_cpu_and_the_log_says_so(
    attribute, queries, answers, monkeypatch, caplog
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    caplog.set_level(logging.INFO)
    plain = digests(attribute(queries, answers, "plain"))
    assert not any("TF32" in message for message in caplog.messages)
    assert digests(attribute(queries, answers, "tf32", precision="tf32")) == plain
    assert "cpu has no TF32: matrix products are float32" in caplog.messages


def test_all_tokens_of_an_answer_are_attributed_if_the_study_says_so(
    attribute, queries, answers, manifest
):
    queries["answer"] += " is of"
    queries, answers = queries.head(5), answers.head(5)
    model, rule = open_model(manifest, 1), Rule("adaptive", 0, 0.001)
    changes = {}
    for tokens in ("first", "mean_tokens", "joint"):
        paths = attribute(queries, answers, tokens, **{"answer-tokens": tokens})
        rows = read_table(ATTRIBUTION_CHECKS, paths[1])
        for query_id, own in rows.groupby("query_id", observed=True):
            query = queries[queries["query_id"] == query_id].iloc[0]
            encoded = encode_query(model.tokenizer, query["prompt"], query["answer"], 16)
            assert len(encoded.answer_tokens) == 3
            alone = attribute_queries(model, [encoded], "ig", rule, tokens)
            expected = alone.checks.answer_change
            np.testing.assert_allclose(own["answer_change"], expected, atol=1e-6)
        changes[tokens] = rows["answer_change"].to_numpy()
    assert np.abs(changes["first"] - changes["joint"]).max() > 0.01
    assert np.abs(changes["mean_tokens"] - changes["joint"]).max() > 0.01


def test_nothing_studied_leaves_empty_tables(attribute, queries, answers):
    paths = attribute(queries, answers.assign(is_studied=False))
    for table, path in zip((ATTRIBUTIONS, ATTRIBUTION_CHECKS, FACT_SCORES), paths, strict=True):
        assert read_table(table, path).empty


def test_no_queries_at_all_leave_empty_tables(attribute):
    paths = attribute(empty(QUERIES), empty(ANSWERS))
    assert read_table(ATTRIBUTIONS, paths[0]).empty
