"""The two facts that the figures show: a typical one of each class."""

from pathlib import Path

import pandas as pd

from qloc.errors import StudyError
from qloc.figures.style import shorten

CLASSES = ("consistent", "inconsistent")

SHORT = 30
"""So many letters of a fact's name stand in a sentence about two facts."""

SEVERAL = 3
"""Facts with at least so many queries are shown where there are any."""


def example_facts(scores: pd.DataFrame, classes: pd.DataFrame) -> dict[str, str]:
    """Of each class the fact whose CS lies nearest the class's median; an empty class has none.

    Classes are those under Otsu's threshold, or the static one where there is none.
    """
    criterion = "otsu" if (classes["criterion"] == "otsu").any() else "static"
    chosen = classes[classes["criterion"] == criterion]
    facts = chosen.merge(scores[["fact_id", "n_queries", "n_neurons_any"]], on="fact_id")
    found = {}
    for name in CLASSES:
        group = facts[facts["is_consistent"] == (name == "consistent")]
        several = group[group["n_queries"] >= SEVERAL]
        group = several if len(several) else group
        if len(group):
            distance = (group["consistency_score"] - group["consistency_score"].median()).abs()
            nearest = group.assign(distance=distance.round(12)).sort_values(["distance", "fact_id"])
            found[name] = str(nearest["fact_id"].iloc[0])
    return found


def of_relation(paths: list[Path], fact_id: str) -> Path:
    """The file of a fact's relation among the files of all relations."""
    relation = fact_id.partition("/")[0]
    for path in paths:
        if relation in (path.stem, path.parent.name):
            return path
    raise StudyError(f"No table of relation {relation} is among {', '.join(map(str, paths))}.")


def title(query: pd.Series) -> str:
    """What the fact of a query says: `Lyon → France`."""
    before, _, after = blank(query["pattern"]).partition("[X]")
    prompt = str(query["prompt"])
    subject = prompt[len(before) : len(prompt) - len(after)]
    return f"{shorten(subject, 32)} → {shorten(str(query['answer']), 20)}"


def blank(pattern: str) -> str:
    """A pattern up to its object slot: `[X] was born in`."""
    return pattern.partition("[Y]")[0].strip()
