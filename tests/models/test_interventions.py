"""Manipulated runs equal runs by hand, one query at a time; what is not manipulated stays as it is.

`tests.models.by_hand` computes attention from Q, K and V and patches the model with plain hooks.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.models.by_hand import (
    ATTENTION,
    ByHand,
    drawn_columns,
    drawn_masses,
    drawn_neurons,
    n_heads,
)

from qloc.errors import StudyError
from qloc.models.architectures import ARCHITECTURES
from qloc.models.interventions import (
    ColumnFactors,
    Intervention,
    MassChanges,
    NeuronFactors,
    intervene,
    read_attention,
)

WITH_ROWS = [
    pytest.param(name, marks=[] if name in ATTENTION else pytest.mark.slow)
    for name, architecture in sorted(ARCHITECTURES.items())
    if architecture.has_row_attention
]
IN_OTHER_FORMS = [
    pytest.param(*form, marks=pytest.mark.slow)
    for form in (
        ("gemma3_text", "soft caps"),
        ("gpt2", "scaled by layer"),
        ("phi", "normalised queries"),
        ("qwen2", "no window"),
    )
]
SUPPRESS, ENHANCE, ANY = (0.0, 1.0, 1.0), (2.0, 1.0), (0.0, 0.3, 1.0, 2.0, 5.0)


def columns(values, is_renormalised):
    """Every query with its own factors of columns."""

    def draw(oracle, queries):
        return [
            Intervention(
                number, columns=drawn_columns(oracle.model, query, values, is_renormalised)
            )
            for number, query in enumerate(queries)
        ]

    return draw


def masses(oracle, queries):
    """Every query with its own changes of rows."""
    return [
        Intervention(number, masses=drawn_masses(oracle, query))
        for number, query in enumerate(queries)
    ]


def neurons(factor):
    """Every query with its own neurons."""

    def draw(oracle, queries):
        return [
            Intervention(number, neurons=drawn_neurons(oracle.model, query, factor))
            for number, query in enumerate(queries)
        ]

    return draw


def both(first, second):
    """Every query manipulated in two ways at once."""

    def draw(oracle, queries):
        return [
            Intervention(
                one.query,
                one.neurons or other.neurons,
                one.columns or other.columns,
                one.masses or other.masses,
            )
            for one, other in zip(first(oracle, queries), second(oracle, queries), strict=True)
        ]

    return draw


DRAWN = {
    "nothing": columns((1.0,), False),
    "columns suppressed": columns(SUPPRESS, False),
    "columns enhanced": columns(ENHANCE, False),
    "columns multiplied": columns(ANY, False),
    "columns suppressed, renormalised": columns(SUPPRESS, True),
    "columns enhanced, renormalised": columns(ENHANCE, True),
    "columns multiplied, renormalised": columns(ANY, True),
    "every column suppressed": columns((0.0,), False),
    "every column suppressed, renormalised": columns((0.0,), True),
    "masses": masses,
    "neurons suppressed": neurons(0.0),
    "neurons enhanced": neurons(2.0),
    "neurons and columns": both(neurons(2.0), columns(SUPPRESS, False)),
    "neurons and columns, renormalised": both(neurons(0.0), columns(ENHANCE, True)),
    "neurons and masses": both(neurons(0.0), masses),
    "columns, then masses": both(columns((0.3, 1.0, 2.0), False), masses),
}


def expected(oracle, queries, asked):
    """Probability, neurons and changes of mass, run by run."""
    with torch.no_grad():
        runs = [oracle.run(queries[one.query], one) for one in asked]
    return (
        np.array([float(run.probability) for run in runs]),
        np.stack([torch.stack(run.neurons).numpy() for run in runs]),
        [torch.stack(run.mass_changes).numpy() for run in runs],
    )


def assert_outcomes(found, sought, tolerance):
    """Probabilities to a tolerance, neurons and masses to that of the largest."""
    probability, activations, changes = sought
    assert np.abs(found.answer_probability - probability).max() < tolerance
    largest = np.abs(activations).max()
    assert np.abs(found.activations - activations).max() < tolerance * largest
    assert [part.shape for part in found.mass_changes] == [part.shape for part in changes]
    for own, other in zip(found.mass_changes, changes, strict=True):
        assert np.abs(own - other).max() < tolerance * max(1, np.abs(other).max())


@pytest.mark.parametrize("architecture", ATTENTION)
def test_a_run_by_hand_is_that_of_the_model(architecture, random_model, mixed_queries):
    model = random_model(architecture, torch.float64)
    oracle = ByHand(model, "joint")
    for query in mixed_queries:
        tokens = torch.tensor([oracle.text(query)])
        with torch.no_grad():
            logits = model.module(tokens, use_cache=False).logits[0]
            by_hand = oracle.run(query).logits
        torch.testing.assert_close(by_hand, logits, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("architecture", ATTENTION)
def test_manipulated_runs_equal_runs_by_hand(architecture, kind, random_model, mixed_queries):
    """Of prompts of six lengths in one call, with answers of one, two and three tokens."""
    oracle = ByHand(random_model(architecture, torch.float64), "joint")
    asked = DRAWN[kind](oracle, mixed_queries)
    sought = expected(oracle, mixed_queries, asked)
    found = intervene(oracle.model, mixed_queries, asked, "joint")
    assert_outcomes(found, sought, 1e-10)
    single = random_model(architecture, torch.float32)
    assert_outcomes(intervene(single, mixed_queries, asked, "joint"), sought, 1e-5)


@pytest.mark.parametrize("answer_tokens", ["first", "mean_tokens"])
@pytest.mark.parametrize("architecture", ["gpt2", "mistral"])
def test_what_counts_of_an_answer_is_asked(
    architecture, answer_tokens, random_model, mixed_queries
):
    oracle = ByHand(random_model(architecture, torch.float64), answer_tokens)
    for kind in ("columns multiplied", "masses", "neurons suppressed"):
        asked = DRAWN[kind](oracle, mixed_queries)
        found = intervene(oracle.model, mixed_queries, asked, answer_tokens)
        assert_outcomes(found, expected(oracle, mixed_queries, asked), 1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_manipulated_runs_of_a_trained_model_equal_runs_by_hand(
    architecture, trained_model, mixed_queries
):
    """Where probabilities are large enough to be wrong."""
    oracle = ByHand(trained_model(architecture, torch.float64), "mean_tokens")
    assert expected(oracle, mixed_queries, [Intervention(0)])[0] > 0.5
    single = trained_model(architecture, torch.float32)
    for kind, draw in DRAWN.items():
        asked = draw(oracle, mixed_queries)
        sought = expected(oracle, mixed_queries, asked)
        found = intervene(oracle.model, mixed_queries, asked, "mean_tokens")
        assert_outcomes(found, sought, 1e-10)
        found = intervene(single, mixed_queries, asked, "mean_tokens")
        assert np.abs(found.answer_probability - sought[0]).max() < 1e-5, kind


def doing_nothing(model, query, answer_tokens):
    """Every way to manipulate with factors of one, or with no neuron."""
    shape = (model.n_layers, n_heads(model), len(query.prompt_tokens))
    n_run = len(ByHand(model, answer_tokens).text(query))
    return [
        Intervention(0, columns=ColumnFactors(np.ones(shape), False)),
        Intervention(0, columns=ColumnFactors(np.ones(shape), True)),
        Intervention(0, masses=MassChanges(np.zeros((*shape[:2], n_run)))),
        Intervention(0, neurons=drawn_neurons(model, query, 1.0)),
        Intervention(0, neurons=NeuronFactors(np.zeros(0, int), np.zeros(0, int), 0.0)),
    ]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("architecture", ATTENTION)
def test_factors_of_one_have_an_effect_of_exactly_zero(
    architecture, dtype, random_model, mixed_queries
):
    """Beside the clean run, wherever in the call it stands."""
    model, query = random_model(architecture, dtype), mixed_queries[5]
    nothing = doing_nothing(model, query, "joint")
    other = Intervention(0, columns=drawn_columns(model, query, SUPPRESS, False))
    asked = [*nothing[:3], Intervention(0), other, *nothing[3:]]
    found = intervene(model, [query], asked, "joint")
    same = [place for place in range(len(asked)) if place != 4]
    assert set(found.answer_probability[same]) == {found.answer_probability[3]}
    assert (found.activations[same] == found.activations[3]).all()
    assert all((found.mass_changes[place] == 0).all() for place in same)
    assert found.answer_probability[4] != found.answer_probability[3]


@pytest.mark.parametrize("architecture", ATTENTION)
def test_factors_of_one_change_no_bit_of_any_row(architecture, random_model, mixed_queries):
    """In one and the same place of a run, beside the same rows."""
    model, query = random_model(architecture, torch.float32), mixed_queries[5]
    beside = Intervention(0, columns=drawn_columns(model, query, ANY, True))
    clean = intervene(model, [query], [Intervention(0), beside], "joint")
    for nothing in doing_nothing(model, query, "joint"):
        found = intervene(model, [query], [nothing, beside], "joint")
        np.testing.assert_array_equal(found.answer_probability, clean.answer_probability)
        np.testing.assert_array_equal(found.activations, clean.activations)


@pytest.mark.parametrize("kind", ["columns suppressed", "masses", "neurons enhanced"])
def test_rows_that_are_not_manipulated_do_not_feel_those_that_are(
    kind, random_model, mixed_queries
):
    oracle = ByHand(random_model("llama", torch.float32), "joint")
    clean = [Intervention(number) for number in range(len(mixed_queries))]
    other = DRAWN["columns suppressed, renormalised"](oracle, mixed_queries)
    beside = intervene(oracle.model, mixed_queries, [*clean, *other], "joint")
    manipulated = DRAWN[kind](oracle, mixed_queries)
    found = intervene(oracle.model, mixed_queries, [*clean, *manipulated], "joint")
    n = len(clean)
    np.testing.assert_array_equal(found.answer_probability[:n], beside.answer_probability[:n])
    np.testing.assert_array_equal(found.activations[:n], beside.activations[:n])
    assert (found.answer_probability[n:] != beside.answer_probability[n:]).all()


@pytest.mark.parametrize("architecture", WITH_ROWS)
def test_a_run_without_manipulation_is_that_of_the_model(
    architecture, random_model, mixed_queries, naive_activations
):
    model = random_model(architecture, torch.float64)
    clean = [Intervention(number) for number in range(len(mixed_queries))]
    found = intervene(model, mixed_queries, clean, "first")
    for number, query in enumerate(mixed_queries):
        with torch.no_grad():
            logits = model.module(torch.tensor([query.prompt_tokens])).logits[0, -1]
        own = float(torch.softmax(logits, 0)[query.answer_token])
        assert abs(found.answer_probability[number] - own) < 1e-10
        for layer in range(model.n_layers):
            neurons = naive_activations(model, query, layer).numpy()
            largest = np.abs(neurons).max()
            assert np.abs(found.activations[number, layer] - neurons).max() < 1e-10 * largest


@pytest.mark.parametrize(
    ("architecture", "variant"),
    [
        *(pytest.param(*name.values, "", marks=name.marks) for name in WITH_ROWS),
        *IN_OTHER_FORMS,
    ],
)
def test_columns_suppressed_and_renormalised_are_tokens_masked(
    architecture, variant, random_model, mixed_queries
):
    """By the model's own mask: a token that none may attend to, in any layer or head."""
    model = random_model(architecture, torch.float64, variant)
    query, hidden = mixed_queries[2], 2
    factors = np.ones((model.n_layers, n_heads(model), len(query.prompt_tokens)))
    factors[:, :, hidden] = 0
    columns = ColumnFactors(factors, is_renormalised=True)
    found = intervene(model, [query], [Intervention(0, columns=columns)], "first")
    mask = torch.ones(1, len(query.prompt_tokens), dtype=torch.int64)
    mask[0, hidden] = 0
    places = torch.arange(len(query.prompt_tokens))[None]
    tokens = torch.tensor([query.prompt_tokens])
    with torch.no_grad():
        logits = model.module(tokens, attention_mask=mask, position_ids=places).logits[0, -1]
    own = float(torch.softmax(logits, 0)[query.answer_token])
    assert abs(found.answer_probability[0] - own) < 1e-10


