"""An edit as a row of a batch gives what the edited weights give, and touches no weight."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.models.edits_by_hand import (
    CONTEXT,
    SIZES,
    assert_read,
    assert_said,
    by_hand,
    drawn_continuations,
    drawn_edit,
    drawn_edits,
    read,
    said,
)

from qloc.errors import StudyError
from qloc.models import edited_rows
from qloc.models.architectures import ARCHITECTURES
from qloc.models.edited_rows import predict_edited, say_edited
from qloc.models.edits import OPERATIONS, EditRequest, EditRule, make_edit
from qloc.models.predictions import Continuation, predict
from qloc.models.weights import edited_weights

pytestmark = pytest.mark.slow

# Conv1D and Linear, tied and untied, norms behind the projection, neurons beside attention,
# windows, scaled residuals, and attention that is the model's own.
FEW = [
    ("gpt2", ""),
    ("gpt2", "head of its own"),
    ("llama", ""),
    ("llama", "biases, one embedding"),
    ("gemma2", ""),
    ("gpt_neox", ""),
    ("gptj", ""),
]
NAMES = [f"{architecture}: {variant}".strip(": ") for architecture, variant in FEW]
MODELS = [
    *(pytest.param(*form, id=name) for form, name in zip(FEW, NAMES, strict=True)),
    *(
        pytest.param(name, "", marks=pytest.mark.slow, id=name)
        for name in sorted(ARCHITECTURES)
        if (name, "") not in FEW
    ),
]
PRECISIONS = pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-4)], ids=str
)
PROMPTS = [(5, 9, 11, 4, 33), (40,), (5, 9, 11, 4, 33, 7, 7, 12)]
N_SAID = 6


@pytest.mark.parametrize(("architecture", "variant"), MODELS)
@PRECISIONS
def test_rows_predict_what_edited_weights_predict(
    architecture, variant, dtype, tolerance, random_model
):
    """Behind prompts and in running text, for edits of all sizes together."""
    model, texts = random_model(architecture, dtype, variant), drawn_continuations()
    edits = drawn_edits(model)
    found = dict(zip(edits, predict_edited(model, list(edits.values()), texts), strict=True))
    clean = [read(model, text) for text in texts]
    for name, edit in edits.items():
        assert len(found[name]) == len(texts)
        largest = 0.0
        with by_hand(model, edit):
            for own, text, before in zip(found[name], texts, clean, strict=True):
                sought = read(model, text)
                assert_read(own, sought, tolerance)
                moved = np.subtract(sought.log_probabilities, before.log_probabilities)
                largest = max(largest, np.abs(moved).max())
        assert largest > 0.01 or name == "nothing"


@pytest.mark.parametrize(("architecture", "variant"), MODELS)
@PRECISIONS
def test_rows_say_what_edited_weights_say(architecture, variant, dtype, tolerance, random_model):
    """Token after token of their own accord."""
    model = random_model(architecture, dtype, variant)
    edits = list(drawn_edits(model).values())
    found = say_edited(model, edits, PROMPTS, N_SAID)
    assert len(found) == len(edits)
    for edit, own in zip(edits, found, strict=True):
        with by_hand(model, edit):
            for prompt, tokens in zip(PROMPTS, own, strict=True):
                sought = said(model, prompt, N_SAID)
                assert_said(tokens, sought, is_rounded=tolerance > 1e-6)
    assert len(set(map(tuple, found))) > len(edits) / 2


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_rows_of_erased_and_updated_facts_equal_edited_weights(
    architecture, operation, trained_model, mixed_queries
):
    """Of a model that knows them, as the study edits: the same answers, not the clean ones."""
    model = trained_model(architecture, torch.float32)
    asked = [Continuation(query.prompt_tokens, query.answer_tokens) for query in mixed_queries]
    rule = EditRule(
        "subtract", "output", "mean", "norm_matched", "aligned", [(0.5, 0.5), (4.0, 4.0)]
    )
    draws = np.random.default_rng(2)
    edits = []
    for number, query in enumerate(mixed_queries):
        cells = draws.choice(model.n_layers * model.n_neurons, 30, replace=False)
        request = EditRequest(
            cells // model.n_neurons,
            cells % model.n_neurons,
            query.answer_tokens,
            mixed_queries[number - 1].answer_tokens,
            draws.normal(size=30),
        )
        edits += [make_edit(model, request, operation, rule, strength) for strength in range(2)]
    found, clean = predict_edited(model, edits, asked), predict(model, asked)
    n_changed = 0
    for edit, own in zip(edits, found, strict=True):
        with by_hand(model, edit):
            for one, text, before in zip(own, asked, clean, strict=True):
                assert_read(one, read(model, text), 1e-4)
                n_changed += one.tokens[0] != before.tokens[0]
    assert n_changed > len(edits) / 2


@pytest.mark.parametrize(("architecture", "variant"), FEW, ids=NAMES)
def test_rows_equal_the_engines_own_edit_of_the_weights(architecture, variant, random_model):
    model, texts = random_model(architecture, torch.float64, variant), drawn_continuations()
    edits = list(drawn_edits(model).values())
    found = predict_edited(model, edits, texts)
    for edit, own in zip(edits, found, strict=True):
        with edited_weights(model) as weights:
            weights.apply(edit)
            expected = predict(model, texts)
        for one, other in zip(own, expected, strict=True):
            assert (one.tokens == other.tokens).all()
            off = np.abs(one.log_probabilities - other.log_probabilities)
            assert off.max() < 1e-10


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_an_edit_of_no_neuron_predicts_exactly_what_the_clean_model_does(dtype, random_model):
    model, texts = random_model("llama", dtype), drawn_continuations()
    nothing, something = drawn_edit(model, {}), drawn_edit(model, {1: 3})
    clean = predict(model, texts)
    for edits in ([nothing], [something, nothing, nothing]):
        for own, other in zip(predict_edited(model, edits, texts)[-1], clean, strict=True):
            assert (own.tokens == other.tokens).all()
            assert (own.log_probabilities == other.log_probabilities).all()


def test_no_edit_gives_nothing_and_no_continuation_nothing_of_each(random_model):
    model = random_model("gpt2", torch.float32)
    edits = list(drawn_edits(model).values())
    assert predict_edited(model, [], drawn_continuations()) == []
    assert predict_edited(model, edits, []) == [[] for _ in edits]
    assert say_edited(model, [], PROMPTS, 3) == []


@pytest.mark.parametrize("tokens_per_run", [1, 40, 100_000])
def test_edits_do_not_depend_on_each_other_nor_on_the_runs_they_share(
    tokens_per_run, random_model, monkeypatch
):
    """Equal edits give equal predictions; in any order; one to a run, or all in one."""
    model, texts = random_model("gemma2", torch.float64), drawn_continuations()
    edits = list(drawn_edits(model).values())
    edits += [edits[3], edits[6]]
    alone = [predict_edited(model, [edit], texts)[0] for edit in edits]
    heard = [say_edited(model, [edit], PROMPTS, 4)[0] for edit in edits]
    monkeypatch.setattr("qloc.models.padding.TOKENS_PER_RUN", tokens_per_run)
    monkeypatch.setattr("qloc.models.edited_rows.EDITED_TOKENS_PER_RUN", tokens_per_run)
    order = np.random.default_rng(1).permutation(len(edits))
    together = predict_edited(model, [edits[n] for n in order], texts[::-1])
    for number, own in zip(order, together, strict=True):
        for one, other in zip(own[::-1], alone[number], strict=True):
            assert (one.tokens == other.tokens).all()
            off = np.abs(one.log_probabilities - other.log_probabilities)
            assert off.max() < 1e-11
    assert say_edited(model, [edits[n] for n in order], PROMPTS, 4) == [heard[n] for n in order]


@pytest.mark.parametrize("lowest", [0, 1, 2])
def test_layers_below_the_lowest_edited_one_are_not_recomputed(lowest, random_model):
    """They see every text once, for all edits together."""
    model, texts = random_model("llama", torch.float32), drawn_continuations()
    n_edits, seen = 5, [0] * model.n_layers
    edits = [drawn_edit(model, {lowest: 2, 2: 3}, seed) for seed in range(n_edits)]

    def count(_module, inputs, *, layer):
        seen[layer] += inputs[0].shape[:-1].numel()

    handles = [
        down.register_forward_pre_hook(lambda *given, layer=layer: count(*given, layer=layer))
        for layer, down in enumerate(model.down_projections)
    ]
    predict(model, texts)
    once, seen = seen[0], [0] * model.n_layers
    found = predict_edited(model, edits, texts)
    for handle in handles:
        handle.remove()
    assert all(n <= 2 * once for n in seen[:lowest])
    assert all(n >= n_edits * once for n in seen[lowest:])
    monitored = predict_edited(model, edits, texts)
    for own, other in zip(found, monitored, strict=True):
        for one, two in zip(own, other, strict=True):
            assert (one.log_probabilities == two.log_probabilities).all()


def test_as_many_tokens_are_said_as_the_context_holds(random_model):
    """The last token said need not be read."""
    model = random_model("gpt2", torch.float64)
    assert model.context_length == CONTEXT
    prompt = tuple(range(3, CONTEXT))
    edit = drawn_edit(model, SIZES["first and last layer"])
    ((found,),) = say_edited(model, [edit], [prompt], 20)
    with by_hand(model, edit):
        sought = said(model, prompt, CONTEXT - len(prompt) + 1)
    assert_said(found, sought, is_rounded=False)
    assert len(found) == 4


def state(module):
    hooks = [
        len(part._forward_hooks) + len(part._forward_pre_hooks) + ("forward" in vars(part))
        for part in module.modules()
    ]
    return hooks, module.config._attn_implementation, module.training


@pytest.mark.parametrize("failure", [None, ZeroDivisionError, KeyboardInterrupt])
@pytest.mark.parametrize("architecture", ["gpt2", "llama", "gptj"])
@pytest.mark.parametrize("run", ["predict", "say"])
def test_nothing_is_left_behind(run, architecture, failure, random_model):
    """Weights to the bit, hooks, and layers that were passed over; also after a failure."""
    model, texts = random_model(architecture, torch.float32), drawn_continuations()
    edits = [drawn_edit(model, {1: 3, 2: 2}, seed) for seed in range(3)]
    weights = copy.deepcopy(dict(model.module.state_dict()))
    before, clean, n_runs = state(model.module), predict(model, texts), 0

    def fail(_module, inputs):
        nonlocal n_runs
        n_runs += 1
        if failure is not None and len(inputs[0]) >= len(edits):
            raise failure

    def work():
        if run == "predict":
            predict_edited(model, edits, texts)
        else:
            say_edited(model, edits, PROMPTS, 3)

    with model.down_projections[2].register_forward_pre_hook(fail):
        if failure is None:
            work()
        else:
            with pytest.raises(failure):
                work()
    assert n_runs > 0
    assert state(model.module) == before
    for name, weight in model.module.state_dict().items():
        assert torch.equal(weight, weights[name])
    for own, other in zip(predict(model, texts), clean, strict=True):
        assert (own.log_probabilities == other.log_probabilities).all()


def test_a_model_whose_layers_cannot_be_passed_over_is_refused(random_model, monkeypatch):
    """Silently, another model would be studied."""
    model = random_model("llama", torch.float32)
    edits = [drawn_edit(model, {2: 3})]
    monkeypatch.setattr(
        edited_rows, "_enter", lambda _hidden, _module, given, named: (given, named)
    )
    with pytest.raises(StudyError, match="started at layer 2"):
        predict_edited(model, edits, drawn_continuations())


def test_a_model_that_does_not_run_its_down_projection_is_refused(random_model):
    model = random_model("llama", torch.float32)
    edits = [drawn_edit(model, {1: 3})]
    layer = model.layers[1]
    layer.mlp.forward = lambda hidden: hidden * 0
    with pytest.raises(StudyError, match="layer 1 did not run its down projection"):
        say_edited(model, edits, PROMPTS, 2)
    with pytest.raises(StudyError, match="layer 1 did not run its down projection"):
        predict_edited(model, edits, drawn_continuations())


def test_continuations_keep_their_prompts_apart(random_model):
    """Where a prompt ends changes what is read of a text, nothing else."""
    model = random_model("gpt2", torch.float64)
    (text,) = [text for text in drawn_continuations() if len(text.next_tokens) == 30]
    whole = (*text.prompt_tokens, *text.next_tokens)
    later = replace(text, prompt_tokens=whole[:9], next_tokens=whole[9:])
    ((one, other),) = predict_edited(model, [drawn_edit(model, {0: 9, 2: 9})], [text, later])
    np.testing.assert_allclose(
        one.log_probabilities[8:], other.log_probabilities, rtol=0, atol=1e-12
    )
    assert (one.tokens[8:] == other.tokens).all()
