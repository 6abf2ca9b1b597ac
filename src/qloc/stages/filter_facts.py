"""Choose the facts and queries of one relation, and count what was dropped for which reason."""

import logging
from pathlib import Path

import click

from qloc.contracts.facts import FACTS
from qloc.contracts.filter_steps import FILTER_STEPS
from qloc.contracts.queries import QUERIES
from qloc.datasets import csv_rows, pararel
from qloc.datasets.filtering import count_steps, filter_steps, flagged
from qloc.datasets.queries import all_queries, fact_rows, query_rows
from qloc.datasets.relation import Relation
from qloc.options import OUTPUT, PATHS, SAMPLE_SIZE
from qloc.randomness import generator
from qloc.tables import write_tables

logger = logging.getLogger(__name__)
FLAGS = ("ambiguous_subject", "answer_in_subject")


class Flags(click.ParamType):
    """Flags of facts, written as one text with blanks between them; may be empty."""

    name = "flags"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[str]:
        flags = str(value).split()
        for flag in flags:
            if flag not in FLAGS:
                self.fail(f"{flag!r} is not among {', '.join(FLAGS)}.", param, ctx)
        return flags


@click.command()
@click.option("--relation", required=True, help="Wikidata property.")
@click.option("--format", "file_format", required=True, type=click.Choice(["pararel", "csv"]))
@click.option("--source-files", required=True, type=PATHS, help="pararel: facts and patterns.")
@click.option("--patterns", required=True, type=click.Choice(["final_object", "truncate"]))
@click.option("--min-templates", required=True, type=click.IntRange(min=1))
@click.option("--exclude", required=True, type=Flags(), help="Flags of facts to leave out.")
@click.option("--facts-per-relation", required=True, type=SAMPLE_SIZE, help="A number, or all.")
@click.option("--seed", required=True, type=int, help="Of the study.")
@click.option("--facts", required=True, type=OUTPUT)
@click.option("--queries", required=True, type=OUTPUT)
@click.option("--steps", required=True, type=OUTPUT)
def command(
    relation: str,
    file_format: str,
    source_files: list[Path],
    patterns: str,
    min_templates: int,
    exclude: list[str],
    facts_per_relation: int | None,
    seed: int,
    facts: Path,
    queries: Path,
    steps: Path,
) -> None:
    """Choose the facts and queries of one relation, and count what was dropped."""
    found = flagged(all_queries(_read(relation, file_format, source_files)))
    rng = generator(seed, "filter_facts", relation)
    taken = filter_steps(found, patterns, min_templates, exclude, facts_per_relation, rng)
    counts = count_steps(taken).assign(relation=relation)
    left = taken[-1][1]
    write_tables(
        [
            (FACTS, fact_rows(relation, left), facts),
            (QUERIES, query_rows(relation, left), queries),
            (FILTER_STEPS, counts, steps),
        ]
    )
    first, last = counts.iloc[0], counts.iloc[-1]
    logger.info(
        "%s: %d of %d facts, %d of %d patterns, %d of %d queries",
        *(relation, last.n_facts, first.n_facts, last.n_patterns, first.n_patterns),
        *(last.n_queries, first.n_queries),
    )


def _read(relation: str, file_format: str, files: list[Path]) -> Relation:
    n_files = {"pararel": 2, "csv": 1}[file_format]
    if len(files) != n_files:
        raise click.UsageError(f"--format {file_format} takes {n_files} files in --source-files.")
    if file_format == "csv":
        return csv_rows.read_relation(relation, files[0])
    return pararel.read_relation(relation, files[0], files[1])
