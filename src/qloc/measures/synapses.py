"""Which columns of attention are knowledge synapses (Chen et al. 2025, Eq. 3 and 4)?

A head's attention is a table of rows and columns, both tokens of the prompt: its row says from
which tokens a token takes, its column who takes from a token. A column from which more is taken
than a threshold is a knowledge synapse: a (layer, head, token). The paper
(https://arxiv.org/abs/2405.14117) holds that such columns choose the neurons of an answer.

Its threshold is a multiple, alpha, of a scale of all columns. Two things are built in then. Rows
add up to 1, so that the mean over all columns of the attention they get is 1, and the threshold
alpha itself. And the first token is seen by all rows, the last by one: attention spread evenly over
a prompt of 12 tokens gives columns of 3.1 to 0.08. Hence scores that take this out: the mean over
the rows that see a column, and the sum relative to that under even attention (lift).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Bool, Float, Float64

from qloc.errors import StudyError

Reduce = Literal["sum", "mean_valid", "lift"]
Scale = Literal["mean", "max", "quantile"]
Scope = Literal["global", "per_head"]

Columns = Bool[np.ndarray, "layer head token"]


@dataclass(frozen=True)
class SynapseRule:
    """How synapses are found.

    Attributes:
        reduce: Score of a column: ``sum`` of the attention it gets, ``mean_valid`` over the rows
            that see it, ``lift`` over what it would get if every row looked evenly at all it sees.
        tau: Scale of the scores: their ``mean`` or ``max``, of which a synapse exceeds alpha times
            as much, or ``quantile``: a synapse exceeds the alpha-quantile itself.
        scope: Over which columns that is taken: all (``global``), or those of each head
            (``per_head``).
        exclude_first_token: Whether the first token's columns are left out, also of the scale.
    """

    reduce: Reduce
    tau: Scale
    scope: Scope
    exclude_first_token: bool


def synapse_rules(given: Mapping[str, Mapping[str, Any]]) -> dict[str, SynapseRule]:
    """Rules from their settings, by preset.

    Raises:
        StudyError: A setting has a value that is not known.
    """
    for preset, rule in given.items():
        for name, known in (("reduce", Reduce), ("tau", Scale), ("scope", Scope)):
            if rule[name] not in get_args(known):
                raise StudyError(
                    f"`synapses.preset.{preset}.{name}` is `{rule[name]}`. Take one of"
                    f" {', '.join(get_args(known))}."
                )
    return {preset: SynapseRule(**rule) for preset, rule in given.items()}


def find_synapses(
    weights: Float[np.ndarray, "layer head row column"],
    is_visible: Bool[np.ndarray, "layer row column"],
    rule: SynapseRule,
    alpha: float,
) -> Columns:
    """Which columns are synapses: those whose score exceeds the threshold, strictly.

    Args:
        weights: Attention after softmax, of one prompt.
        is_visible: Which tokens the rows of each layer see.
        rule: How they are found.
        alpha: Factor of the scale.
    """
    scores = column_scores(weights, is_visible, rule.reduce)
    is_synapse = np.zeros(scores.shape, dtype=bool)
    asked = np.s_[..., int(rule.exclude_first_token) :]
    if scores[asked].size:
        is_synapse[asked] = scores[asked] > _threshold(scores[asked], rule, alpha)
    return is_synapse


def column_scores(
    weights: Float[np.ndarray, "layer head row column"],
    is_visible: Bool[np.ndarray, "layer row column"],
    reduce: Reduce,
) -> Float64[np.ndarray, "layer head column"]:
    """How much is taken from every column, as the rule counts it."""
    sums = weights.sum(axis=2, dtype=np.float64)
    if reduce == "sum":
        return sums
    shares = is_visible / is_visible.sum(axis=2, keepdims=True) if reduce == "lift" else is_visible
    return sums / shares.sum(axis=1)[:, None]


def _threshold(
    scores: Float64[np.ndarray, "layer head column"], rule: SynapseRule, alpha: float
) -> Float64[np.ndarray, "layer_or_1 head_or_1 1"]:
    axis = 2 if rule.scope == "per_head" else None
    if rule.tau == "quantile":
        return np.quantile(scores, alpha, axis=axis, keepdims=True)
    scale = scores.mean if rule.tau == "mean" else scores.max
    return alpha * scale(axis=axis, keepdims=True)


def attention_mass(weights: Float[np.ndarray, "layer head row column"], columns: Columns) -> float:
    """Share of the attention that lies in some columns, averaged over layers, heads and rows."""
    in_columns = weights.sum(axis=2, dtype=np.float64)[columns].sum()
    # Rows of float32 weights add up to 1 but for rounding.
    return min(1.0, float(in_columns / weights[..., 0].size))


def first_column_share(columns: Columns) -> float:
    """Share of some columns that are the first token's; NaN if there is none."""
    return float(columns[..., 0].sum() / columns.sum()) if columns.any() else float("nan")
