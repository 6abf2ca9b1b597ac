"""Which facts of the school are edited, and how: made-up tables for the stages that edit.

Of the six facts two are evaluated (one with held-out queries, one with three queries and a target
of two words), two are for calibration, one occurs in sequences only. Another relation's queries are
what edits should leave alone.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from qloc.contracts.answers import ANSWERS
from qloc.contracts.edit_calibrations import EDIT_CALIBRATIONS
from qloc.contracts.edited_facts import EDITED_FACTS
from qloc.contracts.edited_queries import EDITED_QUERIES
from qloc.contracts.facts import FACTS
from qloc.contracts.neuron_sets import EDITED_SETS, NEURON_SETS
from qloc.contracts.queries import QUERIES
from qloc.tables import Table, read_table, write_table

LAYERS, NEURONS = 4, 512
OTHERS = (("Paris", "Norway"), ("Oslo", "text"), ("Bonn", "Line"), ("Kiel", "smallest models"))
OTHER_PROMPTS = ("One reads [X] and", "[X] is a")
ROLES = {
    "P17/00000": ("used", "held_out", "edited", "held_out"),
    "P17/00001": ("neighbor", "", "edited", ""),
    "P17/00002": ("neighbor", "edited", "", "neighbor"),
    "P17/00003": ("edited", "used", "held_out", "held_out"),
    "P17/00004": ("edited", "neighbor", "", ""),
}
FACT_ROLES = ("evaluation", "sequence", "evaluation", "calibration", "calibration")
TARGETS = ("Italy", "France", "Norway Italy", "Italy", "Norway")
LAWS = {
    "paper": {
        "erase": "zero", "table": "input", "tokens": "first", "scale": "raw", "sign": "literal",
        "strengths": [[3, 2]],
    },
    "calibrated": {
        "erase": "subtract", "table": "output", "tokens": "mean", "scale": "norm_matched",
        "sign": "aligned", "strengths": [[2, 1], [8, 4]],
    },
}  # fmt: skip
CHOSEN = {"erase": {"paper": 0, "calibrated": 0}, "update": {"paper": 0, "calibrated": 1}}

Tables = dict[str, pd.DataFrame]
CONTRACTS: dict[str, Table] = {
    "facts": FACTS,
    "queries": QUERIES,
    "answers": ANSWERS,
    "edited_facts": EDITED_FACTS,
    "edited_queries": EDITED_QUERIES,
    "neuron_sets": NEURON_SETS,
    "edit_calibrations": EDIT_CALIBRATIONS,
}
ANSWERED = {
    "was_trained": None, "problem": None, "n_prompt_tokens": 4, "n_answer_tokens": 1,
    "answer_token": 7, "is_first_token_shared": False, "answer_probability": 0.5, "answer_rank": 1,
    "is_known": True, "is_studied": True,
}  # fmt: skip


def edit_inputs(queries: Path) -> Tables:
    """All tables, by name.

    Args:
        queries: Of the school.
    """
    asked = read_table(QUERIES, queries)
    subject = asked["prompt"].str.extract("(Oslo|Bergen|Lyon|Nice|Turin|Rome)")[0]
    facts = asked.assign(subject=subject, object=asked["answer"]).drop_duplicates("fact_id")
    others = _other_queries()
    facts = pd.concat([facts, others.drop_duplicates("fact_id")])
    every = pd.concat([asked, others])[QUERIES.names]
    edited = _edited_facts(asked)
    return {
        "facts": facts.assign(is_ambiguous_subject=False, is_answer_in_subject=False)[FACTS.names],
        "queries": every,
        "answers": every[["query_id", "fact_id", "relation", "template"]].assign(**ANSWERED),
        "edited_facts": edited,
        "edited_queries": pd.DataFrame(
            [
                (f"{fact_id}/{template:02d}", fact_id, role)
                for fact_id, roles in ROLES.items()
                for template, role in enumerate(roles)
                if role
            ],
            columns=EDITED_QUERIES.names,
        ),
        "neuron_sets": _neuron_sets(),
        "edit_calibrations": _calibrations(),
    }


def write_inputs(tables: Tables, folder: Path) -> dict[str, str]:
    """Write tables; for every one an option of a stage."""
    for name, rows in tables.items():
        write_table(CONTRACTS[name], rows, folder / f"{name}.parquet")
    return {name: str(folder / f"{name}.parquet") for name in tables}


def rules(*presets: str) -> str:
    """Ways of editing as stages are told them; all if none is named."""
    return json.dumps({name: law for name, law in LAWS.items() if not presets or name in presets})


def _other_queries() -> pd.DataFrame:
    rows = [
        {
            "query_id": f"P30/{fact:05d}/{template:02d}",
            "fact_id": f"P30/{fact:05d}",
            "relation": "P30",
            "template": template,
            "pattern": f"{pattern} [Y]",
            "prompt": pattern.replace("[X]", subject),
            "answer": answer,
            "final_word": pattern.split()[-1],
            "subject": subject,
            "object": answer,
        }
        for fact, (subject, answer) in enumerate(OTHERS)
        for template, pattern in enumerate(OTHER_PROMPTS)
    ]
    return pd.DataFrame(rows)


def _edited_facts(asked: pd.DataFrame) -> pd.DataFrame:
    answers = asked.drop_duplicates("fact_id").set_index("fact_id")["answer"]
    rows = [
        {
            "fact_id": fact_id,
            "relation": "P17",
            "role": FACT_ROLES[number],
            "is_consistent": number % 2 == 0,
            "query_id": f"{fact_id}/{roles.index('edited'):02d}",
            "answer": answers[fact_id],
            "target": TARGETS[number],
            "n_queries": sum(map(bool, roles)),
            "n_held_out": roles.count("held_out"),
            "largest_score": 0.4,
            "largest_score_elsewhere": 0.05,
            "is_exact": True,
            "is_exact_held_out": True if "held_out" in roles else None,
        }
        for number, (fact_id, roles) in enumerate(ROLES.items())
    ]
    return pd.DataFrame(rows)


def _neuron_sets() -> pd.DataFrame:
    """Drawn; of the first fact one set is empty, of the third two are the same."""
    draw = np.random.default_rng(17)
    parts = []
    for fact_id, roles in ROLES.items():
        for name in EDITED_SETS:
            cells = np.sort(draw.choice(LAYERS * NEURONS, draw.integers(5, 60), replace=False))
            is_empty = (fact_id, name) == ("P17/00000", "consistency_aware_held_out")
            if is_empty or ("held_out" in name and "held_out" not in roles):
                continue
            if (fact_id, name) == ("P17/00002", "consistency_aware"):
                layers, neurons = (parts[-1][column] for column in ("layer", "neuron"))
            else:
                layers, neurons = np.divmod(cells, NEURONS)
            scored = name.startswith("consistency_aware") and name.count("_") in (1, 3)
            parts.append(
                pd.DataFrame(
                    {
                        "fact_id": fact_id,
                        "neuron_set": name,
                        "layer": layers,
                        "neuron": neurons,
                        "consistency_aware_score": 0.3 if scored else np.nan,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _calibrations() -> pd.DataFrame:
    rows = [
        {
            "operation": operation,
            "preset": preset,
            "strength": strength,
            "lambda_1": None,
            "lambda_2": None,
            "n_facts": 2,
            "reliability": 0.5,
            "is_chosen": CHOSEN[operation][preset] == strength,
        }
        for operation in CHOSEN
        for preset, law in LAWS.items()
        for strength in range(
            1 if (operation, preset) == ("erase", "paper") else len(law["strengths"])
        )
    ]
    return pd.DataFrame(rows)
