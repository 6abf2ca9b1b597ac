"""Paths of a sweep are independent of each other, and of the runs that they are split into."""

import pytest
import torch

from qloc.models import sweep
from qloc.models.activations import read_activations
from qloc.models.sweep import Paths
from qloc.models.tails import read_prompts

POINTS = [0.25, 0.5]


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def model(request, random_model):
    return random_model(request.param, torch.float64)


def paths_at(model, queries, positions, answer_tokens="first", starting_at=0.25):
    """Of all layers of every query, at one token each, from a part of what the neurons do."""
    prompts = read_prompts(model, queries, [[place] for place in positions], answer_tokens)
    neurons = prompts.activations[:, 0].flatten(0, 1)
    return Paths(
        model=model,
        tail=prompts.tail(range(len(queries)), positions),
        queries=torch.arange(len(queries)).repeat_interleave(model.n_layers),
        layers=torch.arange(model.n_layers).repeat(len(queries)),
        baselines=starting_at * neurons,
        steps=(1 - starting_at) * neurons,
    )


@pytest.fixture(scope="module")
def paths(model, mixed_queries):
    """At the last tokens."""
    return paths_at(model, mixed_queries, [len(q.prompt_tokens) - 1 for q in mixed_queries])


def every(paths):
    return torch.arange(len(paths))


def assert_close(found, expected):
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12 * float(expected.abs().max()))


def test_probabilities_and_gradients_equal_full_runs(
    model, paths, mixed_queries, naive_answer, naive_activations
):
    at_start, unmodified = paths.probabilities(0.0)
    inside, end = paths.gradients(every(paths), POINTS)
    for number, layer in enumerate(paths.layers.tolist()):
        query = mixed_queries[number // model.n_layers]
        neurons = naive_activations(model, query, layer)
        matrix = model.value_matrix(layer)
        for point, gradient in zip([*POINTS, 1.0], [*inside[number], end[number]], strict=True):
            values = (0.25 + 0.75 * point) * neurons
            _, expected = naive_answer(model, query, layer, values)
            torch.testing.assert_close(matrix @ gradient, expected, rtol=0, atol=1e-13)
        start, _ = naive_answer(model, query, layer, 0.25 * neurons)
        whole, _ = naive_answer(model, query, layer, neurons)
        assert float(at_start[number]) == pytest.approx(float(start), abs=1e-13)
        assert float(unmodified[number]) == pytest.approx(float(whole), abs=1e-13)


def test_scores_are_steps_times_gradients_of_neurons(model, paths):
    chosen = torch.tensor([4, 0, 2, 7])
    _, end = paths.gradients(chosen, POINTS)
    for number, gradient, scores in zip(
        chosen.tolist(), end, paths.scores(chosen, end), strict=True
    ):
        matrix = model.value_matrix(int(paths.layers[number]))
        torch.testing.assert_close(scores, paths.steps[number] * (matrix @ gradient))


@pytest.mark.parametrize(
    "chosen",
    [[1], [2, 3, 4, 15], [6, 10, 14], [0, 1, 2, 13], [13, 0, 5, 1], [17, 16, 15, 2, 1, 0]],
    ids=str,
)
def test_chosen_paths_have_the_gradients_they_have_among_all(paths, chosen):
    inside, end = paths.gradients(every(paths), POINTS)
    found_inside, found_end = paths.gradients(torch.tensor(chosen), POINTS)
    assert_close(found_inside, inside[chosen])
    assert_close(found_end, end[chosen])


@pytest.mark.parametrize("answer_tokens", ["first", "joint"])
def test_gradients_at_inner_tokens_do_not_depend_on_other_queries(
    model, mixed_queries, answer_tokens
):
    positions = [len(query.prompt_tokens) // 2 for query in mixed_queries]
    paths = paths_at(model, mixed_queries, positions, answer_tokens)
    together, end = paths.gradients(every(paths), POINTS)
    for number, (query, place) in enumerate(zip(mixed_queries, positions, strict=True)):
        alone = paths_at(model, [query], [place], answer_tokens)
        own = slice(number * model.n_layers, (number + 1) * model.n_layers)
        found, found_end = alone.gradients(every(alone), POINTS)
        assert_close(found, together[own])
        assert_close(found_end, end[own])


def test_several_words_of_a_query_may_share_its_tail(model, mixed_queries):
    single = paths_at(model, mixed_queries[:2], [4, 0])
    numbers = torch.tensor([0, 0, 0, 1, 1, 1, 0, 0, 0])
    places = torch.tensor([0, 1, 2, 3, 4, 5, 0, 1, 2])
    repeated = Paths(
        model=model,
        tail=single.tail,
        queries=numbers,
        layers=single.layers[places],
        baselines=single.baselines[places],
        steps=single.steps[places],
    )
    expected, _ = single.gradients(every(single), POINTS)
    found, _ = repeated.gradients(every(repeated), POINTS)
    assert_close(found, expected[places])


@pytest.mark.parametrize("points_per_run", [1, 3, 7])
def test_runs_of_bounded_size_give_the_same_gradients(
    paths, mixed_queries, points_per_run, monkeypatch
):
    expected = *paths.gradients(every(paths), POINTS), *paths.probabilities(0.0)
    sizes = []
    run_rows = sweep.run_rows

    def counted(model, rows):
        hidden = run_rows(model, rows)
        sizes.append(hidden.shape[0] * hidden.shape[2])
        return hidden

    monkeypatch.setattr(sweep, "POINTS_PER_RUN", points_per_run)
    monkeypatch.setattr(sweep, "run_rows", counted)
    found = *paths.gradients(every(paths), POINTS), *paths.probabilities(0.0)
    for one, other in zip(found, expected, strict=True):
        assert_close(one, other)
    most = len(mixed_queries) * paths.model.n_layers * points_per_run
    assert max(sizes) <= most + len(mixed_queries)  # the unmodified rows come on top
    assert len(sizes) >= 4 if points_per_run == 1 else len(sizes) >= 2


def test_activations_of_texts_of_mixed_lengths_are_those_of_each(model, mixed_queries):
    texts = [query.prompt_tokens for query in mixed_queries]
    places = [[0, len(text) - 1] for text in texts]
    together = read_activations(model, texts, places)
    for text, place, found in zip(texts, places, together, strict=True):
        alone = read_activations(model, [text], [place])[0]
        torch.testing.assert_close(found, alone, rtol=0, atol=1e-12)
