"""Compare what manipulated synapses move with what controls do, by class of facts."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import numpy as np
import pandas as pd
from jaxtyping import Float

from qloc.columns import FACT_CLASSES
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.synapse_answers import SYNAPSE_ANSWERS
from qloc.contracts.synapse_comparisons import SYNAPSE_COMPARISONS
from qloc.contracts.synapse_effects import SYNAPSE_EFFECTS
from qloc.contracts.synapse_summaries import SYNAPSE_SUMMARIES
from qloc.measures.bootstrap import weighted_means
from qloc.measures.effects import class_estimates, class_rows, comparison_rows, relative
from qloc.measures.scored_facts import ScoredFacts, scored_facts
from qloc.measures.synapse_cells import synapse_cells, synapse_contrasts
from qloc.measures.synapse_effects import FactEffects, fact_effects, joined
from qloc.options import OUTPUT, PATHS
from qloc.randomness import generator
from qloc.tables import empty, read_table, write_tables

logger = logging.getLogger(__name__)


@click.command()
@click.option("--effects", required=True, type=PATHS, help="Of one model, all relations.")
@click.option("--answers", required=True, type=PATHS, help="Of the same model and relations.")
@click.option("--scores", required=True, type=PATHS, help="Of the same model, all methods.")
@click.option("--static-threshold", required=True, type=click.FloatRange(min=0, max=1))
@click.option("--bootstrap-draws", required=True, type=click.IntRange(min=1))
@click.option("--seed", required=True, type=int)
@click.option("--summaries", required=True, type=OUTPUT)
@click.option("--comparisons", required=True, type=OUTPUT)
def command(
    effects: list[Path],
    answers: list[Path],
    scores: list[Path],
    static_threshold: float,
    bootstrap_draws: int,
    seed: int,
    summaries: Path,
    comparisons: Path,
) -> None:
    """Compare what manipulated synapses move with what controls do, by class of facts.

    Everything is of facts, averaged over their queries. Intervals resample relations and facts;
    Otsu's threshold is computed anew in every draw. Both tables of a method see the same draws.
    """
    facts = {
        path.stem: scored_facts(read_table(CONSISTENCY_SCORES, path), static_threshold)
        for path in scores
    }
    found, presets = _fact_effects(effects, answers, facts)
    summarized, compared = [empty(SYNAPSE_SUMMARIES)], [empty(SYNAPSE_COMPARISONS)]
    for method, of_facts in found.items():
        scored, names = facts[method], ("compare_synapses", method)
        rows = _summary(of_facts, scored, presets, bootstrap_draws, generator(seed, *names))
        summarized.append(rows.assign(method=method))
        rows = comparison_rows(
            pd.DataFrame(synapse_contrasts(presets)),
            of_facts.difference,
            scored,
            ["preset"],
            bootstrap_draws,
            generator(seed, *names),
        )
        compared.append(rows.assign(method=method))
        logger.info("%s: %d facts", method, len(scored.fact_ids))
    write_tables(
        [
            (SYNAPSE_SUMMARIES, pd.concat(summarized, ignore_index=True), summaries),
            (SYNAPSE_COMPARISONS, pd.concat(compared, ignore_index=True), comparisons),
        ]
    )
    logger.info("%d methods, presets %s", len(found), ", ".join(presets) or "none")


def _fact_effects(
    effects: Sequence[Path], answers: Sequence[Path], facts: Mapping[str, ScoredFacts]
) -> tuple[dict[str, FactEffects], list[str]]:
    """What the facts show by each method, and the presets; no method where no query was run.

    One relation is read after another: their queries need not fit into memory at once.
    """
    of_answers = [read_table(SYNAPSE_ANSWERS, path) for path in answers]
    presets = sorted(set().union(*(table["preset"] for table in of_answers)))
    parts: dict[str, list[FactEffects]] = {method: [] for method in facts if presets}
    for path, answered in zip(effects, of_answers, strict=True):
        by_method = dict(list(read_table(SYNAPSE_EFFECTS, path).groupby("method")))
        for method, of_method in parts.items():
            rows = by_method.get(method, empty(SYNAPSE_EFFECTS))
            of_method.append(fact_effects(rows, answered, facts[method], presets))
    n_facts = {method: len(scored.fact_ids) for method, scored in facts.items()}
    return {method: joined(of, n_facts[method]) for method, of in parts.items()}, presets


def _summary(
    found: FactEffects,
    facts: ScoredFacts,
    presets: Sequence[str],
    n_draws: int,
    draws: np.random.Generator,
) -> pd.DataFrame:
    """One row for each criterion, class and cell."""
    weights = facts.members.astype(np.float64)
    literal = np.stack([weighted_means(found.literal, of_classes) for of_classes in weights])
    columns = {
        **vars(class_estimates(found.effect, facts, n_draws, draws)),
        "n_queries": weights @ found.n_queries,
        "n_undefined": weights @ found.n_undefined,
        "n_literal_missing": weights @ found.n_literal_missing,
        "ratio_of_means": _of_classes(relative(weights @ found.change, weights @ found.size)),
        "literal_mean": _of_classes(literal),
    }
    return class_rows(pd.DataFrame(synapse_cells(presets)), columns)


def _of_classes(
    values: Float[np.ndarray, "criterion class cell"],
) -> Float[np.ndarray, "criterion class cell"]:
    """The same without the difference of classes, which is not a mean over facts."""
    values[:, FACT_CLASSES.index("difference")] = np.nan
    return values
