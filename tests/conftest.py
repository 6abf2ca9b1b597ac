"""A made-up study: every table a figure or a page reads, under its contract."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from click.testing import CliRunner
from tests import comparisons, edits, interventions

from qloc import contracts
from qloc.cli import main
from qloc.measures.quadrature_comparison import COMPARED
from qloc.models.manifest import Manifest, manifest_text
from qloc.tables import Table, empty, write_table

# One thread in each of the processes that share the tests: more would wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"
torch.set_num_threads(1)

ROOT = Path(__file__).parents[1]

LAYERS, NEURONS = 4, 64
MANIFEST = Manifest(
    name="tiny-gpt2",
    source="trained",
    folder=".",
    hub_name="",
    revision="",
    architecture="gpt2",
    n_layers=LAYERS,
    n_neurons=NEURONS,
    hidden_size=16,
    n_heads=2,
    n_vocabulary=99,
    context_length=32,
    is_tied=True,
    dtype="float32",
    special_tokens="$A",
    n_parameters=12_345,
    weights_sha256={"model.safetensors": "ab" * 32},
    weights_bytes={"model.safetensors": 1234},
    trained_queries="trained_queries.parquet",
)
NAMES = [path.stem for path in Path(contracts.__path__[0]).glob("[!_]*.py")]
PATTERNS = (
    "[X] is the capital of [Y] .",
    "[X], which is in [Y]",
    "The country of [X] is [Y] .",
    "[X] belongs to [Y]",
)


def contract(name: str) -> Table:
    """The contract of a table, by the table's name."""
    table: Table = getattr(import_module(f"qloc.contracts.{name}"), name.upper())
    return table


