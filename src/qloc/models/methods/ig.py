"""Integrated gradients from zero at the last token (Dai et al. 2022, arXiv 2104.08696, eq. 2).

    A = a ⊙ Σ_k w_k ∇_v P(answer | a := v) at v = α_k a

for the neurons a of every layer. A layer's scores add up to what the answer loses when all its
neurons are set to zero.
"""

from collections.abc import Sequence
from functools import partial

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from qloc.measures.attribution import Attribution
from qloc.measures.integration import integrate, integrate_adaptively
from qloc.measures.quadrature import Quadrature, right_riemann
from qloc.models.language_model import LanguageModel
from qloc.models.methods import Rule
from qloc.models.prompting import EncodedQuery
from qloc.models.rows import Prompts, read_prompts
from qloc.models.sweep import integrate_from_zero, path_ends
from qloc.models.sweep_check import check_ends

# A sweep carries at most as many rows as the batch would at this many points.
POINTS_PER_SWEEP = 20


def attribute(model: LanguageModel, queries: Sequence[EncodedQuery], rule: Rule) -> Attribution:
    """Attribute the first answer token of every query to all neurons."""
    prompts = read_prompts(model, queries)
    ends = path_ends(model, prompts)
    check_ends(model, queries[0], torch.cat([ends.probability[:1], ends.probability_at_zero[0]]))
    answer_change = ends.probability[:, None] - ends.probability_at_zero
    integral = partial(_integrate_in_parts, model, prompts)
    if rule.quadrature == "adaptive":
        integrals = integrate_adaptively(integral, answer_change, rule.tolerance)
    else:
        assert rule.quadrature == "riemann_right", rule.quadrature
        integrals = integrate(integral, answer_change, right_riemann(rule.steps))
    is_settled = integrals.is_settled
    return Attribution(
        scores=integrals.scores.numpy(force=True),
        activations=ends.activations.numpy(force=True),
        n_points=integrals.n_points.numpy(force=True),
        score_sum=integrals.score_sum.numpy(force=True),
        answer_change=answer_change.numpy(force=True),
        gap=integrals.gap.numpy(force=True),
        score_change=integrals.score_change.numpy(force=True),
        is_settled=None if is_settled is None else is_settled.numpy(force=True),
    )


def _integrate_in_parts(
    model: LanguageModel,
    prompts: Prompts,
    pairs: Bool[Tensor, "query layer"],
    rule: Quadrature,
) -> Float[Tensor, "pair neuron"]:
    """Integrate the chosen pairs, in as many sweeps as keep memory bounded."""
    concerned = torch.nonzero(pairs.any(1))[:, 0]
    size = max(1, len(pairs) * POINTS_PER_SWEEP // rule.n_points)
    parts = [
        integrate_from_zero(model, prompts.chosen(part), pairs[part], rule)
        for part in concerned.split(size)  # type: ignore[no-untyped-call]
    ]
    return torch.cat(parts)
