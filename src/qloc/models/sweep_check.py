"""Does the sweep give what plain runs of the model give? Asked on every batch.

The sweep relies on how a model is built: on where attention looks, on what becomes of a down
projection's output. One query of every batch is therefore also run in the plain way, unmodified
and with the neurons of the first, a middle and the last layer at the baseline of their paths.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from qloc.models.answer_head import answer_probability
from qloc.models.language_model import LanguageModel, unsupported
from qloc.models.precision import NAMES_IN_TORCH
from qloc.models.prompting import EncodedQuery
from qloc.models.row_attention import changed_attention
from qloc.models.sweep import Paths

# Far above rounding, far below the effect of a layer that the sweep misunderstands.
TOLERANCE = 1e-3
# TF32 rounds 8192 times as coarsely; 12 layers of random weights then differed by 6e-4.
TF32_TOLERANCE = 3e-2


@torch.no_grad()
def check_ends(
    paths: Paths,
    query: EncodedQuery,
    at_baseline: Float64[Tensor, " layer"],
    unmodified: Float64[Tensor, " layer"],
) -> None:
    """Compare a sweep with plain runs of the model.

    Args:
        paths: Of which the last lead through all layers of one query's last word.
        query: Whose they are.
        at_baseline: Probability of its answer in the sweep, with each layer at its baseline.
        unmodified: The same, unmodified.

    Raises:
        StudyError: They differ by more than rounding.
    """
    model, n_layers = paths.model, paths.model.n_layers
    layers = sorted({0, n_layers // 2, n_layers - 1})
    tail = paths.tail.chosen(paths.queries[-1:].to(model.device))
    start = int(tail.prefix.lengths[0])
    text = [*query.prompt_tokens, *query.counted_tokens(tail.answer_tokens)[:-1]]
    tokens = torch.tensor([text] * (1 + len(layers)), device=model.device)
    place = start + int(tail.changed[0])
    every = torch.zeros(len(tokens), dtype=torch.int64, device=model.device)
    change = None if tail.prefix.change is None else tail.prefix.change.chosen(every)
    with (
        _at_baseline(model, layers, place, paths.baselines[-n_layers:]),
        changed_attention(model, tokens, change) as given,
    ):
        hidden = model.base(input_ids=tokens, use_cache=False, **given).last_hidden_state
    read = hidden[:, start + tail.reads[0]].double()  # run answer_token hidden
    answers = tail.answers.expand(len(read), -1)
    probability = answer_probability(model, read.flatten(0, 1), answers.flatten())
    plain = tail.combined(probability.reshape(answers.shape).T[None])[0]
    swept = torch.cat([unmodified[:1], at_baseline[layers]])
    difference = float((plain - swept).abs().max())
    rounds_products = torch.backends.cuda.matmul.fp32_precision == NAMES_IN_TORCH["tf32"]
    tolerance = TF32_TOLERANCE if rounds_products else TOLERANCE
    if difference > tolerance * float(plain.max()):
        raise unsupported(
            model,
            f"the probability of an answer differs by {difference:.2g} between the sweep and"
            " a plain run",
        )


@contextmanager
def _at_baseline(
    model: LanguageModel, layers: list[int], position: int, baselines: Float[Tensor, "layer neuron"]
) -> Iterator[None]:
    """Put each of some layers at its baseline at one token, in texts of their own from 1."""
    with ExitStack() as stack:
        for text, layer in enumerate(layers, 1):
            start = partial(_start, text, position, baselines[layer])
            down = model.down_projections[layer]
            stack.callback(down.register_forward_pre_hook(start).remove)
        yield


def _start(
    text: int,
    position: int,
    baseline: Float[Tensor, " neuron"],
    _down: torch.nn.Module,
    inputs: tuple[Tensor, ...],
) -> tuple[Tensor, ...]:
    neurons = inputs[0].clone()
    neurons[text, position] = baseline
    return (neurons,)
