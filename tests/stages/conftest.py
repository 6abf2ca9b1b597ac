"""A small study's attributions on disk, and a way to run a stage on them."""

from collections.abc import Callable
from dataclasses import dataclass
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
from qloc.tables import read_table, write_table

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


TOWNS = ("Oslo", "Bergen", "Lyon", "Nice", "Turin", "Rome")
LANDS = ("Norway", "Norway", "France", "France", "Italy", "Italy")
ASKED = ("[X] lies in", "The land of [X] is", "One finds [X] in", "Who goes to [X] goes to")


@dataclass(frozen=True)
class School:
    """Where everything is that a tiny model needs to be trained on six facts."""

    folder: Path

    @property
    def queries(self) -> Path:
        return self.folder / "queries.parquet"

    def train(
        self, name: str, architecture: str = "gpt2", seed: int = 3, **changes: object
    ) -> Path:
        """Train a model through the command line; its manifest."""
        model = self.folder / name
        options = {
            "name": "small",
            "architecture": architecture,
            "seed": seed,
            "passes": 2,
            "learning_rate": 0.01,
            "embedding_scale": 20,
            "layer_learning_rate": 0.7,
            "queries": self.queries,
            "training_text": self.folder / "text.txt",
            "held_out_text": self.folder / "text.txt",
            "threads": 1,
            "manifest": model / "model.json",
            "weights": model / "model.safetensors",
            "configuration": model / "config.json",
            "tokenizer": model / "tokenizer.json",
            "tokenizer_configuration": model / "tokenizer_config.json",
            "trained_queries": model / "trained_queries.parquet",
            "training": model / "training.parquet",
        } | changes
        arguments = [part for option, value in options.items()
                     for part in (f"--{option.replace('_', '-')}", str(value))]  # fmt: skip
        result = CliRunner().invoke(main, ["train-tiny-model", *arguments])
        assert result.exit_code == 0, result.output
        return model / "model.json"


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> School:
    """Six facts in four queries each, and a short text."""
    folder = tmp_path_factory.mktemp("school")
    rows = [
        {
            "query_id": f"P17/{fact:05d}/{template:02d}",
            "fact_id": f"P17/{fact:05d}",
            "relation": "P17",
            "template": template,
            "pattern": f"{pattern} [Y]",
            "prompt": pattern.replace("[X]", town),
            "answer": land,
            "final_word": pattern.split()[-1],
        }
        for fact, (town, land) in enumerate(zip(TOWNS, LANDS, strict=True))
        for template, pattern in enumerate(ASKED)
    ]
    write_table(QUERIES, pd.DataFrame(rows), folder / "queries.parquet")
    lines = [f"Line {n} of a text that only the smallest models read.\n" for n in range(30)]
    (folder / "text.txt").write_text("".join(lines))
    return School(folder)


@pytest.fixture
def asked(school: School) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All queries of the school, and answers of which all but three are studied."""
    queries = read_table(QUERIES, school.queries)
    answers = queries[["query_id", "fact_id", "relation", "template"]].assign(
        **ANSWERED, was_trained=None, answer_probability=0.5, is_studied=True
    )
    answers.loc[[1, 10, 11], "is_studied"] = False
    return queries, answers


@pytest.fixture(scope="session")
def pupil(school: School) -> Path:
    """The manifest of a tiny GPT-2 that learned most of the six facts."""
    return school.train("pupil", passes=150)
