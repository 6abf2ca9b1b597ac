"""Made-up tables of edits: facts, neuron sets, what edits do, one by one and in sequence."""

from importlib import import_module
from itertools import product

import numpy as np
import pandas as pd

from qloc.columns import FACT_CLASSES, METRICS, SCORERS
from qloc.contracts.neuron_sets import CHOSEN_SETS, EDITED_SETS, PRINTED_SETS

OPERATIONS = ("erase", "update")
STRENGTHS = {"calibrated": (0.25, 0.5, 1.0, 2.0), "paper": (2.0,)}
CHOSEN = {"calibrated": 2, "paper": 0}
RUNS, STEPS = 3, (1, 4)

# Reliability, generalization, locality and change of perplexity at the chosen strength of the
# preset `calibrated`: of consistent and of inconsistent facts.
QUALITY = {
    "query": ((0.95, 0.9), (0.7, 0.4), (0.9, 0.92), (0.02, 0.01)),
    "union": ((0.98, 0.96), (0.9, 0.8), (0.6, 0.4), (0.4, 1.5)),
    "consistency_aware": ((0.94, 0.88), (0.85, 0.7), (0.85, 0.8), (0.05, 0.08)),
}
# What is left of the first two where neurons are not those of the set.
OF_CONTROL = {"": 1.0, "_random": 0.05, "_top": 0.9}
# The share of the effect that every strength has, from 0; of the preset `paper` at the end.
OF_STRENGTH = {("calibrated", at): share for at, share in enumerate((0.3, 0.6, 1, 1.05))}
OF_STRENGTH |= {("paper", 0): 0.8}
PAIRS = [
    *(("union", "query"), ("consistency_aware", "query"), ("consistency_aware", "union")),
    *(("union_held_out", "query"), ("consistency_aware_held_out", "query")),
    ("consistency_aware_held_out", "union_held_out"),
    *((name, f"{name}_random") for name in CHOSEN_SETS),
    *((name, f"{name}_top") for name in CHOSEN_SETS[1:]),
]


