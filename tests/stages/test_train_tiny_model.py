"""A tiny model trained through the command line is a checkpoint like any other."""

import pytest
import torch
from click.testing import CliRunner
from transformers import AutoModelForCausalLM, AutoTokenizer

from qloc.cli import main
from qloc.contracts.queries import QUERIES
from qloc.contracts.trained_queries import TRAINED_QUERIES
from qloc.contracts.training import TRAINING
from qloc.models.language_model import open_model
from qloc.models.manifest import read_manifest
from qloc.tables import empty, read_table, write_table

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_two_runs_write_the_same_bytes_and_another_seed_does_not(school, architecture):
    first = school.train(f"{architecture}_first", architecture)
    again = school.train(f"{architecture}_again", architecture)
    other = school.train(f"{architecture}_other", architecture, seed=4)
    names = {path.name for path in first.parent.iterdir()}
    assert names == {
        "model.json",
        "model.safetensors",
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "trained_queries.parquet",
        "training.parquet",
    }
    for name in names:
        assert (first.parent / name).read_bytes() == (again.parent / name).read_bytes(), name
    assert first.read_bytes() != other.read_bytes()
    trained = first.parent / "trained_queries.parquet"
    assert trained.read_bytes() == (other.parent / trained.name).read_bytes()


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_the_folder_opens_in_transformers_as_in_the_study(school, architecture):
    manifest = school.train(f"{architecture}_opened", architecture)
    tokenizer = AutoTokenizer.from_pretrained(manifest.parent)
    module = AutoModelForCausalLM.from_pretrained(manifest.parent)
    model = open_model(manifest, threads=1)
    tokens = model.tokenizer.encode("Oslo lies in")
    assert tokenizer.encode("Oslo lies in") == tokens
    assert (tokens[0] == 0) == (architecture == "llama")
    with torch.no_grad():
        expected = module(torch.tensor([tokens])).logits
        assert torch.equal(model.module(torch.tensor([tokens])).logits, expected)
    described = read_manifest(manifest)
    assert (described.name, described.source, described.folder) == ("small", "trained", ".")
    assert described.special_tokens == ("$A" if architecture == "gpt2" else "<|endoftext|> $A")
    assert (described.n_layers, described.context_length) == (4, 128)


def test_one_template_of_each_fact_is_held_out(pupil):
    trained = read_table(TRAINED_QUERIES, pupil.parent / "trained_queries.parquet")
    assert len(trained) == 24
    assert trained.groupby(trained["query_id"].str[:9])["was_trained"].sum().tolist() == [3] * 6


def test_facts_are_learned_and_the_table_says_how(pupil):
    training = read_table(TRAINING, pupil.parent / "training.parquet")
    assert training["step"].is_monotonic_increasing
    assert training["trained_accuracy"].iloc[-1] >= 0.9
    assert training["fact_loss"].iloc[-1] < 0.5 * training["fact_loss"].iloc[0]
    assert training["held_out_accuracy"].notna().all()


def test_a_study_without_queries_is_refused_and_nothing_is_written(school, tmp_path):
    write_table(QUERIES, empty(QUERIES), tmp_path / "none.parquet")
    files = ("manifest", "weights", "configuration", "tokenizer", "tokenizer-configuration",
             "trained-queries", "training")  # fmt: skip
    outputs = [part for name in files for part in (f"--{name}", str(tmp_path / "model" / name))]
    text = str(school.folder / "text.txt")
    result = CliRunner().invoke(
        main,
        ["train-tiny-model", "--name", "small", "--architecture", "gpt2", "--seed", "3",
         "--passes", "2", "--learning-rate", "0.01", "--embedding-scale", "20",
         "--layer-learning-rate", "0.7", "--queries", str(tmp_path / "none.parquet"),
         "--training-text", text, "--held-out-text", text, "--threads", "1", *outputs],
    )  # fmt: skip
    assert result.exit_code == 1
    assert "None of 0 queries can be trained on" in result.output
    assert not (tmp_path / "model").exists()
