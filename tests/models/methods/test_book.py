"""The slow oracle itself: right by hand, by differences and by completeness."""

import math

import pytest
import torch

from qloc.models.prompting import EncodedQuery

METHODS = ("ig", "sig", "amig")
QUERY = EncodedQuery((1, 17, 40, 9), (30, 8), None)  # the first token is a special one


@pytest.fixture(scope="module")
def model(random_model):
    return random_model("gpt2", torch.float64)


def test_the_last_layer_at_the_last_token_by_hand(model, book):
    """Nothing comes after it but the norm and the head."""
    path = book(model).paths(QUERY, "sig")[-1]
    seen = []
    handle = model.layers[-1].register_forward_hook(lambda _b, _i, out: seen.append(out[0, -1]))
    model.module(torch.tensor([QUERY.prompt_tokens]))
    handle.remove()
    removed = (path.end - path.start) @ model.down_projections[-1].weight
    hidden = model.module.transformer.ln_f(seen[0] - 0.75 * removed)
    shares = torch.softmax(model.module.lm_head.weight @ hidden, 0)
    found, _ = book(model).runs(QUERY, path, [0.25])
    assert float(found) == pytest.approx(float(shares[30]), rel=1e-12)


def test_paths_are_those_of_the_definitions(model, book):
    by = {method: book(model).paths(QUERY, method) for method in METHODS}
    places = {name: [(p.layer, p.word, p.token) for p in paths] for name, paths in by.items()}
    assert places["ig"] == [(layer, 3, 3) for layer in range(3)]
    assert places["sig"] == [(layer, i, i) for layer in range(3) for i in (1, 2, 3)]
    assert places["amig"] == [(layer, i, 3) for layer in range(3) for i in (1, 2, 3)]
    real, padded, ended = (
        book(model).neurons(t) for t in ([1, 17, 40, 9], [1, 17, 0], [1, 17, 2, 9])
    )
    torch.testing.assert_close(by["sig"][4].start, padded[1, 2])  # layer 1, word 2
    torch.testing.assert_close(by["sig"][4].end, real[1, 2])
    torch.testing.assert_close(by["amig"][4].start, ended[1, 3])
    torch.testing.assert_close(by["amig"][4].end, real[1, 3])
    assert not any(path.start.any() for path in by["ig"])


@pytest.mark.parametrize("answer_tokens", ["first", "mean_tokens", "joint"])
def test_gradients_are_those_of_differences(model, book, answer_tokens):
    path = book(model).paths(QUERY, "sig")[1]
    oracle = book(model, answer_tokens)
    (gradient,) = oracle.runs(QUERY, path, [0.5])[1]
    change = path.end - path.start
    higher, lower = oracle.runs(QUERY, path, [0.5 + 1e-5, 0.5 - 1e-5])[0]
    assert float(gradient @ change) == pytest.approx(float(higher - lower) / 2e-5, rel=1e-6)


def test_an_answer_of_several_tokens_is_read_after_its_own(model, book):
    path = book(model).paths(QUERY, "ig")[0]
    answers = {
        a: float(book(model, a).runs(QUERY, path, [1.0])[0]) for a in ("mean_tokens", "joint")
    }
    shares = torch.softmax(model.module(torch.tensor([[1, 17, 40, 9, 30]])).logits[0], 1)
    first, second = float(shares[3, 30]), float(shares[4, 8])
    assert answers["mean_tokens"] == pytest.approx((first + second) / 2, rel=1e-12)
    assert answers["joint"] == pytest.approx(first * second, rel=1e-12)


@pytest.mark.parametrize("answer_tokens", ["first", "joint"])
@pytest.mark.parametrize("method", METHODS)
def test_scores_of_a_path_add_up_to_its_change_of_the_answer(
    model, book, rule_of, method, answer_tokens
):
    oracle = book(model, answer_tokens)
    raw = oracle.raw(QUERY, method, *rule_of("gauss_legendre", 48))
    changes = []
    for path in oracle.paths(QUERY, method):
        start, end = oracle.runs(QUERY, path, [0.0, 1.0])[0].tolist()
        changes.append(end - start)
    assert any(abs(change) > 1e-6 for change in changes)
    assert raw.sum(1).tolist() == pytest.approx(changes, abs=1e-10)


@pytest.mark.parametrize(
    ("quadrature", "expected"),
    [
        ("riemann_right", (1 + 4 + 9) / 27),
        ("left", (0 + 1 + 4) / 27),
        ("midpoint", (1 + 9 + 25) / 108),
        ("gauss_legendre", 1 / 3),
    ],
)
def test_rules_integrate_a_square_as_their_names_say(rule_of, quadrature, expected):
    points, weights = rule_of(quadrature, 3)
    found = math.fsum(w * p**2 for p, w in zip(points, weights, strict=True))
    assert found == pytest.approx(expected, rel=1e-14)
