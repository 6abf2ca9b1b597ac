"""Attribution of manipulated runs equals full runs by hand, one for every layer and point."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.models.by_hand import (
    ATTENTION,
    ByHand,
    drawn_columns,
    drawn_masses,
    n_heads,
)

from qloc.errors import StudyError
from qloc.models.interventions import ColumnFactors, Intervention, MassChanges
from qloc.models.manipulated_attribution import attribute_manipulated
from qloc.models.methods import Rule, attribute

pytestmark = pytest.mark.slow

MIDPOINT = Rule("midpoint", 2, 0.0)
POINTS = ((0.25, 0.75), (0.5, 0.5))


@pytest.fixture(scope="module")
def queries(mixed_queries):
    """Prompts of 9, 1 and 5 tokens, one of them beyond a window; answers of 2, 3 and 1 tokens."""
    return [mixed_queries[2], mixed_queries[1], mixed_queries[4]]


def manipulated(oracle, queries):
    """Every query in every way."""
    asked = []
    for number, query in enumerate(queries):
        asked += [
            Intervention(number, columns=drawn_columns(oracle.model, query, (0.0, 1.0), False)),
            Intervention(number, columns=drawn_columns(oracle.model, query, (0.0, 2.0, 1.0), True)),
            Intervention(number, masses=drawn_masses(oracle, query)),
            Intervention(number),
        ]
    return asked


def by_hand(oracle, queries, asked, points):
    return np.stack([oracle.scores(queries[one.query], one, *points).numpy() for one in asked])


def worst(found, expected):
    """The largest error in units of each run's largest score."""
    assert found.shape == expected.shape
    return (np.abs(found - expected).max((1, 2)) / np.abs(expected).max((1, 2))).max()


@pytest.mark.parametrize("architecture", ATTENTION)
def test_scores_of_manipulated_runs_equal_full_runs(architecture, random_model, queries):
    oracle = ByHand(random_model(architecture, torch.float64), "joint")
    asked = manipulated(oracle, queries)
    expected = by_hand(oracle, queries, asked, POINTS)
    found = attribute_manipulated(oracle.model, queries, asked, MIDPOINT, "joint")
    assert worst(found, expected) < 1e-10
    single = random_model(architecture, torch.float32)
    found = attribute_manipulated(single, queries, asked, MIDPOINT, "joint")
    assert worst(found, expected) < 1e-5


@pytest.mark.parametrize("answer_tokens", ["first", "mean_tokens"])
def test_what_counts_of_an_answer_is_asked(answer_tokens, random_model, queries):
    oracle = ByHand(random_model("llama", torch.float64), answer_tokens)
    asked = manipulated(oracle, queries)[:8]
    expected = by_hand(oracle, queries, asked, POINTS)
    found = attribute_manipulated(oracle.model, queries, asked, MIDPOINT, answer_tokens)
    assert worst(found, expected) < 1e-10


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_the_adaptive_rule_integrates_manipulated_runs(architecture, trained_model, queries):
    points, weights = np.polynomial.legendre.leggauss(48)
    oracle = ByHand(trained_model(architecture, torch.float64))
    asked = manipulated(oracle, queries)
    exact = ((points + 1) / 2).tolist(), (weights / 2).tolist()
    expected = by_hand(oracle, queries, asked, exact)
    single = trained_model(architecture, torch.float32)
    rule = Rule("adaptive", 0, 1e-3)
    found = attribute_manipulated(single, queries, asked, rule, "first")
    assert worst(found, expected) < 2e-4


@pytest.mark.parametrize("is_renormalised", [False, True])
@pytest.mark.parametrize("architecture", ["gpt2", "mistral"])
def test_a_head_without_any_column_left_gives_scores(
    architecture, is_renormalised, random_model, queries
):
    """Gradients go past a row of which nothing is left, or which is left as it is."""
    oracle = ByHand(random_model(architecture, torch.float64))
    factors = np.ones((3, 4, len(queries[0].prompt_tokens)))
    factors[1, 2] = 0
    factors[2, :, -4:] = 0  # all that a window shows
    asked = [Intervention(0, columns=ColumnFactors(factors, is_renormalised))]
    expected = by_hand(oracle, queries, asked, POINTS)
    found = attribute_manipulated(oracle.model, queries, asked, MIDPOINT, "first")
    assert worst(found, expected) < 1e-10


