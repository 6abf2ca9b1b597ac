"""What a model answers: probability and rank of an answer's first token.

Queries of mixed lengths share a forward pass, padded on the right: attention is causal, so
padding changes no earlier position. The head is applied at each query's last position only.
Probabilities are a float64 softmax of the model's own logits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int, Int64
from torch import Tensor

from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery


@dataclass(frozen=True)
class Answers:
    """How a model answers queries, in their order.

    Attributes:
        probability: Of the answer's first token.
        rank: Of that token in the vocabulary; 1 is best, ties count against it.
        is_best: Whether no other candidate is as probable as the answer.
    """

    probability: Float64[np.ndarray, " query"]
    rank: Int64[np.ndarray, " query"]
    is_best: Bool[np.ndarray, " query"]


def answer(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    candidates: Sequence[Sequence[int]] | None,
    batch_size: int,
) -> Answers:
    """Ask a model queries that have no problem.

    Args:
        model: Who is asked.
        queries: As tokens.
        candidates: For every query, the first tokens among which its answer must be the best;
            None for the whole vocabulary.
        batch_size: Queries in one forward pass; changes no more than rounding.
    """
    probability = np.empty(len(queries), dtype=np.float64)
    rank = np.empty(len(queries), dtype=np.int64)
    is_best = np.empty(len(queries), dtype=np.bool_)
    for start in range(0, len(queries), batch_size):
        rows = slice(start, start + batch_size)
        logits = last_logits(model, [query.prompt_tokens for query in queries[rows]])
        own = torch.tensor([query.answer_token for query in queries[rows]])
        probability[rows] = answer_probability(logits, own).numpy()
        rank[rows] = answer_rank(logits, own).numpy()
        is_best[rows] = rank[rows] == 1
        if candidates is not None:
            is_best[rows] = list(_best_of(logits, own, candidates[rows]))
    return Answers(probability, rank, is_best)


@torch.inference_mode()
def last_logits(
    model: LanguageModel, prompts: Sequence[Sequence[int]]
) -> Float[Tensor, "query vocabulary"]:
    """Logits of the token after each prompt, on the CPU."""
    hidden = model.base(padded(prompts).to(model.device), use_cache=False).last_hidden_state
    ends = torch.tensor([len(prompt) - 1 for prompt in prompts], device=model.device)
    rows = torch.arange(len(prompts), device=model.device)
    return model.logits(hidden[rows, ends]).cpu()


def padded(texts: Sequence[Sequence[int]]) -> Int[Tensor, "text token"]:
    """Token ids as one matrix, each row continued to the right with its own last token."""
    longest = max(len(text) for text in texts)
    return torch.tensor([[*text, *[text[-1]] * (longest - len(text))] for text in texts])


def answer_probability(
    logits: Float[Tensor, "query vocabulary"], answers: Int[Tensor, " query"]
) -> Float64[Tensor, " query"]:
    """Probability of each query's answer token."""
    rows = torch.arange(len(answers))
    return torch.log_softmax(logits.double(), dim=-1)[rows, answers].exp()


def answer_rank(
    logits: Float[Tensor, "query vocabulary"], answers: Int[Tensor, " query"]
) -> Int[Tensor, " query"]:
    """Place of each query's answer token; tokens with the same logit come before it."""
    own = logits.gather(1, answers[:, None])
    return (logits >= own).sum(dim=1)


def _best_of(
    logits: Float[Tensor, "query vocabulary"],
    answers: Int[Tensor, " query"],
    candidates: Sequence[Sequence[int]],
) -> Iterator[bool]:
    """Whether each answer's logit is above those of its candidates with another token."""
    for row, own, tokens in zip(logits, answers.tolist(), candidates, strict=True):
        others = [token for token in tokens if token != own]
        yield bool((row[others] < row[own]).all())
