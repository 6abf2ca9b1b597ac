"""What the page knows: one document of numbers and texts, made from tables alone.

`version` 1. Columns, no objects per row; what is about queries has one value per query of the
page. Queries of fact f are those from ``facts.first[f]`` to ``facts.first[f + 1]``. A query that
a model is not studied with has null in place of its probability and neurons.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from qloc.explorer.entries import Asked, Entries
from qloc.explorer.packing import ALPHABET, BASE
from qloc.explorer.sampling import facts_in_line, fitting
from qloc.explorer.source import Shape, Source
from qloc.explorer.stops import stops

VERSION = 1
BYTES_PER_FACT, BYTES_PER_QUERY, BYTES_PER_NUMBER = 40, 4, 6
"""What a fact and a query take beside their texts and neurons, and a number of one model."""


@dataclass(frozen=True)
class Settings:
    """Of the study."""

    keep: float
    selection_threshold: float
    static_threshold: float
    seed: int


def contents(source: Source, settings: Settings) -> dict[str, Any]:
    """The document: the facts that fit, their queries, and the neurons of each.

    Raises:
        StudyError: The tables are of different runs.
    """
    line = facts_in_line(source.scores, source.classes, settings.seed)
    shares = stops(settings.keep, settings.selection_threshold)
    own = shares.index(settings.selection_threshold)
    asked, found = _entries(source, line, shares, own)
    order = pd.Index(asked.fact_ids).get_indexer(line)
    texts = _text_costs(source, asked)
    costs = [
        (texts + sum(e.above(stop).cost(asked) for e in found.values()))[order]
        for stop in range(own + 1)
    ]
    stop, n_shown = fitting(costs)
    shown = Asked.of(source.answers, line[:n_shown])
    kept = pd.Index(asked.query_ids).get_indexer(shown.query_ids).tolist()
    return {
        "version": VERSION,
        "alphabet": ALPHABET,
        "base": BASE,
        "settings": {
            "selection_threshold": settings.selection_threshold,
            "keep": settings.keep,
            "stops": shares[stop:],
        },
        "sampled": {
            "n_all": int(source.scores["fact_id"].nunique()),
            "n_shown": n_shown,
            "seed": settings.seed,
        },
        **_texts(source, shown),
        **_of_models(source, settings, shown),
        "scores": [
            [
                _packed(found[shape.name, method].above(stop), kept, _studied(source, shape, shown))
                for method in source.methods
            ]
            for shape in source.models
        ],
    }


def _entries(
    source: Source, line: list[str], shares: list[float], own: int
) -> tuple[Asked, dict[tuple[str, str], Entries]]:
    """The neurons of every model and method, held against the study's own scores."""
    asked, found = Asked.of(source.answers, line), {}
    for shape in source.models:
        for method in source.methods:
            parts = source.attributions(shape.name, method)
            entries = Entries.of(parts, asked, shape.width, shares)
            entries.check(asked, own, source.of(source.scores, shape.name, method))
            found[shape.name, method] = entries
    return asked, found


def _text_costs(source: Source, asked: Asked) -> Float[np.ndarray, " fact"]:
    """Bytes that each fact takes beside its neurons."""
    facts = source.facts.set_index("fact_id").loc[list(asked.fact_ids)]
    prompts = source.queries.set_index("query_id")["prompt"].loc[list(asked.query_ids)]
    n_models, n_methods = len(source.models), len(source.methods)
    per_fact = BYTES_PER_FACT + 2 * BYTES_PER_NUMBER * n_models * n_methods
    per_query = BYTES_PER_QUERY + (BYTES_PER_NUMBER + 3 * n_methods) * n_models
    of_queries = np.bincount(
        asked.facts, weights=_sizes(prompts) + per_query, minlength=len(asked.fact_ids)
    )
    return _sizes(facts["subject"]) + _sizes(facts["object"]) + per_fact + of_queries


def _sizes(texts: pd.Series) -> Float[np.ndarray, " text"]:
    """Bytes that texts take in the document."""
    return np.array([len(json.dumps(text, ensure_ascii=False).encode()) for text in texts], float)


def _texts(source: Source, shown: Asked) -> dict[str, Any]:
    """Relations, facts and queries in words."""
    facts = source.facts.set_index("fact_id").loc[list(shown.fact_ids)]
    patterns = source.queries.drop_duplicates("relation").set_index("relation")["pattern"]
    relations = sorted(set(facts["relation"]), key=lambda name: (len(name), name))
    prompts = source.queries.set_index("query_id")["prompt"].loc[list(shown.query_ids)]
    return {
        "relations": [{"name": name, "pattern": patterns[name]} for name in relations],
        "facts": {
            "fact_id": list(shown.fact_ids),
            "subject": facts["subject"].tolist(),
            "object": facts["object"].tolist(),
            "relation": [relations.index(name) for name in facts["relation"]],
            "first": np.searchsorted(shown.facts, np.arange(len(facts) + 1)).tolist(),
        },
        "queries": {"prompt": prompts.tolist()},
    }


def _of_models(source: Source, settings: Settings, shown: Asked) -> dict[str, Any]:
    """What the study says of every model, and of every model and method."""
    return {
        "models": [vars(shape) for shape in source.models],
        "methods": source.methods,
        "answer_probability": [
            _numbers(_studied(source, shape, shown), 3) for shape in source.models
        ],
        "thresholds": [
            [_thresholds(source, settings, shape.name, method) for method in source.methods]
            for shape in source.models
        ],
        "chance": _by_fact(source, shown, "chance_consistency_score"),
        "adjusted": _by_fact(source, shown, "adjusted_consistency_score"),
    }


def _studied(source: Source, shape: Shape, shown: Asked) -> pd.Series:
    """The answer's probability for every query that a model is studied with; else missing."""
    answers = source.answers
    own = answers[(answers["model"] == shape.name) & answers["is_studied"]]
    return own.set_index("query_id")["answer_probability"].reindex(list(shown.query_ids))


def _thresholds(source: Source, settings: Settings, model: str, method: str) -> dict[str, float]:
    """The consistency threshold of every criterion that has one."""
    own = source.of(source.classes, model, method).drop_duplicates("criterion")
    found = dict(zip(own["criterion"], own["threshold"].tolist(), strict=True))
    return {"static": settings.static_threshold} | dict(sorted(found.items()))


def _by_fact(source: Source, shown: Asked, column: str) -> list[list[list[float | None]]]:
    """A column of the consistency scores, by model, method and fact."""
    return [
        [
            _numbers(
                source.of(source.scores, shape.name, method)
                .set_index("fact_id")[column]
                .reindex(list(shown.fact_ids)),
                3,
            )
            for method in source.methods
        ]
        for shape in source.models
    ]


def _numbers(values: pd.Series, digits: int) -> list[float | None]:
    return [None if pd.isna(value) else round(float(value), digits) for value in values]


def _packed(entries: Entries, kept: list[int], probability: pd.Series) -> list[str | None]:
    """The neurons of every query of the page; null for one that the model is not studied with."""
    texts = entries.texts(max(kept, default=-1) + 1)
    return [
        None if is_missing else texts[number]
        for number, is_missing in zip(kept, probability.isna(), strict=True)
    ]