@pytest.mark.parametrize("architecture", ["gpt2", "gemma2", "qwen3"])
def test_without_manipulation_they_are_those_of_the_method(
    architecture, random_model, mixed_queries
):
    model = random_model(architecture, torch.float64)
    clean = [Intervention(number) for number in range(len(mixed_queries))]
    found = attribute_manipulated(model, mixed_queries, clean, MIDPOINT, "first")
    expected = attribute(model, mixed_queries, "ig", MIDPOINT).scores
    assert worst(found, expected) < 1e-10


def test_factors_of_one_change_no_bit(random_model, queries):
    model, query = random_model("llama", torch.float32), queries[0]
    shape = (model.n_layers, n_heads(model), len(query.prompt_tokens))
    asked = [
        Intervention(0),
        Intervention(0, columns=ColumnFactors(np.ones(shape), False)),
        Intervention(0, columns=ColumnFactors(np.ones(shape), True)),
        Intervention(0, masses=MassChanges(np.zeros(shape))),
    ]
    found = attribute_manipulated(model, [query], asked, MIDPOINT, "first")
    np.testing.assert_array_equal(found, np.broadcast_to(found[:1], found.shape))


def test_scores_add_up_to_what_the_layer_gives_the_manipulated_answer(random_model, queries):
    """Not to what it gives the clean one."""
    oracle = ByHand(random_model("gpt2", torch.float64))
    asked = manipulated(oracle, queries)[:3]
    rule = Rule("gauss_legendre", 32, 0.0)
    found = attribute_manipulated(oracle.model, queries, asked, rule, "first")
    for one, scores in zip(asked, found, strict=True):
        with torch.no_grad():
            whole = oracle.run(queries[0], one)
            for layer, value in enumerate(whole.neurons):
                without = oracle.run(queries[0], one, {layer: torch.zeros_like(value)})
                change = float(whole.probability - without.probability)
                assert scores[layer].sum() == pytest.approx(change, abs=1e-6)


def test_scores_are_alike_in_any_company(random_model, queries):
    oracle = ByHand(random_model("mistral", torch.float64), "joint")
    asked = manipulated(oracle, queries)
    together = attribute_manipulated(oracle.model, queries, asked, MIDPOINT, "joint")
    backwards = attribute_manipulated(oracle.model, queries, asked[::-1], MIDPOINT, "joint")
    assert worst(backwards[::-1], together) < 1e-12
    for number in (0, 6, 10):
        one = asked[number]
        alone = attribute_manipulated(
            oracle.model, [queries[one.query]], [replace(one, query=0)], MIDPOINT, "joint"
        )
        assert worst(alone, together[[number]]) < 1e-12


def test_attention_that_cannot_be_reached_is_refused(random_model, queries):
    oracle = ByHand(random_model("gpt_neo", torch.float32))
    asked = manipulated(oracle, queries)[:1]
    with pytest.raises(StudyError, match=r"gpt2.*llama"):
        attribute_manipulated(oracle.model, queries, asked, MIDPOINT, "first")


def test_a_failure_leaves_the_model_as_it_was(random_model, queries):
    oracle = ByHand(random_model("llama", torch.float32))
    module, tokens = oracle.model.module, torch.tensor([queries[0].prompt_tokens])
    with torch.no_grad():
        before = module(tokens).logits
    implementation = module.config._attn_implementation

    def fail(_module, _inputs):
        raise ZeroDivisionError

    handle = oracle.model.layers[-1].register_forward_pre_hook(fail)
    with pytest.raises(ZeroDivisionError):
        attribute_manipulated(
            oracle.model, queries, manipulated(oracle, queries), MIDPOINT, "first"
        )
    handle.remove()
    assert module.config._attn_implementation == implementation
    assert not any(len(part._forward_pre_hooks) for part in module.modules())
    with torch.no_grad():
        assert torch.equal(module(tokens).logits, before)