def tables(
    facts: pd.DataFrame, studied: pd.DataFrame, neurons: pd.DataFrame, classes: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Every table of edits by name; `edits` and `edit_sequences` with the column `operation`.

    Args:
        facts: All of them; the third of every relation has no consistency-aware neuron.
        studied: The studied queries.
        neurons: Their knowledge neurons.
        classes: Consistency classes, of which those by Otsu's threshold count.
    """
    edited = _edited_facts(facts, studied, classes)
    roles = _edited_queries(edited, studied)
    sets = _neuron_sets(edited, roles, neurons)
    sizes = _sizes(edited)
    return {
        "edited_facts": edited,
        "edited_queries": roles,
        "neuron_sets": sets,
        "edit_calibrations": _calibrations(int((edited["role"] == "calibration").sum())),
        "edits": _edits(edited, sets),
        "edit_summaries": _summaries(*sizes),
        "edit_comparisons": _comparisons(*sizes),
        "edit_sequences": _sequences(int((edited["role"] != "calibration").sum())),
        "continuations": _continuations(edited, studied, sets),
    }


def quality(neuron_set: str, operation: str, preset: str, strength: int) -> dict[str, np.ndarray]:
    """What an edit does on average, by metric: to consistent and to inconsistent facts.

    Metrics that the set does not have are missing. Erasing works a tenth less than updating.
    """
    suffix = next((end for end in ("_random", "_top") if neuron_set.endswith(end)), "")
    of_set = neuron_set.removesuffix(suffix)
    done = OF_STRENGTH[preset, strength] * (0.9 if operation == "erase" else 1)
    rel, gen, loc, ppl = (np.array(pair) for pair in QUALITY[of_set.removesuffix("_held_out")])
    rel, gen = (np.clip(done * OF_CONTROL[suffix] * share, 0, 1) for share in (rel, gen))
    done *= 0.5 if suffix == "_random" else 1
    loc, ppl = 1 - np.clip(done * (1 - loc), 0, 1), ppl * done ** (4 if preset == "paper" else 1)
    ppl = ppl * (30 if preset == "paper" else 1)
    seen, unseen = gen, gen * 0.95
    if of_set.endswith("_held_out"):
        seen = np.full(2, np.nan)
    elif of_set != "query":
        unseen = np.full(2, np.nan)
    averages = ((rel + some + loc) / 3 for some in (seen, unseen))
    return dict(zip(METRICS, (rel, seen, unseen, loc, *averages, ppl), strict=True))


def _names(table: str) -> list[str]:
    names: list[str] = getattr(import_module(f"qloc.contracts.{table}"), table.upper()).names
    return names


def _lambdas(operation: str, preset: str, strength: int) -> dict[str, float]:
    """As the columns have them: the preset `paper` erases by zero."""
    value = STRENGTHS[preset][strength]
    is_zero = operation == "erase" and preset == "paper"
    return {
        "lambda_1": np.nan if is_zero else value,
        "lambda_2": np.nan if operation == "erase" else value,
    }


def _strengths() -> list[tuple[str, str, int]]:
    """Every operation, preset and strength."""
    return [
        (operation, preset, strength)
        for operation in OPERATIONS
        for preset, values in STRENGTHS.items()
        for strength in range(len(values))
    ]


def _is_edited(neuron_set: str, preset: str, strength: int) -> bool:
    """Controls are edited at the chosen strength only."""
    return neuron_set in CHOSEN_SETS or strength == CHOSEN[preset]


def _edited_facts(
    facts: pd.DataFrame, studied: pd.DataFrame, classes: pd.DataFrame
) -> pd.DataFrame:
    """Of five facts of a class one is for calibration, one for sequences only, as is any 21st."""
    of_facts = classes[classes["criterion"] == "otsu"][["fact_id", "is_consistent"]]
    known = studied.groupby("fact_id").agg(n_queries=("query_id", "size"))
    rows = facts.merge(of_facts, on="fact_id").merge(known.reset_index(), on="fact_id")
    number = rows.groupby("is_consistent").cumcount()
    is_spare = (number % 5 == 4) | (number >= 20)
    roles = np.select([number % 5 == 1, is_spare], ["calibration", "sequence"], "evaluation")
    is_empty = rows.groupby("relation").cumcount() == 2
    held_out = rows["n_queries"] >= 4
    return rows.assign(
        role=roles,
        query_id=rows["fact_id"].map(studied.groupby("fact_id")["query_id"].last()),
        answer=rows["object"],
        target="Object " + ((rows["object"].str[-1].astype(int) + 1) % 5).astype(str),
        n_held_out=np.where(held_out, (rows["n_queries"]) // 2, 0),
        largest_score=np.where(is_empty, -0.01, 0.4),
        largest_score_elsewhere=0.05,
        is_exact=True,
        is_exact_held_out=held_out.astype(object).where(held_out, None),
    )[_names("edited_facts")]


def _edited_queries(edited: pd.DataFrame, studied: pd.DataFrame) -> pd.DataFrame:
    """The last query of a fact is edited; of four or more the first half is held out."""
    rows = studied[["query_id", "fact_id"]].merge(
        edited[["fact_id", "n_held_out"]].assign(edited_query=edited["query_id"]), on="fact_id"
    )
    place, n_held_out = rows.groupby("fact_id").cumcount(), rows["n_held_out"]
    kinds = [rows["query_id"] == rows["edited_query"], n_held_out == 0, place < n_held_out]
    roles = np.select(kinds, ["edited", "neighbor", "held_out"], "used")
    return rows.assign(role=roles)[_names("edited_queries")]


def _neuron_sets(edited: pd.DataFrame, roles: pd.DataFrame, neurons: pd.DataFrame) -> pd.DataFrame:
    """Unions; consistency-aware are those of several queries; controls lie in layers of their own.

    A control for chance lies one layer deeper than the model has, one of top scores two. Facts for
    calibration have the query's own set only, facts of sequences no controls.
    """
    found = neurons.drop(columns="fact_id").merge(roles, on="query_id")
    parts = {
        "query": found[found["role"] == "edited"],
        "union": found,
        "union_held_out": found[found["role"].isin(["edited", "used"])],
    }
    empty = edited.loc[edited["largest_score"] <= 0, "fact_id"]
    held_out = set(edited.loc[edited["n_held_out"] > 0, "fact_id"])
    chosen = parts["union_held_out"]
    parts["union_held_out"] = chosen[chosen["fact_id"].isin(held_out)]
    cell = ["fact_id", "layer", "neuron"]
    for end in ("", "_held_out"):
        union = parts[f"union{end}"]
        several = union[union.duplicated(cell) & ~union["fact_id"].isin(empty)]
        parts[f"consistency_aware{end}"] = several
    parts = {name: rows.drop_duplicates(cell) for name, rows in parts.items()}
    deepest = int(neurons["layer"].max()) if len(neurons) else 0
    for name, place in product(CHOSEN_SETS, (1, 2)):
        control = f"{name}{('_random', '_top')[place - 1]}"
        if control in EDITED_SETS:
            rows = parts[name]
            number = rows.groupby("fact_id").cumcount()
            parts[control] = rows.assign(layer=deepest + place, neuron=number)
    rows = pd.concat([part.assign(neuron_set=name) for name, part in parts.items()])
    role = rows["fact_id"].map(edited.set_index("fact_id")["role"])
    is_used = (role == "evaluation") | (rows["neuron_set"] == "query")
    is_used |= (role == "sequence") & rows["neuron_set"].isin(CHOSEN_SETS)
    rows = rows[is_used]
    is_aware = rows["neuron_set"].isin(["consistency_aware", "consistency_aware_held_out"])
    scores = np.where(is_aware, 0.4, np.nan)
    return rows.assign(consistency_aware_score=scores)[_names("neuron_sets")]


def _calibrations(n_facts: int) -> pd.DataFrame:
    rows = [
        {
            "operation": operation,
            "preset": preset,
            "strength": strength,
            **_lambdas(operation, preset, strength),
            "n_facts": n_facts,
            "reliability": quality("query", operation, preset, strength)["reliability"].mean()
            if n_facts
            else np.nan,
            "is_chosen": strength == CHOSEN[preset],
        }
        for operation, preset, strength in _strengths()
    ]
    return pd.DataFrame(rows)[_names("edit_calibrations")]


def _edits(edited: pd.DataFrame, sets: pd.DataFrame) -> pd.DataFrame:
    """Every evaluation fact, with luck of its own around what its class gets on average.

    An empty set changes nothing. A perplexity 30 times as large counts as too large for a number.
    """
    draw = np.random.default_rng(7)
    sizes = sets.groupby(["fact_id", "neuron_set"]).size().to_dict()
    facts = edited[edited["role"] == "evaluation"].to_dict("records")
    rows = []
    for (operation, preset, strength), name in product(_strengths(), EDITED_SETS):
        of_classes = quality(name, operation, preset, strength)
        at_all = facts if _is_edited(name, preset, strength) else []
        kept = [fact for fact in at_all if fact["n_held_out"] or "_held_out" not in name]
        luck = draw.random((len(kept), 4))
        for (at, fact), scorer in product(enumerate(kept), SCORERS):
            metrics = {
                metric: pair[1 - fact["is_consistent"]] for metric, pair in of_classes.items()
            }
            n_neurons = sizes.get((fact["fact_id"], name), 0)
            measured = _measured(metrics, scorer, luck[at], fact, n_neurons)
            rows.append(
                measured
                | _lambdas(operation, preset, strength)
                | {
                    "operation": operation,
                    "fact_id": fact["fact_id"],
                    "neuron_set": name,
                    "preset": preset,
                    "strength": strength,
                    "scorer": scorer,
                    "is_chosen": strength == CHOSEN[preset],
                    "query_id": fact["query_id"],
                    "n_neurons": n_neurons,
                }
            )
    return pd.DataFrame(rows, columns=["operation", *_names("edits")])


def _measured(
    metrics: dict[str, float], scorer: str, luck: np.ndarray, fact: dict, n_neurons: int
) -> dict[str, float]:
    """The metrics of one fact: the answer is right or not, and so are three other queries."""
    steps = {"reliability": 1 if scorer != "token_accuracy" else 2}
    steps |= {"generalization_seen": 3, "generalization": 2, "locality": 20}
    found = {}
    for (name, n), chance in zip(steps.items(), luck, strict=True):
        share = metrics[name] if n_neurons else float(name == "locality")
        is_missing = np.isnan(metrics[name])
        found[name] = np.nan if is_missing else np.clip(np.floor(share * n + chance), 0, n) / n
    if not fact["n_held_out"]:
        found["generalization"] = np.nan
    change = metrics["perplexity_change"] * 2 * luck[3] if n_neurons else 0
    return found | {
        "n_unrelated": 20,
        "perplexity_before": 80.0,
        "perplexity_after": 80.0 * (1 + change) if change < 30 else np.nan,
    }


def _sizes(edited: pd.DataFrame) -> tuple[dict[str, int], int]:
    """Evaluation facts by class, and their relations."""
    own = edited[edited["role"] == "evaluation"]
    n = int(own["is_consistent"].sum())
    of_classes = (len(own), n, len(own) - n, len(own) if 0 < n < len(own) else 0)
    return dict(zip(FACT_CLASSES, of_classes, strict=True)), own["relation"].nunique()


def _of_class(pair: np.ndarray, kind: str) -> float:
    """The mean of a class; between the two of all facts; less that of the consistent ones."""
    means = {"all": pair.mean(), "consistent": pair[0], "inconsistent": pair[1]}
    return float(means.get(kind, pair[1] - pair[0]))


def _around(mean: float, half: float) -> dict[str, float]:
    """An interval, a wider one for ten claims, and a third of it given the relations."""
    return {
        "ci_low": mean - half,
        "ci_high": mean + half,
        "simultaneous_ci_low": mean - 1.5 * half,
        "simultaneous_ci_high": mean + 1.5 * half,
        "conditional_ci_low": mean - half / 3,
        "conditional_ci_high": mean + half / 3,
    }


def _summaries(sizes: dict[str, int], n_relations: int) -> pd.DataFrame:
    rows = []
    for (operation, preset, strength), name in product(_strengths(), EDITED_SETS):
        if not _is_edited(name, preset, strength):
            continue
        metrics = quality(name, operation, preset, strength)
        for scorer, metric, kind in product(SCORERS, METRICS, FACT_CLASSES):
            factor = {"first_token": 1, "token_accuracy": 0.9, "exact_match": 0.8}[scorer]
            pair = metrics[metric] * (1 if metric == "perplexity_change" else factor)
            n = sizes[kind] if not np.isnan(pair).any() else 0
            mean = _of_class(pair, kind) if n else np.nan
            is_known = n > 0 and kind != "difference"
            rows.append(
                _around(mean, 0.09 * (1 + (metric == "perplexity_change") * abs(mean)))
                | _lambdas(operation, preset, strength)
                | {
                    "method": "ig",
                    "operation": operation,
                    "preset": preset,
                    "strength": strength,
                    "scorer": scorer,
                    "metric": metric,
                    "criterion": "otsu",
                    "fact_class": kind,
                    "neuron_set": name,
                    "is_chosen": strength == CHOSEN[preset],
                    "n_facts": n,
                    "n_relations": n_relations if n else 0,
                    "n_missing": sizes[kind] - n,
                    "no_edit_share": (0.1 if "aware" in name else 0) if is_known else np.nan,
                    "mean_n_neurons": (30 if "union" in name else 7.5) if is_known else np.nan,
                    "mean": mean,
                    "median": mean if is_known else np.nan,
                }
            )
    return pd.DataFrame(rows)[_names("edit_summaries")]


def _comparisons(sizes: dict[str, int], n_relations: int) -> pd.DataFrame:
    """What the summaries say of the first set less what they say of the second."""
    rows = []
    for operation, preset, (name, other) in product(OPERATIONS, STRENGTHS, PAIRS):
        both = [quality(of, operation, preset, CHOSEN[preset]) for of in (name, other)]
        for scorer, metric, kind in product(SCORERS, METRICS, FACT_CLASSES):
            pair = both[0][metric] - both[1][metric]
            if np.isnan(pair).any():
                continue
            n = sizes[kind]
            mean = _of_class(pair, kind) if n else np.nan
            is_tested = n > 1 and kind != "difference"
            rows.append(
                _around(mean, 0.06)
                | {
                    "method": "ig",
                    "operation": operation,
                    "preset": preset,
                    "scorer": scorer,
                    "metric": metric,
                    "criterion": "otsu",
                    "fact_class": kind,
                    "neuron_set": name,
                    "other_set": other,
                    "strength": CHOSEN[preset],
                    "n_facts": n,
                    "n_relations": n_relations if n else 0,
                    "difference": mean,
                    "median": mean if n and kind != "difference" else np.nan,
                    "p_value": 0.002 if is_tested else np.nan,
                    "p_holm": 0.024 if is_tested else np.nan,
                }
            )
    return pd.DataFrame(rows)[_names("edit_comparisons")]


def _sequences(n_facts: int) -> pd.DataFrame:
    """The more facts are edited, the less is left of each; run 1 is the mean of the others.

    The union of the preset `paper` ends with a perplexity too large for a number.
    """
    steps = [*(step for step in STEPS if step < n_facts), *([n_facts] if n_facts else [])]
    rows = []
    for run, name, (operation, preset), n in product(
        range(RUNS), PRINTED_SETS, product(OPERATIONS, STRENGTHS), steps
    ):
        metrics = quality(name, operation, preset, CHOSEN[preset])
        left = (1 + 0.1 * (run - 1)) / (1 + np.log(n))
        is_last = n == steps[-1]
        change = metrics["perplexity_change"].mean() * n
        is_too_large = is_last and name == "union" and preset == "paper"
        for scorer in SCORERS:
            rows.append(
                {
                    "operation": operation,
                    "run": run,
                    "neuron_set": name,
                    "preset": preset,
                    "n_edited": n,
                    "scorer": scorer,
                    "strength": CHOSEN[preset],
                    **_lambdas(operation, preset, CHOSEN[preset]),
                    "is_last": is_last,
                    "no_edit_share": 0.1 if name == "consistency_aware" else 0.0,
                    "reliability": min(metrics["reliability"].mean() * left, 1),
                    "generalization_seen": min(metrics["generalization_seen"].mean() * left, 1),
                    "locality": min(metrics["locality"].mean() * left, 1),
                    "perplexity_before": 80.0,
                    "perplexity_after": np.nan
                    if is_too_large
                    else 80.0 * (1 + change * (1 + 0.1 * (run - 1))),
                }
            )
    return pd.DataFrame(rows, columns=["operation", *_names("edit_sequences")])


def _continuations(edited: pd.DataFrame, studied: pd.DataFrame, sets: pd.DataFrame) -> pd.DataFrame:
    """The first evaluation fact of each class, its edited query and its first other one."""
    own = edited[edited["role"] == "evaluation"].groupby("is_consistent").head(1)
    sizes = sets.groupby(["fact_id", "neuron_set"]).size().to_dict()
    rows = []
    for fact, operation, preset, name in product(
        own.to_dict("records"), OPERATIONS, STRENGTHS, PRINTED_SETS
    ):
        asked = studied[studied["fact_id"] == fact["fact_id"]]
        others = asked[asked["query_id"] != fact["query_id"]].head(1)
        chosen = pd.concat([asked[asked["query_id"] == fact["query_id"]], others])
        said = fact["target"] if operation == "update" else "nothing"
        for query in chosen.to_dict("records"):
            rows.append(
                {
                    "fact_id": fact["fact_id"],
                    "operation": operation,
                    "preset": preset,
                    "neuron_set": name,
                    "query_id": query["query_id"],
                    "is_consistent": fact["is_consistent"],
                    "is_edited": query["query_id"] == fact["query_id"],
                    "n_neurons": sizes.get((fact["fact_id"], name), 0),
                    "prompt": query["prompt"],
                    "answer": fact["answer"],
                    "target": fact["target"],
                    "text_before": f" {fact['answer']} , which is",
                    "text_after": f" {said} , which is",
                }
            )
    return pd.DataFrame(rows, columns=_names("continuations"))