@dataclass
class Study:
    """Tables by name; `write` puts them where the workflow would."""

    tables: dict[str, pd.DataFrame]

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def write(self, folder: Path, name: str, model: str = "tiny-gpt2", method: str = "ig") -> Path:
        """Write one table below a folder; tables by relation become one file of all."""
        table = contract(name)
        wildcards = {"model": model, "method": method, "relation": "P1"}
        path = folder / table.path.format(**wildcards)
        write_table(table, self.tables[name], path)
        return path

    def write_by_relation(
        self, folder: Path, name: str, model: str = "tiny-gpt2", method: str = "ig"
    ) -> str:
        """Write one table as the files of every relation; their paths with blanks between."""
        table, paths = contract(name), []
        for relation, rows in self.tables[name].groupby(
            self.tables[name]["fact_id"].str.partition("/")[0]
        ):
            wildcards = {"model": model, "method": method, "relation": relation}
            paths.append(folder / table.path.format(**wildcards))
            write_table(table, rows, paths[-1])
        return " ".join(map(str, paths))

    def write_by_operation(
        self, folder: Path, name: str, model: str = "tiny-gpt2", method: str = "ig"
    ) -> str:
        """Write one table as the files of both operations; their paths with blanks between."""
        table, paths, rows = contract(name), [], self.tables[name]
        for operation in edits.OPERATIONS:
            own = rows[rows["operation"] == operation].drop(columns="operation")
            wildcards = {"model": model, "method": method, "operation": operation}
            paths.append(folder / table.path.format(**wildcards))
            write_table(table, own, paths[-1])
        return " ".join(map(str, paths))

    def write_manifest(self, folder: Path, model: str = "tiny-gpt2") -> Path:
        """Write the manifest of a model of four layers with 64 neurons."""
        path = folder / f"results/models/{model}/model.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(manifest_text(replace(MANIFEST, name=model)), encoding="utf-8")
        return path


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder with ParaRel and WikiText-2, which the repository does not hold."""
    folder = Path(os.environ.get("QLOC_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "pararel").is_dir():
        pytest.skip(f"no ParaRel in {folder}: set QLOC_DATA to the folder that has it")
    return folder


@pytest.fixture(scope="session")
def make_study() -> Callable[..., Study]:
    """A function that makes a study of so many relations and facts in each."""
    return _make_study


@pytest.fixture
def study(make_study: Callable[..., Study]) -> Study:
    """Three relations of twelve facts."""
    return make_study(3, 12)


def _make_study(n_relations: int, n_facts: int, subject: str = "Subject") -> Study:
    tables = _tables(n_relations, n_facts, subject)
    return Study({name: rows.copy() for name, rows in tables.items()})


@cache
def _tables(n_relations: int, n_facts: int, subject: str) -> dict[str, pd.DataFrame]:
    draw = np.random.default_rng(11)
    if n_relations * n_facts == 0:
        nothing = {name: empty(contract(name)) for name in NAMES}
        by_operation = {
            name: nothing[name].assign(operation="") for name in ("edits", "edit_sequences")
        }
        return nothing | by_operation | {"funnels": _funnel(0, 0)}
    facts = _facts(n_relations, n_facts, subject)
    queries = _queries(facts)
    attributions = _attributions(queries, draw)
    neurons = _knowledge_neurons(attributions, queries)
    scores = _scores(facts, neurons, draw)
    classes = _classes(scores)
    tables = {
        "facts": facts,
        "queries": queries,
        "answers": _answers(queries),
        "attributions": attributions,
        "knowledge_neurons": neurons,
        "consistency_scores": scores,
        "consistency_classes": classes,
        "class_summaries": _summaries(scores, classes),
        "class_comparisons": _comparisons(classes),
        "class_diagnostics": _diagnostics(len(scores)),
        "neuron_set_overlaps": _overlaps(len(scores)),
        "method_agreements": _method_agreements(n_relations, n_facts),
        "class_agreements": _class_agreements(n_relations, n_facts),
        "threshold_sweeps": _sweep(scores),
        "probability_associations": _associations(scores),
        "attribution_checks": _checks(queries, draw),
        "quadrature_comparisons": _quadratures(queries),
        "funnels": _funnel(n_relations, n_facts),
        "training": _training(),
    }
    studied = queries[_answers(queries)["is_studied"].to_numpy()]
    tables |= interventions.tables(studied, neurons, LAYERS)
    tables |= edits.tables(facts, studied, neurons, classes)
    return tables | comparisons.tables(n_relations, n_facts, studied["query_id"])


def _facts(n_relations: int, n_facts: int, subject: str) -> pd.DataFrame:
    rows = [
        (f"P{r}/{f:05d}", f"P{r}", f"{subject} {r}-{f}", f"Object {f % 5}", False, False)
        for r in range(1, n_relations + 1)
        for f in range(n_facts)
    ]
    return pd.DataFrame(rows, columns=contract("facts").names)


def _queries(facts: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for fact in facts.itertuples():
        for template, pattern in enumerate(PATTERNS):
            prompt = pattern.partition("[Y]")[0].strip().replace("[X]", fact.subject)
            word = pattern.partition("[Y]")[0].split()[-1]
            rows.append(
                (f"{fact.fact_id}/{template:02d}", fact.fact_id, fact.relation, template, pattern,
                 prompt, fact.object, word)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=contract("queries").names)


def _answers(queries: pd.DataFrame) -> pd.DataFrame:
    """Every fifth query is not known; the last template is held out of training."""
    known = np.arange(len(queries)) % 5 != 0
    columns = queries[["query_id", "fact_id", "relation", "template"]]
    return columns.assign(
        was_trained=queries["template"] < len(PATTERNS) - 1,
        problem=None,
        n_prompt_tokens=5,
        n_answer_tokens=1,
        answer_token=7,
        is_first_token_shared=False,
        answer_probability=np.where(known, 0.75, 0.125),
        answer_rank=np.where(known, 1, 3),
        is_known=known,
        is_studied=known,
    )


def _attributions(queries: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    parts = []
    for fact_id, group in queries.groupby("fact_id"):
        core = draw.choice(LAYERS * NEURONS, 6, replace=False)
        for query_id in group["query_id"]:
            own = draw.choice(LAYERS * NEURONS, 10, replace=False)
            cells = np.unique(np.concatenate([core[: draw.integers(1, 7)], own]))
            scores = draw.uniform(0.06, 1, len(cells)).astype(np.float32)
            parts.append(
                pd.DataFrame(
                    {
                        "query_id": query_id,
                        "layer": cells // NEURONS,
                        "neuron": cells % NEURONS,
                        "fact_id": fact_id,
                        "score": scores,
                        "activation": draw.normal(0, 1, len(cells)).astype(np.float32),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _knowledge_neurons(attributions: pd.DataFrame, queries: pd.DataFrame) -> pd.DataFrame:
    best = attributions.groupby("query_id")["score"].transform("max")
    chosen = attributions[attributions["score"] > 0.5 * best]
    relation = chosen["fact_id"].str.partition("/")[0]
    return chosen.assign(relation=relation)[contract("knowledge_neurons").names]


def _scores(facts: pd.DataFrame, neurons: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    counts = neurons.groupby(["fact_id", "layer", "neuron"]).size()
    n_any = counts.groupby("fact_id").size().reindex(facts["fact_id"]).to_numpy()
    n_shared = (counts > 1).groupby("fact_id").sum().reindex(facts["fact_id"]).to_numpy()
    score, n = n_shared / n_any, len(facts)
    chance = draw.uniform(0.02, 0.1, n)
    rows = pd.DataFrame({"fact_id": facts["fact_id"], "relation": facts["relation"]})
    return rows.assign(
        n_queries=len(PATTERNS),
        n_final_words=len(PATTERNS),
        n_queries_without_neurons=0,
        n_neurons_any=n_any,
        n_neurons_shared=n_shared,
        consistency_score=score,
        strict_consistency_score=score / 2,
        mean_jaccard=score / 1.5,
        fixed_k_consistency_score=score * 0.9,
        same_final_word_jaccard=np.clip(score * 1.2, 0, 1),
        different_final_word_jaccard=score * 0.7,
        trained_consistency_score=score,
        chance_consistency_score=chance,
        chance_same_object=chance,
        chance_other_object=chance / 2,
        adjusted_consistency_score=(score - chance) / (1 - chance),
        adjusted_highest=(score - chance / 2) / (1 - chance / 2),
        mean_answer_probability=draw.uniform(0.3, 1, n),
    )


def _classes(scores: pd.DataFrame) -> pd.DataFrame:
    otsu = float(scores["consistency_score"].median())
    parts = [
        scores[["fact_id", "relation", "consistency_score"]].assign(
            criterion=criterion, threshold=t, is_consistent=scores["consistency_score"] >= t
        )
        for criterion, t in (("static", 0.1), ("otsu", otsu))
    ]
    return pd.concat(parts, ignore_index=True)


def _summaries(scores: pd.DataFrame, classes: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for criterion, group in classes.groupby("criterion"):
        is_consistent, score = group["is_consistent"], group["consistency_score"]
        estimates = {
            "threshold": group["threshold"].iloc[0],
            "consistent_share": is_consistent.mean(),
            "inconsistent_share": 1 - is_consistent.mean(),
            "mean_consistent": score[is_consistent].mean(),
            "mean_inconsistent": score[~is_consistent].mean(),
            "mean_consistency_score": score.mean(),
            "mean_chance": scores["chance_consistency_score"].mean(),
            "mean_adjusted": scores["adjusted_consistency_score"].mean(),
            "mean_trained": scores["trained_consistency_score"].mean(),
            "clearly_inconsistent_share": (scores["adjusted_highest"] < 0.5).mean(),
        }
        for statistic, estimate in estimates.items():
            halves = (0.05, 0.08, 0.02)
            ends = [estimate + sign * half for half in halves for sign in (-1, 1)]
            rows.append(
                (
                    criterion,
                    statistic,
                    len(group),
                    scores["relation"].nunique(),
                    estimate,
                    *ends,
                )
            )
    return pd.DataFrame(rows, columns=contract("class_summaries").names)


def _comparisons(classes: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for criterion, group in classes.groupby("criterion"):
        n, score = int(group["is_consistent"].sum()), group["consistency_score"]
        means = score[group["is_consistent"]].mean(), score[~group["is_consistent"]].mean()
        rows.append(
            ("all", criterion, "consistency_score", n, len(group) - n, *means, means[0] - means[1],
             0.1, 0.3, 14.5, 30.0, 0.0)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=contract("class_comparisons").names)


def _diagnostics(n_facts: int) -> pd.DataFrame:
    rows = [
        ("bic_difference", n_facts, -7.25, -9.5, -14.0, 1.5, 0.4),
        ("dip", n_facts, 0.031, 0.03, 0.02, 0.045, 0.42),
        ("otsu_eta_squared", n_facts, 0.68, 0.66, 0.61, 0.71, 0.3),
        ("welch_t", n_facts, 14.6, 14.1, 11.0, 17.5, 0.4),
        ("inconsistent_share", n_facts, 0.52, 0.5, 0.41, 0.6, 0.37),
    ]
    return pd.DataFrame(rows, columns=contract("class_diagnostics").names)


def _overlaps(n_facts: int) -> pd.DataFrame:
    rungs = {
        "same_fact": 0.41,
        "same_object": 0.28,
        "same_template": 0.19,
        "same_relation": 0.12,
        "other_relation": 0.04,
        "same_final_word": 0.56,
        "other_final_word": 0.31,
    }
    rows = [
        (rung, 90 + i, n_facts, mean, mean - 0.03, mean + 0.03)
        for i, (rung, mean) in enumerate(rungs.items())
    ]
    return pd.DataFrame(rows, columns=contract("neuron_set_overlaps").names)


def _method_agreements(n_relations: int, n_facts: int) -> pd.DataFrame:
    """Three methods, of which the first and the last agree best."""
    means = {("ig", "sig"): 0.31, ("ig", "amig"): 0.62, ("sig", "amig"): 0.27}
    rows = []
    for (method, other), same in means.items():
        for partner, share in (("same_query", 1), ("neighbor_query", 0.5), ("other_fact", 0.25)):
            for r, relation in enumerate(["all", *(f"P{i + 1}" for i in range(n_relations))]):
                n, mean = n_facts if r else n_relations * n_facts, same * share + r / 1000
                lack = same - same * share
                gap = (None, None, None) if share == 1 else (lack, lack - 0.04, lack + 0.04)
                rows.append(
                    (method, other, partner, relation, 4 * n, n, mean, mean - 0.05, mean + 0.05,
                     *gap, 0.7)
                )  # fmt: skip
    gaps = dict.fromkeys(("difference", "difference_ci_low", "difference_ci_high"), float)
    return pd.DataFrame(rows, columns=contract("method_agreements").names).astype(gaps)


def _class_agreements(n_relations: int, n_facts: int) -> pd.DataFrame:
    """Under the static criterion no fact is inconsistent to all, and nothing varies."""
    estimates = {
        ("inconsistent_share", "all"): 0.34,
        ("independent_share", "all"): 0.17,
        ("independent_share_within_relations", "all"): 0.21,
        ("excess", "all"): 0.17,
        ("excess_within_relations", "all"): 0.13,
        ("inconsistent_share", "ig"): 0.51,
        ("inconsistent_share", "sig"): 0.67,
        ("inconsistent_share", "amig"): 0.49,
    }
    rows = []
    for (statistic, method), value in estimates.items():
        halves = (0.06, 0.09, 0.03)
        ends = [value + sign * half for half in halves for sign in (-1, 1)]
        size = (n_relations * n_facts, n_relations)
        rows.append(("static", statistic, method, *size, 0.0, *[None] * 6))
        rows.append(("otsu", statistic, method, *size, value, *ends))
    columns = contract("class_agreements").names
    ends = dict.fromkeys(columns[-6:], float)
    return pd.DataFrame(rows, columns=columns).astype(ends)


def _sweep(scores: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for selection in (0.1, 0.2, 0.4):
        for cut in np.round(np.arange(0.04, 0.81, 0.04), 2):
            share = float((scores["consistency_score"] * (1.2 - selection) < cut).mean())
            adjusted = float((scores["adjusted_consistency_score"] < cut).mean())
            rows.append(
                (selection, cut, len(scores), share, 0.3, adjusted, 0.2, share - 0.02, share + 0.02,
                 adjusted - 0.03, adjusted + 0.03, adjusted - 0.05, adjusted + 0.05)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=contract("threshold_sweeps").names)


def _associations(scores: pd.DataFrame) -> pd.DataFrame:
    rows = [("all", len(scores), 0.31, 0.12, 0.47)]
    for i, (relation, group) in enumerate(scores.groupby("relation")):
        rows.append(
            (relation, len(group), 0.05 * (i % 10), 0.05 * (i % 10) - 0.2, 0.05 * (i % 10) + 0.2)
        )
    return pd.DataFrame(rows, columns=contract("probability_associations").names)


def _checks(queries: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    rows = pd.DataFrame(
        [
            (q, f, layer)
            for q, f in queries[["query_id", "fact_id"]].to_numpy()
            for layer in range(LAYERS)
        ],
        columns=["query_id", "fact_id", "layer"],
    )
    n = len(rows)
    gap, change = 10 ** draw.uniform(-7, -3.01, n), 10 ** draw.uniform(-7, -3.01, n)
    gap[0] = 0.02
    return rows.assign(
        word=0,
        quadrature="adaptive",
        nodes=draw.choice([8, 16, 32], n, p=[0.7, 0.25, 0.05]),
        score_sum=draw.uniform(0, 1, n),
        answer_change=draw.uniform(0, 1, n),
        completeness_gap=gap,
        score_change=change,
        is_settled=gap <= 1e-3,
        batch_size=64,
        threads=1,
    )


def _quadratures(queries: pd.DataFrame) -> pd.DataFrame:
    """Every second query by every rule; the fewer points, the more sets and scores are wrong."""
    drawn = queries.iloc[::2][["query_id", "fact_id"]].reset_index(drop=True)
    parts = []
    for place, (quadrature, steps) in enumerate(COMPARED):
        is_same = pd.Series((np.arange(len(drawn)) + 1) % (place + 2) != 0)
        parts.append(
            drawn.assign(
                quadrature=quadrature,
                steps=steps,
                gradients_per_layer=float(steps or 11.25),
                is_settled=drawn.index > 0 if quadrature == "adaptive" else None,
                n_neurons=5,
                n_reference_neurons=4,
                is_same_set=is_same,
                jaccard=np.where(is_same, 1.0, 0.75),
                cut_distance=np.where(is_same, np.nan, np.where(drawn.index < 9, 1e-6, 0.01)),
                score_error=10.0 ** -(2 + place),
            )
        )
    return pd.concat(parts, ignore_index=True)


def _funnel(n_relations: int, n_facts: int) -> pd.DataFrame:
    n = n_relations * n_facts
    steps = [
        ("read", 5 * n_relations, n, 5 * n, 0, 0, 0),
        ("answer_not_final", 4 * n_relations, n, 4 * n, n_relations, 0, n),
        ("unknown", 4 * n_relations, n - n // 6, 3 * n, 0, n // 6, n),
    ]
    rows = [
        ("all", step, reason, n_relations, 0, *numbers, np.nan, np.nan)
        for step, (reason, *numbers) in enumerate(steps)
    ]
    return pd.DataFrame(rows, columns=contract("funnels").names)


def _training() -> pd.DataFrame:
    steps = np.arange(0, 501, 50)
    learned = steps / 500
    return pd.DataFrame(
        {
            "step": steps,
            "fact_loss": 6 * (1 - learned) + 0.2,
            "text_loss": 8 - 2 * learned,
            "trained_accuracy": 0.97 * learned,
            "held_out_accuracy": 0.86 * learned,
            "mean_answer_probability": 0.8 * learned,
            "perplexity": 4000 * np.exp(-2 * learned),
        }
    )


@pytest.fixture
def run_stage(caplog: pytest.LogCaptureFixture) -> Callable[..., str]:
    """Run a stage through the command line, which has to succeed; what it logged."""
    caplog.set_level("INFO")

    def run(stage: str, **options: object) -> str:
        words = [stage]
        for name, value in options.items():
            words += [f"--{name.replace('_', '-')}", str(value)]
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        return caplog.text

    return run
