"""Many edits in one batch, while the weights stay as they are.

The down projection is linear, so changing value vectors by ΔW adds Σ_p a_p ΔW_p to its output, at
every token, where a_p is what the neuron does in that row, edits of earlier layers already felt. So
each row of a batch can have an edit of its own, and gives what the edited model would give.

Up to the lowest layer that an edit changes, nothing differs from the clean model: its hidden states
are computed once for all edits, and layers below are passed over.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from qloc.models.edits import Edit
from qloc.models.language_model import LanguageModel, unsupported
from qloc.models.padding import padded, runs
from qloc.models.predictions import Continuation, Predictions, by_length, read_predictions

# Twice as many take longer: what lies between two products no longer fits into the cache.
EDITED_TOKENS_PER_RUN = 1024

# Far above rounding, far below the effect of a layer that is passed over wrongly.
TOLERANCE = 1e-3

# A start in the middle of a model: the number of a layer, and what goes into it.
Start = tuple[int, Float[Tensor, "text token hidden"]]


@torch.no_grad()
def predict_edited(
    model: LanguageModel, edits: Sequence[Edit], continuations: Sequence[Continuation]
) -> list[list[Predictions]]:
    """What the model would say with each edit: for every edit, of every continuation.

    An edit of no neuron gives exactly what the clean model says.

    Args:
        model: Who reads; its weights are not touched.
        edits: In any order.
        continuations: In any order and of any lengths.

    Raises:
        StudyError: The model is not built as its architecture says.
    """
    found: dict[tuple[int, int], Predictions] = {}
    for numbers in by_length(continuations):
        chosen = [continuations[number] for number in numbers]
        for edit, hidden in _last_hidden(model, edits, chosen):
            read = read_predictions(model, hidden, chosen)
            found.update(((edit, n), p) for n, p in zip(numbers, read, strict=True))
    return [
        [found[edit, number] for number in range(len(continuations))] for edit in range(len(edits))
    ]


@torch.no_grad()
def say_edited(
    model: LanguageModel,
    edits: Sequence[Edit],
    prompts: Sequence[tuple[int, ...]],
    n_tokens: int,
) -> list[list[tuple[int, ...]]]:
    """What the model would say of its own accord with each edit, the most probable token each time.

    Args:
        model: Who reads; its weights are not touched.
        edits: One with no neuron is the clean model.
        prompts: At least one.
        n_tokens: To say behind every prompt; fewer where the context ends.

    Returns:
        For every edit, the new tokens behind every prompt.
    """
    said: list[list[tuple[int, ...]]] = []
    n_prompt_tokens = max(len(prompt) for prompt in prompts)
    n_steps = min(n_tokens, model.context_length - n_prompt_tokens + 1)
    for some in runs([(n_prompt_tokens + n_tokens) * len(prompts)] * len(edits)):
        together = edits[some]
        texts = [list(prompt) for _ in together for prompt in prompts]
        for _ in range(n_steps):
            tokens = padded(texts).to(model.device)
            with _edited(model, together):
                hidden = model.base(input_ids=tokens, use_cache=False).last_hidden_state
            last = hidden[range(len(texts)), [len(text) - 1 for text in texts]]
            for text, token in zip(texts, model.logits(last).argmax(1).tolist(), strict=True):
                text.append(token)
        new = [tuple(text[len(prompts[n % len(prompts)]) :]) for n, text in enumerate(texts)]
        said += [new[n : n + len(prompts)] for n in range(0, len(new), len(prompts))]
    return said


def _last_hidden(
    model: LanguageModel, edits: Sequence[Edit], continuations: Sequence[Continuation]
) -> Iterator[tuple[int, Float[Tensor, "text token hidden"]]]:
    """The last hidden states of texts of similar lengths, with the number of each edit.

    The clean model runs only where an edit is empty or leaves layers below it as they are.
    """
    tokens = padded([asked.tokens for asked in continuations]).to(model.device)
    by_start = _by_lowest_layer(edits)
    unedited = [number for number, edit in enumerate(edits) if not len(edit.layers)]
    starts: dict[int, Start] = {}
    if unedited or set(by_start) - {0}:
        clean, starts = _clean_run(model, tokens, set(by_start) - {0})
        yield from ((number, clean) for number in unedited)
    if starts:
        _check_start(model, tokens[:1], continuations[:1], starts[max(starts)], clean[:1])
    for layer, members in by_start.items():
        for some in runs([tokens.numel()] * len(members), EDITED_TOKENS_PER_RUN):
            together = [edits[number] for number in members[some]]
            yield from zip(
                members[some],
                _edited_run(model, tokens, starts.get(layer), together),
                strict=True,
            )


def _by_lowest_layer(edits: Sequence[Edit]) -> dict[int, list[int]]:
    """Numbers of the edits that change anything, by their lowest layer."""
    found: dict[int, list[int]] = defaultdict(list)
    for number, edit in enumerate(edits):
        if len(edit.layers):
            found[int(edit.layers.min())].append(number)
    return dict(found)


def _clean_run(
    model: LanguageModel, tokens: Int[Tensor, "text token"], layers: set[int]
) -> tuple[Float[Tensor, "text token hidden"], dict[int, Start]]:
    """The last hidden states of the clean model, and starts at some of its layers."""
    starts: dict[int, Start] = {}
    with ExitStack() as stack:
        for layer in layers:
            hook = model.layers[layer].register_forward_pre_hook(
                partial(_keep, starts, layer), with_kwargs=True
            )
            stack.callback(hook.remove)
        hidden = model.base(input_ids=tokens, use_cache=False).last_hidden_state
    if missing := layers - set(starts):
        raise unsupported(model, f"layer {min(missing)} did not run")
    return hidden, starts


def _keep(
    starts: dict[int, Start],
    layer: int,
    _module: torch.nn.Module,
    given: tuple[Any, ...],
    named: dict[str, Any],
) -> None:
    starts[layer] = layer, given[0] if given else named["hidden_states"]


def _edited_run(
    model: LanguageModel,
    tokens: Int[Tensor, "text token"],
    start: Start | None,
    edits: Sequence[Edit],
) -> Float[Tensor, "edit text token hidden"]:
    """The last hidden states of all texts with each edit; from the first layer without a start."""
    with ExitStack() as stack:
        stack.enter_context(_edited(model, edits))
        if start is not None:
            layer, hidden = start
            stack.enter_context(_starting(model, (layer, hidden.repeat(len(edits), 1, 1))))
        output = model.base(input_ids=tokens.repeat(len(edits), 1), use_cache=False)
    last: Float[Tensor, "edit text token hidden"] = output.last_hidden_state.unflatten(
        0, (len(edits), len(tokens))
    )
    return last


def _check_start(
    model: LanguageModel,
    tokens: Int[Tensor, "1 token"],
    continuations: Sequence[Continuation],
    start: Start,
    clean: Float[Tensor, "1 token hidden"],
) -> None:
    """Compare one text, started in the middle and not edited, with the clean run.

    Raises:
        StudyError: They differ by more than rounding.
    """
    layer, hidden = start
    with _starting(model, (layer, hidden[:1])):
        last = model.base(input_ids=tokens, use_cache=False).last_hidden_state
    (found,) = read_predictions(model, last, continuations)
    (expected,) = read_predictions(model, clean, continuations)
    if not np.allclose(
        found.log_probabilities, expected.log_probabilities, rtol=TOLERANCE, atol=TOLERANCE
    ):
        raise unsupported(
            model,
            f"started at layer {layer}, it gives log-probability {found.log_probabilities[0]:.4g}"
            f" where a whole run gives {expected.log_probabilities[0]:.4g}",
        )


@contextmanager
def _starting(model: LanguageModel, start: Start) -> Iterator[None]:
    """Pass over the layers below the start, and put into that layer what is given."""
    layer, hidden = start
    below = model.layers[:layer]
    hook = model.layers[layer].register_forward_pre_hook(partial(_enter, hidden), with_kwargs=True)
    try:
        for module in below:
            module.forward = _pass_over
        yield
    finally:
        for module in below:
            module.__dict__.pop("forward", None)
        hook.remove()


def _pass_over(hidden_states: Tensor, *_given: object, **_named: object) -> Tensor:
    """Stands in for a layer whose output nobody reads."""
    return hidden_states


def _enter(
    hidden: Tensor, _module: torch.nn.Module, given: tuple[Any, ...], named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if given:
        return (hidden, *given[1:]), named
    return given, {**named, "hidden_states": hidden}


@contextmanager
def _edited(model: LanguageModel, edits: Sequence[Edit]) -> Iterator[None]:
    """Let every edit act on its own equal share of the rows of a batch, in their order."""
    ran: set[int] = set()
    changed = sorted({layer for edit in edits for layer in edit.layers.tolist()})
    with ExitStack() as stack:
        for layer in changed:
            parts = [_in_layer(edit, layer, model.device) for edit in edits]
            hook = model.down_projections[layer].register_forward_hook(
                partial(_add, parts, ran, layer)
            )
            stack.callback(hook.remove)
        yield
    if missing := set(changed) - ran:
        raise unsupported(model, f"layer {min(missing)} did not run its down projection")


def _in_layer(
    edit: Edit, layer: int, device: torch.device
) -> tuple[Int[Tensor, " neuron"], Float[Tensor, "neuron hidden"]]:
    """The neurons of an edit in one layer, and the changes of their value vectors."""
    here = torch.from_numpy(np.flatnonzero(edit.layers == layer)).to(device)
    return torch.from_numpy(edit.neurons).to(device)[here], edit.changes[here]


def _add(
    parts: Sequence[tuple[Int[Tensor, " _"], Float[Tensor, "_ hidden"]]],
    ran: set[int],
    layer: int,
    _down: torch.nn.Module,
    inputs: tuple[Tensor, ...],
    output: Float[Tensor, "*row hidden"],
) -> Float[Tensor, "*row hidden"]:
    ran.add(layer)
    values = inputs[0].reshape(len(parts), -1, inputs[0].shape[-1])
    edited = output.reshape(len(parts), -1, output.shape[-1]).clone()
    for part, (neurons, changes) in enumerate(parts):
        if len(neurons):
            edited[part] += values[part][:, neurons] @ changes
    return edited.reshape(output.shape)