@pytest.mark.parametrize("architecture", WITH_ROWS)
def test_columns_multiplied_are_values_multiplied(architecture, random_model, mixed_queries):
    """Where values have a projection of their own, whose output a plain hook can multiply."""
    model, query = random_model(architecture, torch.float64), mixed_queries[2]
    values = [
        module for name, module in model.module.named_modules() if name.endswith("attn.v_proj")
    ]
    if not values:
        pytest.skip("values come out of one projection with queries and keys")
    draws = np.random.default_rng(4)
    by_token = draws.choice([0.0, 0.5, 2.0], (model.n_layers, 1, len(query.prompt_tokens)))
    factors = np.repeat(by_token, n_heads(model), 1)
    handles = [
        module.register_forward_hook(
            lambda _module, _inputs, output, own=own: output * torch.tensor(own)[None, :, None]
        )
        for module, own in zip(values, by_token[:, 0], strict=True)
    ]
    try:
        with torch.no_grad():
            logits = model.module(torch.tensor([query.prompt_tokens])).logits[0, -1]
    finally:
        for handle in handles:
            handle.remove()
    columns = ColumnFactors(factors, is_renormalised=False)
    found = intervene(model, [query], [Intervention(0, columns=columns)], "first")
    own = float(torch.softmax(logits, 0)[query.answer_token])
    assert abs(found.answer_probability[0] - own) < 1e-10


