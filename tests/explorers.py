"""Made-up tables of a study for the explorer, with scores that follow from the attributions."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from qloc.explorer.contents import Settings, contents
from qloc.explorer.source import Shape, Source
from qloc.measures.thresholds import otsu_threshold

LAYERS, WIDTH = 3, 50
SELECTION = 0.3
SETTINGS = Settings(keep=0.05, selection_threshold=SELECTION, static_threshold=0.1, seed=7)


def source(
    n_facts: int = 12,
    n_queries: int = 4,
    models: Sequence[str] = ("one", "two"),
    methods: Sequence[str] = ("ig", "sig"),
    texts: Sequence[str] = (),
    n_neurons: int = 12,
) -> Source:
    """Two relations of facts. Of the first model, every fifth query is not studied.

    The second query of every fact has the neurons of the first, but for a few; fact P2/00001 has
    no positive score, so that its queries have no neurons.

    Args:
        n_facts: Of all relations.
        n_queries: Of a fact.
        models: Names.
        methods: Names.
        texts: Subjects of the first facts.
        n_neurons: With a score, of a query.
    """
    draw = np.random.default_rng(n_facts)
    facts = _facts(n_facts, texts)
    queries = _queries(facts, n_queries)
    answers = _answers(queries, models)
    attributions = {
        (model, method): _attributions(answers[answers["model"] == model], n_neurons, draw)
        for model in models
        for method in methods
    }
    scores = pd.concat([_scores(rows, answers, *run) for run, rows in attributions.items()])
    classes = pd.concat([_classes(scores, *run) for run in attributions])

    def of(model: str, method: str) -> Iterator[pd.DataFrame]:
        rows = attributions[model, method]
        for _, own in rows.groupby(rows["fact_id"].str[:2]):
            yield own

    shapes = [Shape(model, LAYERS, WIDTH) for model in models]
    return Source(shapes, list(methods), facts, queries, answers, scores, classes, of)


def document(*given: object, **named: object) -> dict:
    """What the page of such a study knows."""
    return contents(source(*given, **named), SETTINGS)


def _facts(n_facts: int, texts: Sequence[str]) -> pd.DataFrame:
    rows = [
        (f"P{1 + number % 2}/{number // 2:05d}", f"P{1 + number % 2}", f"Subject {number}", "x")
        for number in range(n_facts)
    ]
    facts = pd.DataFrame(rows, columns=["fact_id", "relation", "subject", "object"])
    facts.loc[: len(texts) - 1, "subject"] = list(texts)[:n_facts]
    return facts.sort_values("fact_id", ignore_index=True)


def _queries(facts: pd.DataFrame, n_queries: int) -> pd.DataFrame:
    rows = [
        (f"{fact.fact_id}/{template:02d}", fact.fact_id, fact.relation, f"{fact.subject} is",
         f"[X] is [Y] ({template})")
        for fact in facts.itertuples()
        for template in range(n_queries)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["query_id", "fact_id", "relation", "prompt", "pattern"])


def _answers(queries: pd.DataFrame, models: Sequence[str]) -> pd.DataFrame:
    number = np.arange(len(queries))
    of_models = [
        queries[["query_id", "fact_id", "relation"]].assign(
            model=model,
            is_studied=(number % 5 != 0) | (model != models[0]),
            answer_probability=0.5 + number / (4 * len(number)),
        )
        for model in models
    ]
    return pd.concat(of_models, ignore_index=True)


def _attributions(answers: pd.DataFrame, n_neurons: int, draw: np.random.Generator) -> pd.DataFrame:
    parts = []
    studied = answers[answers["is_studied"]]
    for fact_id, own in studied.groupby("fact_id"):
        core = draw.choice(LAYERS * WIDTH, n_neurons, replace=False)
        for query_id in own["query_id"]:
            others = draw.choice(LAYERS * WIDTH, n_neurons, replace=False)
            cells = np.unique(np.concatenate([core[: draw.integers(n_neurons)], others]))
            scores = draw.exponential(0.2, len(cells)).astype(np.float32)
            sign = -1 if fact_id == "P2/00001" else 1
            parts.append(
                pd.DataFrame(
                    {
                        "query_id": query_id,
                        "fact_id": fact_id,
                        "layer": cells // WIDTH,
                        "neuron": cells % WIDTH,
                        "score": sign * scores,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _scores(
    attributions: pd.DataFrame, answers: pd.DataFrame, model: str, method: str
) -> pd.DataFrame:
    best = attributions.groupby("query_id")["score"].transform("max").astype(float)
    above = attributions["score"].astype(float) > SELECTION * best
    counts = attributions[above & (best > 0)].groupby(["fact_id", "layer", "neuron"]).size()
    own = answers[answers["is_studied"] & (answers["model"] == model)]
    rows = own.groupby("fact_id").size().to_frame("n_queries")
    rows["n_neurons_any"] = counts.groupby("fact_id").size()
    rows["n_neurons_shared"] = (counts > 1).groupby("fact_id").sum()
    rows = rows.fillna(0).astype(int)
    score = rows["n_neurons_shared"] / rows["n_neurons_any"].replace(0, np.nan)
    score = score.where(rows["n_queries"] > 1)
    rows = rows.assign(
        consistency_score=score,
        chance_consistency_score=0.25,
        adjusted_consistency_score=(score - 0.25) / 0.75,
        relation=rows.index.str[:2],
        model=model,
        method=method,
    )
    return rows.reset_index()


def _classes(scores: pd.DataFrame, model: str, method: str) -> pd.DataFrame:
    own = scores[(scores["model"] == model) & (scores["method"] == method)]
    own = own.dropna(subset="consistency_score")
    thresholds = {"static": 0.1, "otsu": otsu_threshold(own["consistency_score"].to_numpy())}
    columns = own[["model", "method", "fact_id", "consistency_score"]]
    return pd.concat(
        [
            columns.assign(
                criterion=name, threshold=value, is_consistent=own["consistency_score"] >= value
            )
            for name, value in thresholds.items()
        ]
    )
