"""What a model answers: probability and rank of an answer's tokens.

Which tokens of an answer count is a setting (`AnswerTokens`). Each of them is what the model says
next after the prompt and the answer's true tokens before it (teacher forcing), so one forward pass
over the prompt and all counted tokens but the last gives them all. Queries of mixed lengths share
a pass, padded on the right: attention is causal, so padding changes no earlier position. The head
is applied only where a counted token comes next. Probabilities are a float64 softmax of the
model's own logits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int, Int64
from torch import Tensor

from qloc.models.language_model import LanguageModel
from qloc.models.padding import padded
from qloc.models.prompting import AnswerTokens, EncodedQuery


@dataclass(frozen=True)
class Answers:
    """How a model answers queries, in their order.

    Attributes:
        probability: Of the answer: that of its first token, the mean over its tokens, or their
            product, as asked.
        rank: In the vocabulary, the worst rank of a counted token; 1 is best, ties count against
            it. If all tokens count, 1 means that greedy decoding gives the answer.
        is_best: Whether no other candidate is as probable as a counted token in its place.
            Among the whole vocabulary, whether the rank is 1.
    """

    probability: Float64[np.ndarray, " query"]
    rank: Int64[np.ndarray, " query"]
    is_best: Bool[np.ndarray, " query"]


def answer(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    candidates: Sequence[Sequence[int]] | None,
    batch_size: int,
    tokens: AnswerTokens = "first",
) -> Answers:
    """Ask a model queries that have no problem.

    Args:
        model: Who is asked.
        queries: As tokens.
        candidates: For every query, the first tokens among which its answer must be the best;
            None for the whole vocabulary, which they must be unless first tokens count.
        batch_size: Queries in one forward pass; changes no more than rounding.
        tokens: Which tokens of an answer count.
    """
    assert candidates is None or tokens == "first", "candidates are compared by first tokens"
    combine = np.mean if tokens == "mean_tokens" else np.prod
    probability = np.empty(len(queries), dtype=np.float64)
    rank = np.empty(len(queries), dtype=np.int64)
    is_best = np.empty(len(queries), dtype=np.bool_)
    for start in range(0, len(queries), batch_size):
        rows = slice(start, start + batch_size)
        prompts = [query.prompt_tokens for query in queries[rows]]
        counted = [query.counted_tokens(tokens) for query in queries[rows]]
        texts = [(*prompt, *said[:-1]) for prompt, said in zip(prompts, counted, strict=True)]
        lengths = [len(said) for said in counted]
        logits = last_logits(model, texts, lengths)
        own = torch.tensor([token for said in counted for token in said])
        ends = np.cumsum(lengths)[:-1]
        probabilities = np.split(answer_probability(logits, own).numpy(), ends)
        probability[rows] = [combine(of_answer) for of_answer in probabilities]
        ranks = np.split(answer_rank(logits, own).numpy(), ends)
        rank[rows] = [of_answer.max() for of_answer in ranks]
        is_best[rows] = rank[rows] == 1
        if candidates is not None:
            is_best[rows] = list(_best_of(logits, own, candidates[rows]))
    return Answers(probability, rank, is_best)


@torch.inference_mode()
def last_logits(
    model: LanguageModel, texts: Sequence[Sequence[int]], n_last: Sequence[int]
) -> Float[Tensor, "place vocabulary"]:
    """Logits behind the last places of each text, text by text, on the CPU.

    Args:
        model: Who reads.
        texts: Token ids.
        n_last: At how many places of each text.
    """
    hidden = model.base(padded(texts).to(model.device), use_cache=False).last_hidden_state
    rows = [row for row, n in enumerate(n_last) for _ in range(n)]
    places = [
        place
        for text, n in zip(texts, n_last, strict=True)
        for place in range(len(text) - n, len(text))
    ]
    return model.logits(hidden[rows, places]).cpu()


def answer_probability(
    logits: Float[Tensor, "place vocabulary"], answers: Int[Tensor, " place"]
) -> Float64[Tensor, " place"]:
    """Probability of the answer's token at each place."""
    rows = torch.arange(len(answers))
    return torch.log_softmax(logits.double(), dim=-1)[rows, answers].exp()


def answer_rank(
    logits: Float[Tensor, "place vocabulary"], answers: Int[Tensor, " place"]
) -> Int[Tensor, " place"]:
    """Rank of the answer's token at each place; tokens with the same logit come before it."""
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