def test_a_head_of_queries_is_manipulated_by_itself(random_model, mixed_queries):
    """Though it shares keys and values with its neighbor."""
    oracle, query = ByHand(random_model("llama", torch.float64)), mixed_queries[5]
    clean = intervene(oracle.model, [query], [Intervention(0)], "first")
    for head in range(4):
        factors = np.ones((oracle.model.n_layers, 4, len(query.prompt_tokens)))
        factors[1, head, 3:6] = 0
        asked = [Intervention(0, columns=ColumnFactors(factors, is_renormalised=False))]
        found = intervene(oracle.model, [query], asked, "first")
        assert_outcomes(found, expected(oracle, [query], asked), 1e-10)
        moved = np.abs(found.mass_changes[0]).sum(2) > 0
        assert np.argwhere(moved).tolist() == [[1, head]]
        assert found.answer_probability != clean.answer_probability


@pytest.mark.parametrize("architecture", ["gpt2", "mistral", "gemma2"])
def test_a_row_that_sees_only_suppressed_columns_is_left_as_it_is(
    architecture, random_model, mixed_queries
):
    """The first row if the first column is renormalised away; later ones in a window, too."""
    model, query = random_model(architecture, torch.float64), mixed_queries[5]
    shape = (model.n_layers, n_heads(model), len(query.prompt_tokens))
    factors = np.zeros(shape)
    asked = [Intervention(0), Intervention(0, columns=ColumnFactors(factors, True))]
    found = intervene(model, [query], asked, "first")
    assert found.answer_probability[1] == pytest.approx(found.answer_probability[0], abs=1e-14)
    np.testing.assert_allclose(found.activations[1], found.activations[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
@pytest.mark.parametrize("is_renormalised", [False, True])
@pytest.mark.parametrize("factor", [0.0, 2.0])
def test_attention_all_on_one_column_never_gives_a_nan(
    architecture, is_renormalised, factor, random_model, mixed_queries
):
    """Logits hundreds apart: in float32 what is left behind the softmax is exactly 0."""
    oracle, query = ByHand(random_model(architecture, torch.float32)), mixed_queries[5]
    attention = [
        module
        for name, module in oracle.model.module.named_modules()
        if name.endswith(("attn.q_proj", "attn.c_attn"))
    ]
    for module in attention:
        parts = module.weight.data if architecture == "llama" else module.weight.data[:, :24]
        parts *= 400
    weights = read_attention(oracle.model, [query])[0].weights
    assert (np.sort(weights, -1)[:, :, 3:, -2] == 0).any()
    factors = np.ones(weights.shape[:3])
    np.put_along_axis(factors, weights[:, :, -1:].argmax(-1), factor, -1)
    asked = [Intervention(0, columns=ColumnFactors(factors, is_renormalised))]
    found = intervene(oracle.model, [query], asked, "first")
    assert np.isfinite(found.activations).all()
    assert np.isfinite(found.mass_changes[0]).all()
    assert 0 <= found.answer_probability[0] <= 1
    sought = expected(oracle, [query], asked)
    assert found.answer_probability == pytest.approx(sought[0], abs=1e-3)


def test_masses_change_by_what_columns_changed(random_model, mixed_queries):
    """Spread over all that a row sees, and known beforehand: 0.3 of a row, less half of it."""
    oracle, query = ByHand(random_model("gpt2", torch.float64), "joint"), mixed_queries[2]
    clean = oracle.run(query)
    factors = np.ones((3, 4, len(query.prompt_tokens)))
    factors[0, 2, 1] = 0.5
    removed = intervene(
        oracle.model, [query], [Intervention(0, columns=ColumnFactors(factors, False))], "joint"
    ).mass_changes[0]
    half = clean.weights[0][2, :, 1].detach().numpy() / 2
    np.testing.assert_allclose(removed[0, 2], -half, rtol=0, atol=1e-14)
    assert np.count_nonzero(removed) == len(half) - 1
    matched = Intervention(0, masses=MassChanges(removed))
    with torch.no_grad():
        by_hand = oracle.run(query, matched)
    totals = torch.stack(by_hand.weights).sum(-1).numpy()
    np.testing.assert_allclose(totals, 1 + removed, rtol=0, atol=1e-12)
    shares = by_hand.weights[0][2] / by_hand.weights[0][2].sum(-1, keepdim=True)
    torch.testing.assert_close(shares, clean.weights[0][2].detach(), rtol=0, atol=1e-12)
    found = intervene(oracle.model, [query], [matched], "joint")
    assert_outcomes(found, expected(oracle, [query], [matched]), 1e-12)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_a_query_is_answered_alike_in_any_company(dtype, random_model, mixed_queries):
    oracle = ByHand(random_model("mistral", dtype), "joint")
    asked = [
        one
        for kind in ("columns multiplied", "columns multiplied, renormalised", "masses")
        for one in DRAWN[kind](oracle, mixed_queries)
    ]
    together = intervene(oracle.model, mixed_queries, asked, "joint")
    backwards = intervene(oracle.model, mixed_queries, asked[::-1], "joint")
    tolerance = 1e-12 if dtype == torch.float64 else 1e-5
    for number, one in enumerate(asked):
        alone = intervene(
            oracle.model, [mixed_queries[one.query]], [replace(one, query=0)], "joint"
        )
        sought = (
            together.answer_probability[[number]],
            together.activations[[number]],
            [together.mass_changes[number]],
        )
        assert_outcomes(alone, sought, tolerance)
        assert abs(backwards.answer_probability[-1 - number] - sought[0]) < tolerance


def test_equal_interventions_give_equal_outcomes_and_all_others_their_own(
    random_model, mixed_queries
):
    """Also where they differ in a single factor, in its kind, or in the query only."""
    oracle = ByHand(random_model("llama", torch.float64))
    queries = [mixed_queries[0], mixed_queries[4]]  # as long as each other
    ones = np.ones((3, 4, len(queries[0].prompt_tokens)))
    other = ones.copy()
    other[1, 3, 1] = 0.5
    asked = [
        Intervention(0, columns=ColumnFactors(other, False)),
        Intervention(0),
        Intervention(1, columns=ColumnFactors(other, False)),
        Intervention(0, columns=ColumnFactors(other, True)),
        Intervention(0, columns=ColumnFactors(ones, False)),
        Intervention(0, masses=MassChanges(other - 1)),
        Intervention(0, columns=ColumnFactors(other.copy(), False)),
        Intervention(0, neurons=NeuronFactors(np.array([1]), np.array([2]), 0.0)),
        Intervention(0, neurons=NeuronFactors(np.array([2]), np.array([1]), 0.0)),
        Intervention(0, neurons=NeuronFactors(np.array([2]), np.array([1]), 2.0)),
        Intervention(1),
    ]
    found = intervene(oracle.model, queries, asked, "first")
    assert_outcomes(found, expected(oracle, queries, asked), 1e-10)
    assert len(set(found.answer_probability)) == len(asked) - 2
    assert found.answer_probability[0] == found.answer_probability[6]
    assert found.answer_probability[1] == found.answer_probability[4]


def test_no_intervention_gives_no_outcome(random_model, mixed_queries):
    model = random_model("gpt2", torch.float32)
    found = intervene(model, mixed_queries, [], "first")
    assert found.answer_probability.shape == (0,)
    assert found.activations.shape == (0, model.n_layers, model.n_neurons)
    assert found.mass_changes == []


@pytest.mark.parametrize("architecture", ATTENTION)
def test_attention_that_is_read_equals_attention_by_hand(architecture, random_model, mixed_queries):
    model = random_model(architecture, torch.float64)
    found = read_attention(model, mixed_queries)
    for own, query in zip(found, mixed_queries, strict=True):
        run = ByHand(model).run(query)
        weights = torch.stack(run.weights).detach().numpy()
        np.testing.assert_allclose(own.weights, weights, rtol=0, atol=1e-12)
        assert (own.is_visible == torch.stack(run.visible).numpy()).all()


@pytest.mark.parametrize("architecture", WITH_ROWS)
def test_attention_that_is_read_is_what_the_model_says_itself(
    architecture, random_model, mixed_queries
):
    model = random_model(architecture, torch.float64)
    found = read_attention(model, mixed_queries)
    model.module.set_attn_implementation("eager")
    for own, query in zip(found, mixed_queries, strict=True):
        with torch.no_grad():
            said = model.module(torch.tensor([query.prompt_tokens]), output_attentions=True)
        weights = torch.cat(said.attentions).numpy()
        np.testing.assert_allclose(own.weights, weights, rtol=0, atol=1e-12)
        assert not own.weights[~np.broadcast_to(own.is_visible[:, None], weights.shape)].any()
        assert (own.is_visible.sum(1)[:, 0] >= 1).all()


@pytest.mark.parametrize("architecture", ["gpt_neo", "gptj"])
def test_neurons_of_models_whose_attention_is_their_own_can_be_manipulated(
    architecture, random_model, mixed_queries
):
    model = random_model(architecture, torch.float64)
    for factor in (0.0, 2.0):
        chosen = [drawn_neurons(model, query, factor) for query in mixed_queries]
        asked = [Intervention(number, neurons=own) for number, own in enumerate(chosen)]
        found = intervene(model, mixed_queries, asked, "first")
        for number, query in enumerate(mixed_queries):
            own = patched_answer(model, query, chosen[number])
            assert abs(found.answer_probability[number] - own) < 1e-10


def patched_answer(model, query, factors):
    """The probability of the first token, by one run with hooks."""
    handles = []
    for layer, down in enumerate(model.down_projections):
        own = factors.neurons[factors.layers == layer]

        def scale(_down, inputs, own=own):
            values = inputs[0].clone()
            values[0, -1, own] *= factors.factor
            return (values,)

        handles.append(down.register_forward_pre_hook(scale))
    try:
        with torch.no_grad():
            logits = model.module(torch.tensor([query.prompt_tokens])).logits[0, -1]
    finally:
        for handle in handles:
            handle.remove()
    return float(torch.softmax(logits, 0)[query.answer_token])


@pytest.mark.parametrize("architecture", ["gpt_neo", "gptj"])
@pytest.mark.parametrize("kind", ["columns suppressed", "masses"])
def test_attention_that_cannot_be_reached_is_refused(
    architecture, kind, random_model, mixed_queries
):
    """Silently, nothing would be manipulated."""
    oracle = ByHand(random_model(architecture, torch.float32))
    asked = DRAWN[kind](oracle, mixed_queries)
    with pytest.raises(StudyError, match=r"gpt2.*llama") as refusal:
        intervene(oracle.model, mixed_queries, asked, "first")
    assert f"{architecture}," not in str(refusal.value)
    with pytest.raises(StudyError, match=r"gpt2.*llama"):
        read_attention(oracle.model, mixed_queries)


@pytest.mark.parametrize("raises", [False, True])
@pytest.mark.parametrize("kind", ["columns suppressed", "masses", "neurons and columns"])
def test_nothing_is_left_behind(kind, raises, random_model, mixed_queries):
    oracle = ByHand(random_model("llama", torch.float32))
    module = oracle.model.module
    tokens = torch.tensor([mixed_queries[0].prompt_tokens])
    with torch.no_grad():
        before = module(tokens).logits
    implementation, n_hooks = module.config._attn_implementation, hooks(module)
    failure = oracle.model.layers[-1].register_forward_pre_hook(fail if raises else pass_on)
    try:
        intervene(oracle.model, mixed_queries, DRAWN[kind](oracle, mixed_queries), "first")
    except ZeroDivisionError:
        assert raises
    failure.remove()
    assert hooks(module) == n_hooks
    assert module.config._attn_implementation == implementation
    with torch.no_grad():
        assert torch.equal(module(tokens).logits, before)


def hooks(module):
    return sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in module.modules())


def fail(_module, _inputs):
    raise ZeroDivisionError


def pass_on(_module, _inputs):
    return None
