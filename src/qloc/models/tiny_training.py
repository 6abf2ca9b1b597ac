"""Training of a tiny model on the study's own facts and some general text.

The same inputs give the same weights, bit for bit, on one thread of the same kind of CPU: all
draws come from named generators and torch computes deterministically. Two threads would
add numbers in another order and give other weights, so training asks for one.
"""

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from qloc.models.answers import answer
from qloc.models.architectures import ARCHITECTURES
from qloc.models.language_model import LanguageModel
from qloc.models.padding import padded
from qloc.models.perplexity import perplexity
from qloc.models.prompting import Tokenizer
from qloc.models.tiny import CONTEXT_LENGTH, END_ID, N_LAYERS, TINY_ARCHITECTURES
from qloc.models.tiny_lessons import Lessons, fact_batches, text_windows

logger = logging.getLogger(__name__)

# Of one step: sentences of facts, windows of general text, tokens in a window. Twice as many
# of each in half as many steps cost the same and leave a tenth of the facts unlearned.
FACT_ROWS = 32
TEXT_ROWS, TEXT_LENGTH = 3, 32
# AdamW: the second moment forgets faster than by default, as training has under 1,000 steps.
BETAS = (0.9, 0.98)
WEIGHT_DECAY = 0.1  # of matrices; vectors (norms, biases) do not decay
LARGEST_GRADIENT = 1.0  # norm to which gradients are clipped
WARM_UP_STEPS = 50
FINAL_RATE = 0.05  # share of the learning rate at which the cosine ends
# Rows of the training table, at equal distances; one costs about a second.
N_MEASUREMENTS = 6
# Queries asked in one forward pass while measuring.
MEASURED_TOGETHER = 128


@dataclass(frozen=True)
class Recipe:
    """The settings of a training, as in config.yaml.

    Attributes:
        passes: Over the training sentences.
        learning_rate: Highest, after warming up.
        layer_learning_rate: Learning rate of a feed-forward layer relative to that of the
            layer above.
    """

    passes: float
    learning_rate: float
    layer_learning_rate: float


@dataclass(frozen=True)
class Measurement:
    """One row of the training table; see `qloc.contracts.training`."""

    step: int
    fact_loss: float
    text_loss: float
    trained_accuracy: float
    held_out_accuracy: float | None
    mean_answer_probability: float
    perplexity: float


def train(
    module: PreTrainedModel,
    tokenizer: Tokenizer,
    architecture: str,
    lessons: Lessons,
    recipe: Recipe,
    draws: np.random.Generator,
) -> list[Measurement]:
    """Train a module in place and say how it learned.

    Args:
        module: Of `qloc.models.tiny`.
        tokenizer: Its tokenizer.
        architecture: Its architecture.
        lessons: What it reads.
        recipe: How fast and how long.
        draws: Orders of sentences and places of text.
    """
    model = LanguageModel(module, tokenizer, ARCHITECTURES[architecture], CONTEXT_LENGTH)
    optimizer = _optimizer(model, recipe)
    lengths = [len(sentence) for sentence in lessons.sentences]
    batches = list(fact_batches(lengths, recipe.passes, FACT_ROWS, draws))
    every = math.ceil(len(batches) / N_MEASUREMENTS)
    opens_with_end = TINY_ARCHITECTURES[architecture].opens_with_end
    begin = time.monotonic()
    measurements = []
    for step, batch in enumerate(batches):
        windows = text_windows(lessons.stream, TEXT_ROWS, TEXT_LENGTH, draws)
        if opens_with_end:
            windows[:, 0] = END_ID
        _set_rate(optimizer, recipe.learning_rate * _schedule(step, len(batches)))
        fact_loss = _learn(model, [lessons.sentences[i] for i in batch])
        text_loss = _learn(model, windows.tolist())
        torch.nn.utils.clip_grad_norm_(module.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if (step + 1) % every == 0 or step + 1 == len(batches):
            measurements.append(_measure(model, lessons, step + 1, fact_loss, text_loss))
            _log(measurements[-1], len(batches), time.monotonic() - begin)
    return measurements


def _learn(model: LanguageModel, texts: Sequence[Sequence[int]]) -> float:
    """Add the gradients of the mean loss over all tokens after the first of their text."""
    tokens = padded(texts)
    real = torch.arange(tokens.shape[1]) < torch.tensor([[len(text)] for text in texts])
    loss = _loss(model, tokens, real[:, 1:].flatten().nonzero().squeeze(1))
    torch.autograd.backward(loss)
    return loss.item()


def _loss(
    model: LanguageModel, tokens: Int[Tensor, "text token"], places: Int[Tensor, " place"]
) -> Float[Tensor, ""]:
    """Mean cross-entropy of the next token at these places of the flattened texts."""
    hidden = model.base(tokens[:, :-1], use_cache=False).last_hidden_state
    logits = model.logits(hidden.flatten(0, 1)[places])
    return cross_entropy(logits, tokens[:, 1:].flatten()[places])


def _optimizer(model: LanguageModel, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with a group of parameters for every pace and decay."""
    groups: dict[tuple[float, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in model.module.named_parameters():
        pace = recipe.layer_learning_rate ** _layers_above(model, name)
        groups.setdefault((pace, parameter.dim() > 1), []).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": group, "pace": pace, "weight_decay": WEIGHT_DECAY if decays else 0.0}
            for (pace, decays), group in groups.items()
        ],
        lr=recipe.learning_rate,
        betas=BETAS,
        fused=True,
    )


def _layers_above(model: LanguageModel, parameter: str) -> int:
    """For a parameter of a feed-forward layer, how many layers lie above it; else 0."""
    feed_forward = model.architecture.down_projection.split(".")[0]
    for layer in range(N_LAYERS):
        if parameter.startswith(f"{model.architecture.layers}.{layer}.{feed_forward}."):
            return N_LAYERS - 1 - layer
    return 0


def _set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate * group["pace"]


def _schedule(step: int, n_steps: int) -> float:
    """Share of the learning rate at a step: a linear warm-up on top of a falling cosine."""
    warm = min(1.0, (step + 1) / WARM_UP_STEPS)
    return warm * (FINAL_RATE + (1 - FINAL_RATE) * (1 + math.cos(math.pi * step / n_steps)) / 2)


def _measure(
    model: LanguageModel, lessons: Lessons, step: int, fact_loss: float, text_loss: float
) -> Measurement:
    trained = answer(model, lessons.trained, None, MEASURED_TOGETHER)
    held_out = answer(model, lessons.held_out, None, MEASURED_TOGETHER)
    return Measurement(
        step=step,
        fact_loss=fact_loss,
        text_loss=text_loss,
        trained_accuracy=float(trained.is_best.mean()),
        held_out_accuracy=float(held_out.is_best.mean()) if lessons.held_out else None,
        mean_answer_probability=float(trained.probability.mean()),
        perplexity=perplexity(model, lessons.reading),
    )


def _log(row: Measurement, n_steps: int, seconds: float) -> None:
    held_out = "none" if row.held_out_accuracy is None else f"{row.held_out_accuracy:.3f}"
    logger.info(
        "step %d of %d: loss %.3f on facts, %.3f on text; accuracy %.3f trained, %s held out;"
        " %.1f steps/s, %.0f s left",
        row.step,
        n_steps,
        row.fact_loss,
        row.text_loss,
        row.trained_accuracy,
        held_out,
        row.step / seconds,
        seconds / row.step * (n_steps - row.step),
    )
