"""How far manipulated synapses move what is measured: effects on queries, gathered by fact.

An effect is a change relative to the size before, in the expected direction: down if suppressed, up
if enhanced. Values of neurons can be negative, so their change is Σ sign(v)(v' − v) and their size
Σ |v|. The literal effect is that of the mean value with its sign, which is near 0 for neurons drawn
at random; it is left out where it is under a hundredth of the mean |v|.

Contrasts are differences of two effects on the same query. Where suppressing is set against
enhancing, sizes of effects without their signs are compared, query by query.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, Shaped

from qloc.contracts.synapse_answers import SYNAPSE_RUN
from qloc.errors import StudyError
from qloc.measures.consistency import means_by_fact
from qloc.measures.effects import relative
from qloc.measures.manipulations import DIRECTIONS
from qloc.measures.scored_facts import ScoredFacts
from qloc.measures.synapse_cells import Cell, Contrast, synapse_cells, synapse_contrasts

RUN = [column.name for column in SYNAPSE_RUN]
MEANS = {"effect", "literal", "difference"}
# A mean value is near 0 below this share of the mean size of the values.
NEAR_ZERO = 0.01


@dataclass(frozen=True)
class FactEffects:
    """What the queries of facts show by one method, for every cell and contrast.

    Attributes:
        facts: Their numbers.
        effect: Mean over a fact's queries; NaN if none has an effect.
        literal: The same of the literal effect.
        difference: The same of each contrast, over queries on which both cells have an effect.
        change: Summed over a fact's queries, in the expected direction.
        size: The same, before.
        n_queries: Queries that have an effect.
        n_undefined: Queries that have none: no neuron, or nothing but 0 before.
        n_literal_missing: Queries that have an effect, but a mean value near 0.
    """

    facts: Int[np.ndarray, " fact"]
    effect: Float[np.ndarray, "fact cell"]
    literal: Float[np.ndarray, "fact cell"]
    difference: Float[np.ndarray, "fact contrast"]
    change: Float[np.ndarray, "fact cell"]
    size: Float[np.ndarray, "fact cell"]
    n_queries: Float[np.ndarray, "fact cell"]
    n_undefined: Float[np.ndarray, "fact cell"]
    n_literal_missing: Float[np.ndarray, "fact cell"]


def fact_effects(
    effects: pd.DataFrame, answers: pd.DataFrame, facts: ScoredFacts, presets: Sequence[str]
) -> FactEffects:
    """Gather what the queries of some facts show.

    Args:
        effects: Rows of `synapse_effects`, of one method.
        answers: Rows of `synapse_answers`, of the same queries.
        facts: The facts, by which they are numbered; others may be among them.
        presets: Those whose cells and contrasts are gathered.

    Raises:
        StudyError: A fact is not among them, or a query or preset not among the answers.
    """
    cells, contrasts = synapse_cells(presets), synapse_contrasts(presets)
    asked = answers[["query_id", "fact_id"]].drop_duplicates()
    numbers, owners = np.unique(facts.numbers(asked["fact_id"]), return_inverse=True)
    rows = pd.concat([_of_neurons(effects), _of_answers(answers)], ignore_index=True)
    change, size, literal = _placed(rows, pd.Index(asked["query_id"]), cells)
    effect = relative(change, size)
    has_effect, is_value = ~np.isnan(effect), np.array([cell.outcome != "answer" for cell in cells])
    means = (effect, literal, _differences(effect, cells, contrasts))
    sums = (change, size, has_effect, ~has_effect, has_effect & is_value & np.isnan(literal))
    return FactEffects(
        numbers,
        *(means_by_fact(values, owners, len(numbers)) for values in means),
        *(_fact_sums(values, owners, len(numbers)) for values in sums),
    )


def joined(parts: Sequence[FactEffects], n_facts: int) -> FactEffects:
    """All facts up to this number in their order; of one in no part there is nothing."""
    places = np.concatenate([part.facts for part in parts])
    found: dict[str, np.ndarray] = {"facts": np.arange(n_facts)}
    for name in [field.name for field in fields(FactEffects)][1:]:
        known = np.concatenate([getattr(part, name) for part in parts])
        found[name] = np.full((n_facts, known.shape[1]), np.nan if name in MEANS else 0.0)
        found[name][places] = known
    return FactEffects(**found)


def _of_neurons(effects: pd.DataFrame) -> pd.DataFrame:
    """How the values of neuron sets change: change, size and literal effect."""
    before, after = effects["mean_before"].to_numpy(), effects["mean_after"].to_numpy()
    size, n_neurons = effects["value_size"].to_numpy(), effects["n_neurons"].to_numpy(np.float64)
    is_clear = (size > 0) & (np.abs(before) * n_neurons >= NEAR_ZERO * size)
    literal = np.full(len(effects), np.nan)
    np.divide(after - before, before, out=literal, where=is_clear)
    return effects[["query_id", *RUN]].assign(
        outcome=effects["neuron_set"], change=effects["value_change"], size=size, literal=literal
    )


def _of_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """The same of the answer's probability, which has no literal effect of its own."""
    before = answers["answer_probability_before"]
    return answers[["query_id", *RUN]].assign(
        outcome="answer",
        change=answers["answer_probability_after"] - before,
        size=before,
        literal=np.nan,
    )


def _placed(
    rows: pd.DataFrame, query_ids: pd.Index, cells: Sequence[Cell]
) -> Float[np.ndarray, "3 query cell"]:
    """Change, size and literal effect of each cell, in the expected direction."""
    queries = _numbers(pd.Index(rows["query_id"]), query_ids, "query")
    every = pd.MultiIndex.from_frame(pd.DataFrame(cells, columns=Cell._fields))
    places = _numbers(pd.MultiIndex.from_frame(rows[every.names]), every, "run")
    placed = np.zeros((3, len(query_ids), len(cells)))
    placed[:, queries, places] = rows[["change", "size", "literal"]].to_numpy(np.float64).T
    placed[[0, 2]] *= [DIRECTIONS[cell.manipulation] for cell in cells]
    return placed


def _differences(
    effect: Float[np.ndarray, "query cell"], cells: Sequence[Cell], contrasts: Sequence[Contrast]
) -> Float[np.ndarray, "query contrast"]:
    """Of each contrast on every query; NaN where one of its cells has no effect."""
    number = {cell: place for place, cell in enumerate(cells)}
    terms = [[number[cell] for cell in contrast.cells] for contrast in contrasts]
    first, second = (
        effect[:, places] for places in np.array(terms, dtype=np.int64).reshape(-1, 2).T
    )
    is_of_sizes = [contrast.contrast == "enhance" for contrast in contrasts]
    return np.where(is_of_sizes, np.abs(first) - np.abs(second), first - second)


def _numbers(names: pd.Index, known: pd.Index, noun: str) -> Int[np.ndarray, " item"]:
    """The place of each name among those known.

    Raises:
        StudyError: One is not known.
    """
    numbers = known.get_indexer(names)
    if (numbers < 0).any():
        raise StudyError(
            f"Effects are given for {noun} {names[numbers < 0][0]}, which the answers under"
            " manipulated synapses do not hold: the files are of different runs. Give files of one"
            " run, or run `snakemake`."
        )
    return numbers.astype(np.int64)


def _fact_sums(
    values: Shaped[np.ndarray, "query cell"], facts: Int[np.ndarray, " query"], n_facts: int
) -> Float[np.ndarray, "fact cell"]:
    """The sum over each fact's queries."""
    sums = np.zeros((n_facts, values.shape[1]))
    np.add.at(sums, facts, values)
    return sums
