"""Find how probable a model finds each answer, and which queries it knows."""

import logging
from pathlib import Path
from typing import get_args

import click
import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.queries import QUERIES
from qloc.contracts.trained_queries import TRAINED_QUERIES
from qloc.models.answers import Answers, answer
from qloc.models.candidates import is_shared, other_first_tokens
from qloc.models.language_model import open_model
from qloc.models.manifest import read_manifest
from qloc.models.prompting import AnswerTokens, EncodedQuery
from qloc.options import INPUT, OUTPUT
from qloc.tables import read_table, write_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--model", required=True, type=INPUT, help="Manifest of the model.")
@click.option("--queries", required=True, type=INPUT, help="Of one relation.")
@click.option("--candidates", required=True, type=click.Choice(["vocabulary", "objects"]))
@click.option("--answer-tokens", required=True, type=click.Choice(get_args(AnswerTokens)))
@click.option("--known-only", required=True, type=bool, help="Study only queries it answers.")
@click.option("--min-queries", required=True, type=int, help="Of a fact that is studied.")
@click.option("--threads", required=True, type=int)
@click.option("--batch-size", required=True, type=int, help="Queries in one forward pass.")
@click.option("--answers", required=True, type=OUTPUT)
def command(
    model: Path,
    queries: Path,
    candidates: str,
    answer_tokens: AnswerTokens,
    known_only: bool,
    min_queries: int,
    threads: int,
    batch_size: int,
    answers: Path,
) -> None:
    """Find how probable a model finds each answer, and which queries it knows."""
    rows = read_table(QUERIES, queries).sort_values("query_id", ignore_index=True)
    was_trained = _was_trained(model, rows["query_id"])
    opened = open_model(model, threads)
    encoded = [
        opened.encoded(prompt, text)
        for prompt, text in zip(rows["prompt"], rows["answer"], strict=True)
    ]
    others = other_first_tokens(rows["answer"].tolist(), encoded)
    asked = [number for number, query in enumerate(encoded) if query.problem is None]
    found = answer(
        opened,
        [encoded[number] for number in asked],
        [others[number] for number in asked] if candidates == "objects" else None,
        batch_size,
        answer_tokens,
    )
    table = _table(rows, encoded, is_shared(encoded, others), asked, found)
    table["was_trained"] = was_trained
    table["is_studied"] = _is_studied(table, known_only, min_queries)
    write_table(ANSWERS, table, answers)
    logger.info(
        "%d of %d queries known, %d cannot be asked, %d studied in %d facts",
        table["is_known"].sum(),
        len(table),
        len(table) - len(asked),
        table["is_studied"].sum(),
        table.loc[table["is_studied"], "fact_id"].nunique(),
    )


def _was_trained(model: Path, query_ids: pd.Series) -> pd.Series:
    """Whether the model was trained on each query; missing unless it was trained here."""
    name = read_manifest(model).trained_queries
    if name is None:
        return pd.Series(None, index=query_ids.index, dtype=object)
    trained = read_table(TRAINED_QUERIES, model.parent / name).set_index("query_id")["was_trained"]
    return query_ids.isin(trained.index[trained])


def _table(
    rows: pd.DataFrame,
    encoded: list[EncodedQuery],
    shared: list[bool | None],
    asked: list[int],
    found: Answers,
) -> pd.DataFrame:
    """The rows of the contract but for what depends on other queries or on training."""
    table = rows[["query_id", "fact_id", "relation", "template"]].copy()
    table["problem"] = pd.Series([query.problem for query in encoded], dtype=object)
    table["n_prompt_tokens"] = [len(query.prompt_tokens) for query in encoded]
    lengths = [len(query.answer_tokens) or None for query in encoded]
    first = [query.answer_tokens[0] if query.answer_tokens else None for query in encoded]
    table["n_answer_tokens"] = pd.Series(lengths, dtype="Int32")
    table["answer_token"] = pd.Series(first, dtype="Int32")
    table["is_first_token_shared"] = pd.Series(shared, dtype=object)
    table["answer_probability"] = pd.Series(found.probability, index=asked, dtype=float)
    table["answer_rank"] = pd.Series(found.rank, index=asked, dtype="Int32")
    table["is_known"] = pd.Series(found.is_best, index=asked, dtype=bool).reindex(
        table.index, fill_value=False
    )
    return table


def _is_studied(table: pd.DataFrame, known_only: bool, min_queries: int) -> pd.Series:
    """Whether a query may be studied and its fact has enough such queries."""
    usable = table["is_known"] if known_only else table["problem"].isna()
    return usable & (usable.groupby(table["fact_id"]).transform("sum") >= min_queries)
