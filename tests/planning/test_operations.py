"""The formulas of work count what torch counts, for queries of one length."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.benchmark.dimensions import Dimensions, random_model, random_queries
from tests.benchmark.work import counted_operations, shape

from qloc.measures.synapse_controls import ColumnChoice
from qloc.measures.synapse_runs import synapse_runs
from qloc.measures.synapses import SynapseRule
from qloc.models import path_scores
from qloc.models.answers import answer
from qloc.models.edited_rows import predict_edited
from qloc.models.edits import Edit
from qloc.models.interventions import read_attention
from qloc.models.manipulated_rows import NeuronFactors
from qloc.models.methods import Rule, attribute
from qloc.models.neuron_factors import scale_neurons
from qloc.models.predictions import Continuation
from qloc.models.synapse_runs import Reading, manipulate_columns
from qloc.models.tails import read_prompts
from qloc.planning.operations import (
    method_operations,
    run_operations,
    sweep_operations,
    training_operations,
    weights_of_layer,
)
from qloc.planning.shapes import shape_of_checkpoint

N_PROMPT, N_QUERIES, N_POINTS = 6, 4, 9
MODELS = {
    "gpt2": Dimensions("", "gpt2", 3, 64, 256, 4, 4, 301, N_PROMPT, N_QUERIES),
    "llama": Dimensions("", "llama", 3, 64, 160, 4, 2, 301, N_PROMPT, N_QUERIES),
}
KNOBS = {
    "ig": {},
    "sig": {"replacement": ("pad",)},
    "amig": {"baseline": "one_token", "aggregate": "per_word"},
}


@pytest.fixture(params=sorted(MODELS))
def sizes(request: pytest.FixtureRequest) -> Dimensions:
    return MODELS[request.param]


@pytest.mark.parametrize("method", sorted(KNOBS))
def test_work_of_a_method_is_counted_within_a_tenth(sizes, method, monkeypatch) -> None:
    monkeypatch.setattr(path_scores, "check_ends", lambda *_: None)
    model, queries = random_model(sizes), random_queries(sizes, N_QUERIES)
    rule = Rule("riemann_right", N_POINTS, 0.0)
    counted = counted_operations(
        lambda: attribute(model, queries, method, rule, "first", KNOBS[method])
    )
    expected = method_operations(
        shape(sizes), method, N_PROMPT, N_POINTS - 1, has_paths_of_words=True
    )
    assert counted / N_QUERIES == pytest.approx(expected, rel=0.1)


def test_one_path_from_the_mean_of_baselines_is_one_path(sizes, monkeypatch) -> None:
    monkeypatch.setattr(path_scores, "check_ends", lambda *_: None)
    model, queries = random_model(sizes), random_queries(sizes, N_QUERIES)
    rule, knobs = Rule("midpoint", 5, 0.0), KNOBS["amig"] | {"aggregate": "mean_baseline"}
    counted = counted_operations(lambda: attribute(model, queries, "amig", rule, "first", knobs))
    expected = method_operations(shape(sizes), "amig", N_PROMPT, 5, has_paths_of_words=False)
    assert counted / N_QUERIES == pytest.approx(expected, rel=0.05)


def test_ig_is_the_sweep_of_the_page(sizes) -> None:
    expected = sweep_operations(shape(sizes), N_PROMPT, N_POINTS)
    found = method_operations(shape(sizes), "ig", N_PROMPT, N_POINTS - 1, has_paths_of_words=True)
    assert found == expected


def test_a_query_is_answered_in_one_run(sizes) -> None:
    model, queries = random_model(sizes), random_queries(sizes, N_QUERIES)
    counted = counted_operations(lambda: answer(model, queries, None, N_QUERIES))
    assert counted / N_QUERIES == pytest.approx(run_operations(shape(sizes), N_PROMPT), rel=0.05)


def test_a_manipulated_neuron_set_is_a_run_of_one_token(sizes) -> None:
    model, queries = random_model(sizes), random_queries(sizes, N_QUERIES)
    n_versions = 20
    one = NeuronFactors(np.array([0, 1]), np.array([3, 5]), 0.0)

    def work() -> None:
        prompts = read_prompts(model, queries, [[N_PROMPT - 1]] * N_QUERIES, "first")
        scale_neurons(model, prompts, [[one] * n_versions] * N_QUERIES)

    once = run_operations(shape(sizes), N_PROMPT, 0)
    expected = once + (1 + n_versions) * run_operations(shape(sizes), 1)
    # One plain run of one query checks the batch.
    checked = run_operations(shape(sizes), N_PROMPT) / N_QUERIES
    assert counted_operations(work) / N_QUERIES == pytest.approx(expected + checked, rel=0.05)


def test_a_manipulation_of_synapses_is_a_run_of_the_prompt(sizes) -> None:
    model, queries = random_model(sizes), random_queries(sizes, N_QUERIES)
    rules = {"paper": SynapseRule("sum", "mean", "global", False)}
    runs = synapse_runs(rules)

    def work() -> None:
        attention = read_attention(model, queries)
        choice = ColumnChoice(rules, 0.5, 0)
        columns = [choice.choose(s.weights, s.is_visible, str(n)) for n, s in enumerate(attention)]
        manipulate_columns(model, queries, attention, columns, runs, Reading("first", None))

    expected = (2 + len(runs)) * run_operations(shape(sizes), N_PROMPT)
    assert counted_operations(work) / N_QUERIES == pytest.approx(expected, rel=0.15)


def test_an_edit_is_a_run_of_all_that_is_asked(sizes) -> None:
    model, queries = random_model(sizes), random_queries(sizes, N_QUERIES)
    change = torch.ones((1, sizes.hidden))
    edit = Edit(np.array([0]), np.array([2]), change)
    asked = [Continuation(query.prompt_tokens, query.answer_tokens) for query in queries]
    text = Continuation(queries[0].prompt_tokens[:1], queries[0].prompt_tokens[1:] * 100)
    n_text = len(text.next_tokens)  # too long to share a run with prompts
    once = run_operations(shape(sizes), N_QUERIES * N_PROMPT + n_text, N_QUERIES + n_text)
    counted = counted_operations(lambda: predict_edited(model, [edit] * 3, [*asked, text]))
    assert counted == pytest.approx(3 * once, rel=0.1)


def test_learning_takes_three_times_what_reading_does() -> None:
    sizes = shape(MODELS["llama"])
    assert training_operations(sizes, 100.0, 80.0) == 3 * run_operations(sizes, 100.0, 80.0)


def test_rows_that_run_as_texts_or_enter_inside_their_layer_are_more_work() -> None:
    plain = shape(MODELS["llama"])

    def work(architecture: str) -> float:
        own = replace(plain, architecture=architecture)
        return method_operations(own, "ig", N_PROMPT, N_POINTS - 1, has_paths_of_words=True)

    assert work("olmo2") > 1.2 * work("llama")
    assert work("gptj") > 2 * work("gpt2")


@pytest.mark.parametrize("architecture", ["gpt2", "llama", "qwen3", "olmo2", "gpt_neox"])
def test_weights_of_a_layer_follow_from_the_files(architecture, tmp_path: Path) -> None:
    """Also where heads are wider than usual: what counts is how many weights there are."""
    sizes = Dimensions("", architecture, 3, 64, 160, 4, 2, 301)
    module = random_model(sizes).module
    module.save_pretrained(tmp_path)
    found = shape_of_checkpoint(tmp_path)
    layer = next(m for name, m in module.named_modules() if name.endswith(("layers.0", "h.0")))
    matrices = sum(weight.numel() for weight in layer.parameters() if weight.dim() > 1)
    assert weights_of_layer(found) == pytest.approx(matrices, rel=0.03)
    assert (found.n_layers, found.n_neurons, found.hidden_size) == (3, 160, 64)
