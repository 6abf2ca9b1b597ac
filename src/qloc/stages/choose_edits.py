"""Choose the facts that are edited, and the neurons whose value vectors edits change."""

import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import click
import pandas as pd

from qloc.columns import CRITERION
from qloc.contracts.answers import ANSWERS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.consistency_classes import CONSISTENCY_CLASSES
from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.contracts.fact_scores import FACT_SCORES
from qloc.contracts.facts import FACTS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.neuron_sets import NEURON_SETS
from qloc.contracts.queries import QUERIES
from qloc.measures.consistency_aware import SPREADS, ConsistencyRule, Spread
from qloc.measures.edit_choice import EditedFact, FactCounts, chosen_facts, editable_facts
from qloc.measures.edit_sets import aware_sets, edit_sets, neurons_by_query, ranked_neurons
from qloc.measures.edited_tables import EditedTables
from qloc.measures.kept_scores import KeptScores, all_scores, kept_scores
from qloc.models.activations import read_activations
from qloc.models.language_model import LanguageModel, open_model
from qloc.models.manifest import read_manifest
from qloc.options import INPUT, NUMBERS, OUTPUT, PATHS, SAMPLE_SIZE
from qloc.tables import Table, read_table, read_tables, write_tables

logger = logging.getLogger(__name__)

Rows = Mapping[str, pd.DataFrame]
Scores = Callable[[EditedFact], KeptScores]

SHARE = click.FloatRange(min=0, max=1, max_open=True)
COUNT = click.IntRange(min=1)


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--facts", required=True, type=PATHS, help="Of all relations.")
@click.option("--answers", required=True, type=PATHS, help="Of this model to all queries.")
@click.option("--fact-scores", required=True, type=PATHS, help="Of this model, all relations.")
@click.option("--attributions", required=True, type=PATHS, help="Of this model, all relations.")
@click.option("--knowledge-neurons", required=True, type=INPUT)
@click.option("--classes", required=True, type=INPUT)
@click.option("--criterion", required=True, type=click.Choice(CRITERION.choices))
@click.option("--facts-per-class", required=True, type=SAMPLE_SIZE, help="To evaluate edits on.")
@click.option("--calibration-share", required=True, type=SHARE, help="Of facts that are not.")
@click.option("--sequence-facts", required=True, type=COUNT, help="Edited one after another.")
@click.option("--sequence-runs", required=True, type=COUNT, help="Of such edits.")
@click.option("--beta", required=True, type=NUMBERS, help="Factors of mean and spread.")
@click.option("--spread", required=True, type=click.Choice(SPREADS))
@click.option("--cut", required=True, type=SHARE, help="Of the largest consistency-aware score.")
@click.option("--scores", required=True, type=click.Choice(["attribution", "activation"]))
@click.option("--normalise-queries", required=True, type=bool)
@click.option("--inexact", required=True, type=click.Choice(["refuse", "report"]))
@click.option("--keep", required=True, type=SHARE, help="Of a query's best score: attributions.")
@click.option("--seed", required=True, type=int)
@click.option("--threads", required=True, type=COUNT)
@click.option("--edited-facts", required=True, type=OUTPUT)
@click.option("--edited-queries", required=True, type=OUTPUT)
@click.option("--neuron-sets", required=True, type=OUTPUT)
def command(
    model: Path,
    queries: list[Path],
    facts: list[Path],
    answers: list[Path],
    fact_scores: list[Path],
    attributions: list[Path],
    knowledge_neurons: Path,
    classes: Path,
    criterion: str,
    facts_per_class: int | None,
    calibration_share: float,
    sequence_facts: int,
    sequence_runs: int,
    beta: list[float],
    spread: Spread,
    cut: float,
    scores: str,
    normalise_queries: bool,
    inexact: str,
    keep: float,
    seed: int,
    threads: int,
    edited_facts: Path,
    edited_queries: Path,
    neuron_sets: Path,
) -> None:
    """Choose the facts that are edited, and the neurons whose value vectors edits change."""
    if len(beta) != 2:
        raise click.UsageError("--beta takes two numbers.")
    manifest = read_manifest(model)
    in_class = read_table(CONSISTENCY_CLASSES, classes)
    editable = editable_facts(
        read_tables(ANSWERS, answers),
        read_tables(FACTS, facts),
        in_class[in_class["criterion"] == criterion],
    )
    counts = FactCounts(calibration_share, facts_per_class, sequence_facts, sequence_runs)
    chosen = chosen_facts(editable, counts, seed)
    fact_ids = [fact.fact_id for fact in chosen]
    neurons = _by_fact(KNOWLEDGE_NEURONS, [knowledge_neurons], fact_ids)
    attributed = _by_fact(ATTRIBUTIONS, attributions, fact_ids)
    if scores == "activation":
        known = _activations(open_model(model, threads), read_tables(QUERIES, queries))
    else:
        exact = _by_fact(FACT_SCORES, fact_scores, fact_ids)
        known = _attributions(exact, attributed, keep, manifest.n_neurons)
    tables = EditedTables(manifest.n_neurons)
    rule = ConsistencyRule(beta[0], beta[1], spread, cut)
    for fact in chosen:
        found = known(fact)
        aware = aware_sets(fact, found.normalised if normalise_queries else found, rule)
        own = neurons_by_query(neurons[fact.fact_id], manifest.n_neurons)
        ranked = ranked_neurons(attributed[fact.fact_id], fact.query_id, manifest.n_neurons)
        n_all = manifest.n_layers * manifest.n_neurons
        tables.add(fact, aware, edit_sets(fact, own, aware, ranked, n_all, seed))
    if inexact == "refuse":
        tables.refuse_inexact(has_floor=not normalise_queries)
    table = tables.edited_facts()
    write_tables(
        [
            (EDITED_FACTS, table, edited_facts),
            (EDITED_QUERIES, tables.edited_queries(), edited_queries),
            (NEURON_SETS, tables.neuron_sets(), neuron_sets),
        ]
    )
    logger.info(
        "%d of %d facts that can be edited are: %s; %d consistency-aware sets are empty, %d could"
        " lack neurons, and %d of the held-out ones",
        len(table),
        len(editable),
        table["role"].value_counts().sort_index().to_dict(),
        (table["largest_score"] <= 0).sum(),
        table["is_exact"].eq(other=False).sum(),
        table["is_exact_held_out"].eq(other=False).sum(),
    )


