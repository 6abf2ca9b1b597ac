"""A sweep that would be silently wrong is noticed."""

import pytest
import torch

from qloc.errors import StudyError
from qloc.models.rows import read_prompts
from qloc.models.sweep import path_ends
from qloc.models.sweep_check import check_ends


@pytest.fixture(params=["gpt2", "llama"])
def model(request, random_model):
    return random_model(request.param, torch.float32)


def ends_of(model, query):
    ends = path_ends(model, read_prompts(model, [query]))
    return torch.cat([ends.probability, ends.probability_at_zero[0]])


def test_a_sweep_that_equals_plain_runs_passes(model, mixed_queries):
    for query in mixed_queries:
        check_ends(model, query, ends_of(model, query))


@pytest.mark.parametrize("run", range(4))
def test_one_wrong_probability_is_refused(model, mixed_queries, run):
    query = mixed_queries[2]
    probabilities = ends_of(model, query)
    probabilities[run] += 2e-3 * float(probabilities.max())
    with pytest.raises(StudyError, match=r"differs by .* between the sweep and a plain run"):
        check_ends(model, query, probabilities)


def test_a_model_that_rescales_what_a_layer_adds_is_refused(model, mixed_queries):
    """As post-norm families do: a row's way in would then be another."""
    handle = model.layers[1].mlp.register_forward_hook(lambda _m, _i, output: 0.5 * output)
    query = mixed_queries[0]
    with pytest.raises(StudyError, match="cannot be attributed"):
        check_ends(model, query, ends_of(model, query))
    handle.remove()
