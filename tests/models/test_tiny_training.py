"""Training of a tiny model: it learns, twice the same, at the paces it was told."""

import hashlib
import logging
import math

import numpy as np
import pytest
import torch

from qloc.models import tiny_training
from qloc.models.architectures import ARCHITECTURES
from qloc.models.language_model import LanguageModel
from qloc.models.tiny import new_tiny_model
from qloc.models.tiny_lessons import Sentence, prepare, trained_queries
from qloc.models.tiny_tokenizer import train_tokenizer
from qloc.models.tiny_training import Recipe, train

SENTENCES = [
    Sentence(f"P1/{f:05d}/{t:02d}", f"P1/{f:05d}", prompt.format(f"Place{f}"), f"Land{f % 3}")
    for f in range(6)
    for t, prompt in enumerate(["{} is in", "One finds {} in", "{} lies in", "The land of {} is"])
]
TEXT = [f"Line {n} of a short text that is read by nobody but models." for n in range(30)]


PROMPTS = [sentence.prompt for sentence in SENTENCES]


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(PROMPTS, ["Land0", "Land1", "Land2"], TEXT, opens_with_end=False)


@pytest.fixture(scope="module")
def school():
    """Trains a model from a seed; what it is, what was measured."""

    def run(architecture, seed, passes=18.0):
        opens = architecture == "llama"
        tokenizer = train_tokenizer(PROMPTS, ["Land0", "Land1", "Land2"], TEXT, opens)
        lessons = prepare(tokenizer, SENTENCES, trained_queries(SENTENCES), TEXT, TEXT[:3])
        module = new_tiny_model(architecture, len(tokenizer), 25.0, seed)
        recipe = Recipe(passes=passes, learning_rate=0.01, layer_learning_rate=0.5)
        draws = np.random.default_rng(seed)
        measurements = train(module, tokenizer, architecture, lessons, recipe, draws)
        return _digest(module), measurements

    torch.set_num_threads(1)
    return run


def _digest(module):
    digest = hashlib.sha256()
    for name, weight in sorted(module.state_dict().items()):
        digest.update(name.encode() + weight.numpy().tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_a_seed_gives_the_same_weights_bit_for_bit_and_another_gives_others(school, architecture):
    first, rows = school(architecture, 3, passes=2.0)
    assert school(architecture, 3, passes=2.0) == (first, rows)
    assert school(architecture, 4, passes=2.0)[0] != first


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_a_few_facts_are_learned(school, architecture, monkeypatch):
    monkeypatch.setattr(tiny_training, "FACT_ROWS", 6)
    _, rows = school(architecture, 3)
    assert [row.step for row in rows] == [9, 18, 27, 36, 45, 54]
    assert rows[-1].fact_loss < 0.5 * rows[0].fact_loss
    assert rows[-1].text_loss < 0.5 * rows[0].text_loss
    assert rows[-1].perplexity < 0.5 * rows[0].perplexity
    assert rows[-1].trained_accuracy >= 0.9
    assert rows[-1].mean_answer_probability > 0.5
    assert rows[-1].held_out_accuracy is not None


def test_progress_is_logged_with_rate_and_time_left(school, caplog):
    with caplog.at_level(logging.INFO):
        school("gpt2", 3, passes=2.0)
    assert "step 2 of 2: loss" in caplog.text
    assert "steps/s, 0 s left" in caplog.text


def test_feed_forward_layers_learn_slower_the_deeper_they_lie(tokenizer):
    module = new_tiny_model("llama", 50, 2.0, 3)
    model = LanguageModel(module, tokenizer, ARCHITECTURES["llama"], 128)
    optimizer = tiny_training._optimizer(model, Recipe(1.0, 0.01, 0.5))
    tiny_training._set_rate(optimizer, 0.008)
    rates = {
        id(weight): (group["lr"], group["weight_decay"])
        for group in optimizer.param_groups
        for weight in group["params"]
    }
    found = {name: rates[id(weight)] for name, weight in module.named_parameters()}
    down = [found[f"model.layers.{layer}.mlp.down_proj.weight"] for layer in range(4)]
    assert down == [(0.001, 0.1), (0.002, 0.1), (0.004, 0.1), (0.008, 0.1)]
    assert found["model.layers.0.self_attn.q_proj.weight"] == (0.008, 0.1)
    assert found["model.layers.0.input_layernorm.weight"] == (0.008, 0.0)
    assert len(found) == len(list(module.parameters()))


def test_the_rate_warms_up_and_falls_to_its_end():
    shares = [tiny_training._schedule(step, 1000) for step in range(1000)]
    assert shares[0] == pytest.approx(1 / 50)
    assert shares[24] == pytest.approx(0.5, rel=0.01)
    assert shares[500] == pytest.approx(0.525)
    assert shares[-1] == pytest.approx(0.05, rel=0.001)
    assert max(shares) == shares[49]


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_the_loss_is_the_mean_over_the_tokens_of_unpadded_texts(architecture, tokenizer):
    module = new_tiny_model(architecture, 60, 20.0, 3)
    model = LanguageModel(module, tokenizer, ARCHITECTURES[architecture], 128)
    texts = [[5, 9, 11, 4, 0], [8, 3, 0], [7, 7, 9, 0]]
    losses = []
    for text in texts:
        shares = torch.softmax(module(torch.tensor([text])).logits[0].detach().double(), dim=-1)
        losses += [-math.log(shares[i, text[i + 1]]) for i in range(len(text) - 1)]
    assert tiny_training._learn(model, texts) == pytest.approx(np.mean(losses), rel=1e-5)
    assert all(weight.grad is not None for weight in module.parameters())
