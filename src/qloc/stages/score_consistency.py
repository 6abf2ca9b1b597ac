"""Score how much the knowledge neurons of each fact's queries agree."""

import logging
from pathlib import Path

import click
import numpy as np
import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.queries import QUERIES
from qloc.measures.chance import Kind, chance_means, draw_donors, mixed_scores
from qloc.measures.consistency import (
    adjusted_highest,
    adjusted_scores,
    consistency_scores,
    fact_overlaps,
    final_word_jaccards,
    fixed_k_scores,
    mean_by_fact,
    mean_jaccards,
    strict_consistency_scores,
    trained_consistency_scores,
)
from qloc.measures.neuron_sets import NeuronSets
from qloc.measures.studied_queries import StudiedQueries, selected_sets, studied_queries
from qloc.options import INPUT, OUTPUT, PATHS
from qloc.tables import read_table, read_tables, write_table

logger = logging.getLogger(__name__)

ERRORS = "chance_errors"


@click.command()
@click.option("--knowledge-neurons", required=True, type=INPUT)
@click.option("--answers", required=True, type=PATHS, help="Of one model, all relations.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--fixed-k", required=True, type=click.IntRange(min=2), help="Queries of a subset.")
@click.option("--chance-draws", required=True, type=click.IntRange(min=1), help="Of each fact.")
@click.option("--seed", required=True, type=int)
@click.option("--scores", required=True, type=OUTPUT)
def command(
    knowledge_neurons: Path,
    answers: list[Path],
    queries: list[Path],
    fixed_k: int,
    chance_draws: int,
    seed: int,
    scores: Path,
) -> None:
    """Score how much the knowledge neurons of each fact's queries agree."""
    studied = studied_queries(read_tables(ANSWERS, answers), read_tables(QUERIES, queries))
    sets = selected_sets(read_table(KNOWLEDGE_NEURONS, knowledge_neurons), studied)
    rows = pd.DataFrame(
        _facts(studied)
        | _agreement(studied, sets, fixed_k, seed)
        | _chance(studied, sets, chance_draws, seed)
    )
    scored, chance, errors = (
        rows[name].to_numpy() for name in ("consistency_score", "chance_consistency_score", ERRORS)
    )
    rows["adjusted_consistency_score"] = adjusted_scores(scored, chance)
    rows["adjusted_highest"] = adjusted_highest(scored, chance, errors)
    rows = rows.drop(columns=ERRORS)
    write_table(CONSISTENCY_SCORES, rows, scores)
    logger.info(
        "%d facts scored, %d without a score; %d of %d queries without neurons",
        len(rows),
        rows["consistency_score"].isna().sum(),
        rows["n_queries_without_neurons"].sum(),
        len(studied.query_ids),
    )


def _facts(studied: StudiedQueries) -> dict[str, np.ndarray]:
    words = np.unique(np.stack([studied.facts, studied.final_words]), axis=1)[0]
    return {
        "fact_id": studied.fact_ids,
        "relation": studied.relation_names[studied.relations],
        "n_queries": studied.n_queries,
        "n_final_words": np.bincount(words, minlength=studied.n_facts),
        "mean_answer_probability": mean_by_fact(
            studied.answer_probability, studied.facts, studied.n_facts
        ),
    }


def _agreement(
    studied: StudiedQueries, sets: NeuronSets, fixed_k: int, seed: int
) -> dict[str, np.ndarray]:
    facts, n_facts = studied.facts, studied.n_facts
    overlaps = fact_overlaps(sets, facts, n_facts)
    same_word, different_word = final_word_jaccards(sets, studied)
    return {
        "n_queries_without_neurons": np.bincount(facts[sets.sizes == 0], minlength=n_facts),
        "n_neurons_any": overlaps.n_any,
        "n_neurons_shared": overlaps.n_shared,
        "consistency_score": consistency_scores(overlaps, studied.n_queries),
        "strict_consistency_score": strict_consistency_scores(overlaps, studied.n_queries),
        "mean_jaccard": mean_jaccards(sets, facts, n_facts),
        "fixed_k_consistency_score": fixed_k_scores(sets, facts, n_facts, fixed_k, seed),
        "same_final_word_jaccard": same_word,
        "different_final_word_jaccard": different_word,
        "trained_consistency_score": trained_consistency_scores(
            sets, facts, studied.was_trained, n_facts
        ),
    }


def _chance(
    studied: StudiedQueries, sets: NeuronSets, n_draws: int, seed: int
) -> dict[str, np.ndarray]:
    def score(kind: Kind) -> tuple[np.ndarray, np.ndarray]:
        donors = draw_donors(studied, kind, n_draws, seed)
        return chance_means(mixed_scores(sets, studied, donors))

    means, errors = score("any")
    return {
        "chance_consistency_score": means,
        ERRORS: errors,
        "chance_same_object": score("same_object")[0],
        "chance_other_object": score("other_object")[0],
    }
