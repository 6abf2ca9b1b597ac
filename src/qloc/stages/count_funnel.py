"""Count what is left from the files to a consistency score, and what each step dropped."""

import logging
from pathlib import Path

import click

from qloc.contracts.answers import ANSWERS
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.filter_steps import FILTER_STEPS
from qloc.contracts.funnels import FUNNELS
from qloc.datasets.funnel import count_funnel, refuse_nothing_left
from qloc.options import INPUT, OUTPUT, PATHS
from qloc.tables import read_table, read_tables, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--filter-steps", required=True, type=PATHS, help="Of all relations.")
@click.option("--answers", required=True, type=PATHS, help="Of one model, all relations.")
@click.option("--scores", required=True, type=INPUT, help="Consistency scores.")
@click.option("--known-only", required=True, type=bool, help="Whether only known are studied.")
@click.option("--funnel", required=True, type=OUTPUT)
def command(
    filter_steps: list[Path], answers: list[Path], scores: Path, known_only: bool, funnel: Path
) -> None:
    """Count what is left, from the files to a consistency score."""
    steps = read_tables(FILTER_STEPS, filter_steps)
    answered = read_tables(ANSWERS, answers)
    counts = count_funnel(steps, answered, read_table(CONSISTENCY_SCORES, scores), known_only)
    refuse_nothing_left(counts)
    write_table(FUNNELS, counts, funnel)
    last = counts[counts["relation"] == "all"].iloc[-1]
    logger.info(
        "%d relations, %d facts, %d queries have a consistency score",
        *(last.n_relations, last.n_facts, last.n_queries),
    )
