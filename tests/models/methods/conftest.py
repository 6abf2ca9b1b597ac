"""Attribution by the book: a full run of the model for every gradient, no two of them shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pytest
import torch
from torch import Tensor

from qloc.models.language_model import LanguageModel
from qloc.models.methods import Rule, attribute
from qloc.models.prompting import EncodedQuery

NO_KNOBS: Mapping = MappingProxyType({})
KNOBS = {
    "ig": {},
    "sig": {"replacement": ("mask", "pad", "eos")},
    "amig": {"baseline": "one_token", "aggregate": "per_word"},
}


@dataclass(frozen=True)
class Path:
    """Neurons of one layer at one token go straight from a start to what they do."""

    layer: int
    word: int  # that was replaced; where the method replaces none or all, the last token
    token: int  # at which the neurons are changed
    start: Tensor
    end: Tensor


@dataclass(frozen=True)
class Book:
    """What the definitions say, computed as they say it (Chen et al. 2025, app. D).

    Takes nothing from the study but where the down projections are.
    """

    model: LanguageModel
    answer_tokens: str = "first"

    def neurons(self, tokens: Sequence[int]) -> Tensor:
        """What all neurons do on a text [layer token neuron]."""
        seen = []
        handles = [
            down.register_forward_pre_hook(lambda _down, inputs: seen.append(inputs[0][0]))
            for down in self.model.down_projections
        ]
        with torch.no_grad():
            self.model.module(**texts([tokens]))
        for handle in handles:
            handle.remove()
        return torch.stack(seen)

    def answer(self, logits: Tensor, query: EncodedQuery) -> Tensor:
        """Of logits [run token vocabulary], how probable the answer is in each run."""
        true = query.answer_tokens[: 1 if self.answer_tokens == "first" else None]
        first = len(query.prompt_tokens) - 1
        shares = torch.softmax(logits[:, first : first + len(true)], 2)
        each = torch.stack([shares[:, place, token] for place, token in enumerate(true)], 1)
        return each.prod(1) if self.answer_tokens == "joint" else each.mean(1)

    def runs(self, query: EncodedQuery, path: Path, points: Sequence[float]):
        """The answer at points of a path [point], and its gradient there [point neuron]."""
        change = path.end - path.start
        neurons = torch.stack([path.start + point * change for point in points]).requires_grad_()

        def replace(_down, inputs):
            values = inputs[0].clone()
            values[:, path.token] = neurons
            return (values,)

        handle = self.model.down_projections[path.layer].register_forward_pre_hook(replace)
        text = [*query.prompt_tokens, *query.answer_tokens[:-1]]
        logits = self.model.module(**texts([text] * len(points))).logits
        handle.remove()
        answer = self.answer(logits, query)
        return answer.detach(), torch.autograd.grad(answer.sum(), neurons)[0]

    def words(self, query: EncodedQuery) -> list[int]:
        """Where the tokens are that are not special ones."""
        special = self.model.tokenizer.all_special_ids
        return [i for i, token in enumerate(query.prompt_tokens) if token not in special]

    def replaced(self, query: EncodedQuery, words: Sequence[int], by: int) -> Tensor:
        """What neurons do on a prompt with some of its words replaced [layer token neuron]."""
        tokens = list(query.prompt_tokens)
        for word in words:
            tokens[word] = by
        return self.neurons(tokens)

    def paths(self, query: EncodedQuery, method: str, knobs: Mapping = NO_KNOBS) -> list[Path]:
        """Every path of a method, layer by layer, then word by word."""
        real = self.neurons(query.prompt_tokens)
        starts = getattr(self, f"_{method}_starts")(query, **knobs)
        return [
            Path(layer, word, token, start[layer], real[layer, token])
            for layer in range(self.model.n_layers)
            for word, token, start in starts
        ]

    def _ig_starts(self, query):
        last = len(query.prompt_tokens) - 1
        return [(last, last, torch.zeros_like(self.neurons(query.prompt_tokens)[:, last]))]

    def _sig_starts(self, query, replacement=("mask", "pad", "eos")):
        ids = [getattr(self.model.tokenizer, f"{name}_token_id") for name in replacement]
        by = next(token for token in ids if token is not None)
        return [(i, i, self.replaced(query, [i], by)[:, i]) for i in self.words(query)]

    def _amig_starts(self, query, baseline="one_token", aggregate="per_word"):
        end = self.model.tokenizer.eos_token_id
        last, words = len(query.prompt_tokens) - 1, self.words(query)
        if not words:
            return []
        if baseline == "all_tokens":
            return [(last, last, self.replaced(query, words, end)[:, last])]
        starts = [(i, last, self.replaced(query, [i], end)[:, last]) for i in words]
        if aggregate == "mean_baseline":
            return [(last, last, torch.stack([start for _, _, start in starts]).mean(0))]
        return starts

    def raw(self, query, method, points, weights, knobs=NO_KNOBS) -> Tensor:
        """Scores of every path, in units of probability [path neuron]."""
        scores = [torch.zeros((0, self.model.n_neurons), dtype=self.model.dtype)]
        weights = torch.tensor(weights, dtype=self.model.dtype)
        for path in self.paths(query, method, knobs):
            _, gradients = self.runs(query, path, points)
            scores.append(((path.end - path.start) * (weights @ gradients))[None])
        return torch.cat(scores)

    def scores(self, query, method, points, weights, knobs=NO_KNOBS) -> Tensor:
        """Scores of every neuron, in units of the method [layer neuron]."""
        raw = self.raw(query, method, points, weights, knobs)
        by_layer = raw.reshape(self.model.n_layers, -1, self.model.n_neurons).sum(1)
        size = {"ig": 1, "sig": raw.square().sum().sqrt(), "amig": by_layer.abs().sum()}[method]
        return by_layer / size if size else by_layer


def texts(tokens: Sequence[Sequence[int]]) -> dict[str, Tensor]:
    """Texts of equal length; no token of them is padding, whatever its number."""
    batch = torch.tensor(tokens)
    return {"input_ids": batch, "attention_mask": torch.ones_like(batch), "use_cache": False}


def points_and_weights(quadrature: str, steps: int) -> tuple[list[float], list[float]]:
    """A rule of n points, as the textbook has it."""
    equal = [1 / steps] * steps
    rules = {
        "riemann_right": ([(k + 1) / steps for k in range(steps)], equal),
        "left": ([k / steps for k in range(steps)], equal),
        "midpoint": ([(k + 0.5) / steps for k in range(steps)], equal),
    }
    if quadrature in rules:
        return rules[quadrature]
    points, weights = np.polynomial.legendre.leggauss(steps)
    return ((points + 1) / 2).tolist(), (weights / 2).tolist()


@pytest.fixture(scope="session")
def queries(mixed_queries):
    """Prompts of 1, 3 and 5 words; answers of 3, 2 and 1 tokens."""
    return [mixed_queries[1], mixed_queries[3], mixed_queries[4]]


@pytest.fixture(scope="session")
def book():
    """Attribution of a model by the book."""
    return Book


@pytest.fixture(scope="session")
def rule_of():
    """Points and weights of a rule by its name and number of steps."""
    return points_and_weights


@pytest.fixture(scope="session")
def by_the_book():
    """Scores of several queries by the book, for several rules at once [rule query layer neuron].

    A rule is the name of a quadrature and its number of steps.
    """

    def run(model, queries, method, rules, answer_tokens="first", knobs=NO_KNOBS):
        oracle = Book(model, answer_tokens)
        sought = [points_and_weights(*rule) for rule in rules]
        return np.stack(
            [
                [oracle.scores(query, method, *rule, knobs).numpy() for query in queries]
                for rule in sought
            ]
        )

    return run


@pytest.fixture(scope="session")
def worst_error():
    """The largest error of any query's scores over that query's largest score."""

    def worst(scores, expected):
        largest = np.abs(expected).max((-2, -1))
        return (np.abs(scores - expected).max((-2, -1)) / largest).max()

    return worst


@pytest.fixture(scope="session")
def attributed():
    """What the study's engine gives, with a method's settings as in config.yaml."""

    def run(model, queries, method, rule, answer_tokens="first", **knobs):
        given = {**KNOBS[method], **knobs}
        return attribute(model, queries, method, Rule(*rule, 1e-3), answer_tokens, given)

    return run