def _by_fact(table: Table, paths: list[Path], fact_ids: Collection[str]) -> Rows:
    """The rows of some facts; of one file at a time are there more in memory."""
    parts = (read_table(table, path) for path in paths)
    rows = pd.concat([part[part["fact_id"].isin(fact_ids)] for part in parts])
    found = dict(iter(rows.groupby("fact_id")))
    return {fact_id: found.get(fact_id, rows[:0]) for fact_id in fact_ids}


def _attributions(exact: Rows, attributed: Rows, keep: float, n_neurons: int) -> Scores:
    """The scores that the method gives."""

    def known(fact: EditedFact) -> KeptScores:
        rows = exact[fact.fact_id], attributed[fact.fact_id]
        return kept_scores(*rows, fact.queries, fact.is_all_studied, keep, n_neurons)

    return known


def _activations(model: LanguageModel, queries: pd.DataFrame) -> Scores:
    """The sizes of the neurons' values at the last token of each query."""
    asked = queries.set_index("query_id")[["prompt", "answer"]]

    def known(fact: EditedFact) -> KeptScores:
        rows = asked.loc[fact.queries].to_numpy()
        texts = [model.encoded(prompt, answer).prompt_tokens for prompt, answer in rows]
        values = read_activations(model, texts, [[len(text) - 1] for text in texts])
        sizes = values.abs().flatten(1).double().numpy(force=True)
        return all_scores(sizes, fact.queries)

    return known
