"""A model that runs out of memory in the middle of attributing is attributed in smaller batches."""

import pytest
import torch

from qloc.models.memory import in_batches
from qloc.models.methods import Rule, attribute

RIEMANN = Rule("riemann_right", 3, 0.0)
KNOBS = {
    "ig": {},
    "sig": {"replacement": ["mask", "pad", "eos"]},
    "amig": {"baseline": "one_token", "aggregate": "per_word"},
}
CALLS_BEFORE = 3  # of a layer: the prompts are read then, and rows are on their way


def running_out(model, method, room):
    """Attributes a batch; with more queries than there is room for it fails on the way."""

    def work(batch):
        left = [CALLS_BEFORE]

        def fill(*_):
            left[0] -= 1
            if len(batch) > room and left[0] < 0:
                torch.empty(10**15)

        handle = model.layers[1].register_forward_pre_hook(fill)
        try:
            return attribute(model, batch, method, RIEMANN, "first", KNOBS[method])
        finally:
            handle.remove()

    return work


@pytest.mark.parametrize("method", sorted(KNOBS))
def test_scores_are_those_of_every_query_alone(method, random_model, mixed_queries, worst_error):
    model = random_model("llama", torch.float32)
    work = running_out(model, method, 3)
    made = list(in_batches(mixed_queries, 6, work, model.device))
    assert [(len(batch), size) for batch, size, _ in made] == [(3, 3), (3, 3)]
    for batch, _, found in made:
        for number, query in enumerate(batch):
            alone = attribute(model, [query], method, RIEMANN, "first", KNOBS[method])
            assert worst_error(found.scores[number], alone.scores[0]) < 2e-5
