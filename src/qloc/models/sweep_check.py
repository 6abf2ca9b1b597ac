"""Does the sweep give what plain runs of the model give? Asked on every batch.

The sweep relies on how a model is built: on where attention looks, on a down projection whose
output is added as it is. One query of every batch is therefore also run in the plain way,
unmodified and with each layer's neurons at zero.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import torch
from jaxtyping import Float64
from torch import Tensor

from qloc.models.answer_head import answer_probability
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery
from qloc.models.rows import unsupported

# Far above rounding, far below the effect of a layer that the sweep misunderstands.
TOLERANCE = 1e-3


@torch.no_grad()
def check_ends(
    model: LanguageModel, query: EncodedQuery, probabilities: Float64[Tensor, " run"]
) -> None:
    """Compare a sweep with plain runs of the model.

    Args:
        model: The model.
        query: One query of the sweep.
        probabilities: Of its answer in the sweep: unmodified, then with each layer at zero.

    Raises:
        StudyError: They differ by more than rounding.
    """
    n_runs = 1 + model.n_layers
    tokens = torch.tensor([query.prompt_tokens] * n_runs, device=model.device)
    with _layers_at_zero(model):
        hidden = model.base(input_ids=tokens, use_cache=False).last_hidden_state[:, -1]
    answers = torch.full((n_runs,), query.answer_token, device=model.device)
    plain = answer_probability(model, hidden.double(), answers)
    difference = float((plain - probabilities).abs().max())
    if difference > TOLERANCE * float(plain.max()):
        raise unsupported(
            model,
            f"the probability of an answer differs by {difference:.2g} between the sweep and"
            " a plain run",
        )


@contextmanager
def _layers_at_zero(model: LanguageModel) -> Iterator[None]:
    """Set the neurons of layer l to zero at the last token of row l + 1."""
    with ExitStack() as stack:
        for layer, down in enumerate(model.down_projections):
            hook = down.register_forward_pre_hook(partial(_set_to_zero, layer + 1))
            stack.callback(hook.remove)
        yield


def _set_to_zero(
    row: int, _down: torch.nn.Module, inputs: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    neurons = inputs[0].clone()
    neurons[row, -1] = 0
    return (neurons,)
