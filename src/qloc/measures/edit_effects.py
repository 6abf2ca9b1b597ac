"""How well edits of every neuron set do, by class of facts, and which set does better within facts.

Each fact is edited once with every set: its metrics are its values, and means are taken over facts.
A fact whose set is empty counts as it is, since not to edit it is what the set says. A metric that
a set cannot have is missing for all facts: the queries that chose a set as printed are those that
its generalization is scored on, and held-out sets have no other queries left.

Facts were drawn from each class, as many from both if there are as many, so that the mean over all
facts is that of such a mixture. Bootstrap draws take relations and facts from all scored facts,
edited or not: see ``effects``.

Means of the change of perplexity follow the worst edits, since it has no upper limit; the median
stands beside them. One too large for a number is missing, and counted.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from qloc.columns import FACT_CLASSES, METRICS, SCORERS
from qloc.contracts.neuron_sets import CHOSEN_SETS, EDITED_SETS, RANDOM_SETS, TOP_SETS
from qloc.measures.effects import class_estimates, class_rows, comparison_rows, relative
from qloc.measures.scored_facts import ScoredFacts
from qloc.measures.signed_ranks import holm

# Each set, and the one that it is compared with: what is chosen by fewer queries or by another
# rule, then as many neurons drawn at random, and as many by the edited query's scores alone.
COMPARISONS = (
    ("union", "query"),
    ("consistency_aware", "query"),
    ("consistency_aware", "union"),
    ("union_held_out", "query"),
    ("consistency_aware_held_out", "query"),
    ("consistency_aware_held_out", "union_held_out"),
    *zip(CHOSEN_SETS, RANDOM_SETS, strict=True),
    *((name.removesuffix("_top"), name) for name in TOP_SETS),
)


@dataclass(frozen=True)
class FactEdits:
    """What edits of one strength do to facts, each of the `measures` a scorer, metric and set.

    Attributes:
        measures: What each measure is of, in columns named so.
        values: NaN where a fact has none, or was not edited.
        n_neurons: How many were edited; NaN where a fact was not edited.
    """

    measures: pd.DataFrame
    values: Float[np.ndarray, "fact measure"]
    n_neurons: Float[np.ndarray, "fact measure"]

    @property
    def is_edited(self) -> Bool[np.ndarray, "fact measure"]:
        return ~np.isnan(self.n_neurons)


def fact_edits(edits: pd.DataFrame, facts: ScoredFacts) -> FactEdits:
    """Gather what the edits of one method, operation, preset and strength do.

    Args:
        edits: With the columns of the contract.
        facts: All facts of the same model and method.

    Raises:
        StudyError: An edited fact is not among them.
    """
    sets = [name for name in EDITED_SETS if name in set(edits["neuron_set"])]
    cells = pd.MultiIndex.from_product([SCORERS, sets], names=["scorer", "neuron_set"])
    cell = cells.get_indexer(pd.MultiIndex.from_frame(edits[cells.names]))
    fact = facts.numbers(edits["fact_id"])
    values = np.full((len(facts.fact_ids), len(cells), len(METRICS)), np.nan)
    values[fact, cell] = metric_values(edits)
    n_neurons = np.full(values.shape[:2], np.nan)
    n_neurons[fact, cell] = edits["n_neurons"].to_numpy(dtype=np.float64)
    metrics = pd.DataFrame({"metric": METRICS})
    return FactEdits(
        measures=cells.to_frame(index=False).merge(metrics, how="cross"),
        values=values.reshape(len(values), -1),
        n_neurons=np.repeat(n_neurons, len(METRICS), axis=1),
    )


def metric_values(edits: pd.DataFrame) -> Float[np.ndarray, "edit metric"]:
    """Every metric of every edit, in the order of `METRICS`.

    An average is of all three or there is none.
    """
    reliability, seen, unseen, locality, before, after = (
        edits[name].to_numpy(dtype=np.float64)
        for name in (
            "reliability",
            "generalization_seen",
            "generalization",
            "locality",
            "perplexity_before",
            "perplexity_after",
        )
    )
    found = {
        "reliability": reliability,
        "generalization_seen": seen,
        "generalization": unseen,
        "locality": locality,
        "average_seen": (reliability + seen + locality) / 3,
        "average": (reliability + unseen + locality) / 3,
        "perplexity_change": relative(after - before, before),
    }
    return np.stack([found[name] for name in METRICS], axis=1)


def edit_summaries(
    edits: FactEdits, facts: ScoredFacts, criterion: str, n_draws: int, draws: np.random.Generator
) -> pd.DataFrame:
    """How well every set does in every class: columns of `edit_summaries`.

    Args:
        edits: Of one method, operation, preset and strength.
        facts: All facts of the same model and method.
        criterion: Threshold of the classes.
        n_draws: Bootstrap draws of each interval.
        draws: Where chance comes from.
    """
    columns, places = _distinct(edits.values)
    estimates = vars(class_estimates(edits.values[:, columns], facts, n_draws, draws))
    members = facts.members.astype(np.float64)
    has_value = ~np.isnan(edits.values)
    n_facts = members @ has_value
    sums = {
        "no_edit_share": members @ (has_value & (edits.n_neurons == 0)),
        "mean_n_neurons": members @ np.where(has_value, edits.n_neurons, 0),
    }
    shares = {name: relative(of_facts, n_facts) for name, of_facts in sums.items()}
    for share in shares.values():
        share[:, FACT_CLASSES.index("difference")] = np.nan
    numbers = {name: column[..., places] for name, column in estimates.items()} | shares
    rows = class_rows(
        edits.measures, numbers | {"n_missing": members @ (edits.is_edited & ~has_value)}
    )
    return rows[rows["criterion"] == criterion]


def edit_comparisons(
    edits: FactEdits, facts: ScoredFacts, criterion: str, n_draws: int, draws: np.random.Generator
) -> pd.DataFrame:
    """Which set does better, in every class: columns of `edit_comparisons`.

    Of every metric that some fact has of both sets. p is adjusted over the comparisons of one
    scorer and metric. For the arguments, see `edit_summaries`.
    """
    pairs, differences = _differences(edits)
    columns, places = _distinct(differences)
    numbered = pd.DataFrame({"column": np.arange(len(columns))})
    rows = comparison_rows(numbered, differences[:, columns], facts, ["column"], n_draws, draws)
    kept = rows[rows["criterion"] == criterion]
    named = pairs.assign(column=places).merge(kept, on="column").drop(columns="column")
    tests = named.groupby(["fact_class", "scorer", "metric"])["p_value"]
    return named.assign(p_holm=tests.transform(lambda p_values: holm(p_values.to_numpy())))


def _differences(edits: FactEdits) -> tuple[pd.DataFrame, Float[np.ndarray, "fact pair"]]:
    """What is compared by every scorer and metric, and how far each fact differs."""
    names = edits.measures.itertuples(index=False, name=None)
    places = {name: place for place, name in enumerate(names)}
    pairs = pd.DataFrame(
        [
            (scorer, metric, *pair)
            for scorer, metric, pair in product(SCORERS, METRICS, COMPARISONS)
            if all((scorer, name, metric) in places for name in pair)
        ],
        columns=["scorer", "metric", "neuron_set", "other_set"],
    )
    sets, others = (
        [places[key] for key in pairs[["scorer", name, "metric"]].itertuples(index=False)]
        for name in ("neuron_set", "other_set")
    )
    differences = edits.values[:, sets] - edits.values[:, others]
    is_known = ~np.isnan(differences).all(axis=0)
    return pairs[is_known], differences[:, is_known]


def _distinct(
    values: Float[np.ndarray, "fact measure"],
) -> tuple[Int[np.ndarray, " column"], Int[np.ndarray, " measure"]]:
    """Columns that differ, and which of them every measure has.

    Scorers that agree, as on objects of one token, and equal sets are estimated once.
    """
    comparable = np.where(np.isnan(values), np.inf, values)
    _, columns, places = np.unique(comparable, axis=1, return_index=True, return_inverse=True)
    return columns, places
