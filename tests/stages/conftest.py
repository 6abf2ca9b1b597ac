"""A small study's attributions on disk, and a way to run a stage on them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from qloc.cli import main
from qloc.contracts.answers import ANSWERS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.queries import QUERIES
from qloc.tables import write_table

RELATIONS, FACTS, TEMPLATES, WORDS = ("P7", "P8", "P9"), 8, 4, ("is", "of", "is", "in")
SELECTION = 0.3
ANSWERED = {
    "problem": None,
    "n_prompt_tokens": 4,
    "n_answer_tokens": 1,
    "answer_token": 7,
    "is_first_token_shared": False,
    "answer_rank": 1,
    "is_known": True,
}


@pytest.fixture
def run() -> Callable[..., None]:
    """Run a stage with these options; an error inside it is raised."""

    def run_stage(stage: str, **options: object) -> None:
        arguments = [part for name, value in options.items()
                     for part in (f"--{name.replace('_', '-')}", str(value))]  # fmt: skip
        result = CliRunner().invoke(main, [stage, *arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output

    return run_stage


@pytest.fixture
def attributed(tmp_path: Path) -> dict[str, str]:
    """Paths of answers, queries, attributions (by relation) and knowledge neurons (at 0.3).

    Query P7/00000/01 is not studied; query P8/00003/02 has no positive score.
    """
    queries, attributions = _queries(), _attributions()
    attributions.loc[attributions["query_id"] == "P8/00003/02", "score"] = np.float32(-0.1)
    best = attributions.groupby("query_id")["score"].transform("max").astype(float)
    chosen = attributions[(attributions["score"].astype(float) > SELECTION * best) & (best > 0)]
    neurons = chosen.assign(relation=chosen["fact_id"].str[:2]).drop(columns="activation")
    write_table(KNOWLEDGE_NEURONS, neurons, tmp_path / "neurons.parquet")
    for relation in RELATIONS:
        own = queries[queries["relation"] == relation]
        asked = own[["query_id", "fact_id", "relation", "template"]].assign(
            **ANSWERED,
            was_trained=own["template"] != 3,
            is_studied=own["query_id"] != "P7/00000/01",
            answer_probability=np.linspace(0.2, 0.9, len(own)),
        )
        scored = attributions[attributions["fact_id"].str.startswith(relation)]
        write_table(QUERIES, own, tmp_path / f"queries_{relation}.parquet")
        write_table(ANSWERS, asked, tmp_path / f"answers_{relation}.parquet")
        write_table(ATTRIBUTIONS, scored, tmp_path / f"attributions_{relation}.parquet")
    by_relation = ("queries", "answers", "attributions")
    paths = {name: " ".join(str(tmp_path / f"{name}_{r}.parquet") for r in RELATIONS)
             for name in by_relation}  # fmt: skip
    return paths | {"knowledge_neurons": str(tmp_path / "neurons.parquet")}


@pytest.fixture
def scored(attributed: dict[str, str], run: Callable[..., None], tmp_path: Path) -> Path:
    """The consistency scores of that study."""
    inputs = {key: attributed[key] for key in ("knowledge_neurons", "answers", "queries")}
    path = tmp_path / "scores.parquet"
    run("score-consistency", **inputs, fixed_k=3, chance_draws=9, seed=5, scores=path)
    return path


def _queries() -> pd.DataFrame:
    rows = [
        {
            "fact_id": f"{relation}/{fact:05d}",
            "query_id": f"{relation}/{fact:05d}/{template:02d}",
            "relation": relation,
            "template": template,
            "pattern": f"[X] {WORDS[template]} [Y]",
            "prompt": f"{fact} {WORDS[template]}",
            "answer": f"object {fact % 2}",
            "final_word": WORDS[template],
        }
        for relation in RELATIONS
        for fact in range(FACTS)
        for template in range(TEMPLATES)
    ]
    return pd.DataFrame(rows)


def _attributions() -> pd.DataFrame:
    """Neurons of the fact, of the template and of the query alone, with drawn scores."""
    draw = np.random.default_rng(31)
    parts = []
    for number, query in enumerate(_queries().itertuples()):
        if query.query_id == "P7/00000/01":
            continue
        fact = number // TEMPLATES
        cells = {fact, fact + 30, 60 + query.template, *draw.integers(70, 120, 5).tolist()}
        layers, neurons = np.divmod(np.array(sorted(cells)), 40)
        parts.append(
            pd.DataFrame(
                {
                    "query_id": query.query_id,
                    "layer": layers,
                    "neuron": neurons,
                    "fact_id": query.fact_id,
                    "score": draw.uniform(0.05, 1, len(cells)).astype(np.float32),
                    "activation": np.float32(0.5),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
