"""Query-KN mapping by class of facts: how far every set moves the answer, and which one more.

The effect on a query is the relative change of its answer's probability in the expected direction:
down if the set is suppressed, up if it is enhanced. Effects of a drawn set are averaged over its
draws first. A query whose answer had probability 0 before has no effect and is counted; a set
without neurons has effect 0 and is counted, too.

An effect of suppression is at most 1. That of enhancement is at most 1/probability − 1, so that
facts the model is sure of leave little room for it, and one query of small probability can
outweigh all others: hence the median and the ratio of means beside the mean.

Comparisons are paired within facts: the difference of the effects of two sets on the same queries.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from qloc.contracts.query_mappings import NEURON_SETS
from qloc.measures.consistency import means_by_fact
from qloc.measures.effects import (
    class_estimates,
    class_rows,
    class_sums,
    comparison_rows,
    relative,
)
from qloc.measures.manipulations import DIRECTIONS
from qloc.measures.scored_facts import ScoredFacts

# Each set, and the one whose effect is taken away from its own: the other is `self`'s rival, or
# what is as large or as near but chosen without looking at the neighbor queries.
COMPARISONS = (
    *(("self", other) for other in NEURON_SETS if other != "self"),
    ("intersection", "self_sample_intersection"),
    ("refined_sample", "self_sample_refined"),
    ("unrelated_matched", "unrelated"),
)
MEASURES = pd.DataFrame(
    [(name, manipulation) for name in NEURON_SETS for manipulation in DIRECTIONS],
    columns=["neuron_set", "manipulation"],
)


@dataclass(frozen=True)
class QueryEffects:
    """What every set in `MEASURES` does to every query, averaged over draws.

    Changes are of the answer's probability, in the expected direction.
    """

    facts: Int[np.ndarray, " query"]
    before: Float[np.ndarray, " query"]
    changes: Float[np.ndarray, "query measure"]
    n_neurons: Float[np.ndarray, "query measure"]

    @property
    def relative(self) -> Float[np.ndarray, "query measure"]:
        """Changes as shares of the probability before; NaN where that was 0."""
        return relative(self.changes, np.broadcast_to(self.before[:, None], self.changes.shape))


def query_effects(mappings: pd.DataFrame, facts: ScoredFacts) -> QueryEffects:
    """Gather the effects on each query from rows of one method.

    Args:
        mappings: With the columns of the contract.
        facts: Those of the same model and method.

    Raises:
        StudyError: A query's fact is not among them.
    """
    codes, names = pd.factorize(mappings["query_id"])
    _, first = np.unique(codes, return_index=True)
    measures = pd.MultiIndex.from_frame(MEASURES).get_indexer(
        pd.MultiIndex.from_frame(mappings[list(MEASURES)])
    )
    before = mappings["answer_probability_before"].to_numpy(dtype=np.float64)
    after = mappings["answer_probability_after"].to_numpy(dtype=np.float64)
    shape = (len(names), len(MEASURES))
    places = codes * len(MEASURES) + measures
    n_draws = np.bincount(places, minlength=shape[0] * shape[1])
    assert n_draws.all(), "every query has a row of every set and manipulation"

    def mean_of_draws(values: Float[np.ndarray, " row"]) -> Float[np.ndarray, "query measure"]:
        return (np.bincount(places, values, len(n_draws)) / n_draws).reshape(shape)

    directions = MEASURES["manipulation"].map(DIRECTIONS).to_numpy()
    return QueryEffects(
        facts=facts.numbers(mappings["fact_id"].iloc[first]),
        before=before[first],
        changes=mean_of_draws(after - before) * directions,
        n_neurons=mean_of_draws(mappings["n_neurons"].to_numpy(dtype=np.float64)),
    )


def joined(parts: Sequence[QueryEffects]) -> QueryEffects:
    """The effects on the queries of several relations."""
    return QueryEffects(
        np.concatenate([part.facts for part in parts]),
        np.concatenate([part.before for part in parts]),
        np.concatenate([part.changes for part in parts]),
        np.concatenate([part.n_neurons for part in parts]),
    )


def mapping_summaries(
    effects: QueryEffects, facts: ScoredFacts, n_draws: int, draws: np.random.Generator
) -> pd.DataFrame:
    """How far every set moves the answer, in every class: columns of `mapping_summaries`.

    Args:
        effects: Of all queries.
        facts: All facts of the same model and method.
        n_draws: Bootstrap draws of each interval.
        draws: Where chance comes from.
    """
    values = effects.relative
    of_facts = means_by_fact(values, effects.facts, len(facts.scores))
    before = np.broadcast_to(effects.before[:, None], values.shape)
    is_defined = ~np.isnan(values)

    def summed(numbers: Float[np.ndarray, "query measure"]) -> np.ndarray:
        return class_sums(numbers, effects.facts, facts)

    n_queries = summed(is_defined.astype(np.float64))
    shares = {
        "empty_share": relative(summed(1.0 * (is_defined & (effects.n_neurons == 0))), n_queries),
        "mean_n_neurons": relative(summed(is_defined * effects.n_neurons), n_queries),
        "ratio_of_means": relative(summed(effects.changes), summed(before)),
    }
    for share in shares.values():
        share[:, -1] = np.nan  # the difference of classes
    counts = {"n_queries": n_queries, "n_undefined": summed(1.0 * ~is_defined)}
    numbers = {name: count.astype(np.int64) for name, count in counts.items()} | shares
    return class_rows(MEASURES, numbers | vars(class_estimates(of_facts, facts, n_draws, draws)))


def mapping_comparisons(
    effects: QueryEffects, facts: ScoredFacts, n_draws: int, draws: np.random.Generator
) -> pd.DataFrame:
    """Which set moves the answer more, in every class: columns of `mapping_comparisons`.

    p is adjusted over the comparisons of one manipulation. For the arguments, see
    `mapping_summaries`.
    """
    of_facts = means_by_fact(effects.relative, effects.facts, len(facts.scores))
    places = {name: place for place, name in enumerate(MEASURES.itertuples(index=False, name=None))}
    pairs = [(*pair, manipulation) for pair in COMPARISONS for manipulation in DIRECTIONS]
    sets = [places[name, manipulation] for name, _, manipulation in pairs]
    others = [places[name, manipulation] for _, name, manipulation in pairs]
    measures = pd.DataFrame(pairs, columns=["neuron_set", "other_set", "manipulation"])
    differences = of_facts[:, sets] - of_facts[:, others]
    return comparison_rows(measures, differences, facts, ["manipulation"], n_draws, draws)
