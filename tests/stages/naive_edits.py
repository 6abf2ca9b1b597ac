"""Edits by the book, for stages: weights are changed, prompts run one by one, weights put back."""

from contextlib import contextmanager

import numpy as np
import torch

from qloc.models.language_model import LanguageModel


def tokens_behind(model: LanguageModel, prompt: str, word: str) -> tuple[list[int], list[int]]:
    """A prompt as tokens, and those of a word behind it."""
    asked = model.tokenizer.encode(prompt)
    return asked, model.tokenizer.encode(f"{prompt} {word}")[len(asked) :]


def log_probabilities(model: LanguageModel, tokens: list[int]) -> torch.Tensor:
    """Behind every token of a text: those of the whole vocabulary."""
    with torch.no_grad():
        return torch.log_softmax(model.module(torch.tensor([tokens])).logits[0].double(), -1)


def said(model: LanguageModel, prompt: list[int], expected: list[int]) -> list[int]:
    """The most probable tokens behind a prompt, each behind the expected ones before it."""
    text = [*prompt, *expected[:-1]]
    return log_probabilities(model, text)[len(prompt) - 1 :].argmax(-1).tolist()


def greedy(model: LanguageModel, prompt: list[int], n_tokens: int) -> list[int]:
    """What the model says, the most probable token each time."""
    text = list(prompt)
    for _ in range(n_tokens):
        text.append(int(log_probabilities(model, text)[-1].argmax()))
    return text[len(prompt) :]


def perplexity(model: LanguageModel, texts: list[list[int]]) -> float:
    """Exp of the mean loss of all tokens after the first of their text."""
    losses = [
        -float(log_probabilities(model, text)[place, text[place + 1]])
        for text in texts
        for place in range(len(text) - 1)
    ]
    return float(np.exp(np.mean(losses)))


def mean_values(model: LanguageModel, prompts: list[list[int]]) -> np.ndarray:
    """Of every layer and neuron, the mean value at the last token of the prompts."""
    seen: list[list[torch.Tensor]] = [[] for _ in model.layers]
    handles = [
        down.register_forward_pre_hook(
            lambda _module, inputs, layer=layer: seen[layer].append(inputs[0][0, -1].clone())
        )
        for layer, down in enumerate(model.down_projections)
    ]
    for prompt in prompts:
        log_probabilities(model, prompt)
    for handle in handles:
        handle.remove()
    return torch.stack([torch.stack(values).mean(0) for values in seen]).numpy()


def scores(said_tokens: list[int], expected: list[int]) -> dict[str, float]:
    """How far the tokens agree, by scorer."""
    same = [a == b for a, b in zip(said_tokens, expected, strict=True)]
    return {
        "first_token": float(same[0]),
        "token_accuracy": sum(same) / len(same),
        "exact_match": float(all(same)),
    }


@contextmanager
def edited(model: LanguageModel, cells, law, operation, strength, original, target, signs):
    """A GPT-2 with the value vectors of some neurons edited by a law of `edited_school`."""
    table = (
        model.module.get_input_embeddings()
        if law["table"] == "input"
        else model.module.get_output_embeddings()
    ).weight
    size = {"first": 1, "mean": None}[law["tokens"]]
    written = [table[tokens[:size]].mean(0) for tokens in (original, target)]
    before = [down.weight.clone() for down in model.down_projections]
    for layer, neuron in cells:
        vector = model.down_projections[layer].weight[neuron]
        length = float(vector.norm()) if law["scale"] == "norm_matched" else None
        parts = [one if length is None else length * one / one.norm() for one in written]
        first, second = law["strengths"][strength]
        change = -first * parts[0] + (second * parts[1] if operation == "update" else 0)
        if law["sign"] == "aligned" and signs[layer, neuron] < 0:
            change = -change
        if operation == "erase" and law["erase"] == "zero":
            change = -vector.clone()
        vector += change
    try:
        yield
    finally:
        for down, weight in zip(model.down_projections, before, strict=True):
            down.weight.copy_(weight)
