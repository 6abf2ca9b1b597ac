"""The verdicts on the paper's claims, for people who have a terminal and no browser."""

import json
from collections.abc import Iterator
from types import SimpleNamespace

import click
import pandas as pd

from qloc.comparison.runs import Run
from qloc.contracts.claims import CLAIMS
from qloc.contracts.provenance import PROVENANCE
from qloc.defaults import default
from qloc.figures.claim_words import (
    CLAIM_NAME,
    PART_NAME,
    VERDICT_NAME,
    direction,
    estimate,
    inside,
    is_whole,
    paper,
    parts,
    region,
    why,
)
from qloc.figures.formats import counted, each
from qloc.showing.selection import Selection
from qloc.tables import read_placed_tables, read_table
from qloc.terminal import filled

COLOUR = {"supported": "green", "not_supported": "magenta"}
OF_ALL_METHODS = "all"
_STAR = (
    "* changes if ten claims are to hold at once: 99.5 % intervals instead of 95 %. `qloc show"
    " claims --csv` has both verdicts."
)


def first_method(run: Run, claims: pd.DataFrame) -> str:
    """The method whose verdicts the report's front page shows: the first of the study."""
    listed = json.loads(_recorded(run, "settings").get("methods", "[]"))
    known = set(claims["method"])
    return next(name for name in [*listed, *default("methods"), *sorted(known)] if name in known)


def read_claims(run: Run, selection: Selection) -> pd.DataFrame:
    """The claims of the models that were asked for; if none was, of those of the last run.

    Models that an earlier run studied, and the last one did not, may still have a file.
    """
    claims = read_placed_tables(CLAIMS, selection.files.values())
    studied = [name for name in _recorded(run, "models") if ":" not in name]
    if "model" in selection.values or not set(studied) & set(claims["model"]):
        return claims
    return claims[claims["model"].isin(studied)]


def brief(claims: pd.DataFrame, method: str) -> list[str]:
    """Of every model, how many claims have which verdict."""
    return [
        f"{len(rows)} claims on {model}: {_counts(rows)}"
        for model, rows in _by_method(claims, method).groupby("model", sort=False)
        for rows in [rows[is_whole(rows)]]
    ]


def verdicts_section(claims: pd.DataFrame, method: str) -> str:
    """Of every model, every claim: its verdict, the part that decides, and why."""
    own, lines = _by_method(claims, method), []
    for model, rows in own.groupby("model", sort=False):
        lines += [*filled(f"The paper's claims on {model}, by {method}"), ""]
        for number in CLAIM_NAME:
            of_claim = rows[rows["claim"] == number]
            if len(of_claim):
                lines += [*_claim(number, of_claim), ""]
    if _is_starred(own):
        lines += [*filled(_STAR), ""]
    return "\n".join([*lines, *brief(claims, method)])


def _claim(number: str, rows: pd.DataFrame) -> Iterator[str]:
    whole = next(each(rows[is_whole(rows)]))
    part = next(part for part in parts(rows) if part.verdict == whole.verdict)
    star = "*" if whole.simultaneous_verdict != whole.verdict else ""
    verdict = f"{VERDICT_NAME[whole.verdict]}{star}".ljust(17)
    first, *others = filled(f"{number:>4}  {verdict}{CLAIM_NAME[number]}")
    colour = COLOUR.get(whole.verdict)
    yield first.replace(verdict, click.style(verdict, fg=colour), 1) if colour else first
    yield from (" " * 23 + line.strip() for line in others)
    for said in (
        f"{PART_NAME[part.part]}: {region(part)}",
        _measured(part),
        why(part),
        next(filter(None, map(_paper, parts(rows))), ""),
    ):
        yield from filled(said, "      ")


def _measured(part: SimpleNamespace) -> str:
    found = estimate(part)
    return (
        f"here {found}, {counted(part.n_facts, 'fact')}; direction: {direction(part)}"
        if found
        else ""
    )


def _paper(row: SimpleNamespace) -> str:
    """What the paper prints, and whether this run's interval holds it."""
    said = "; ".join(filter(None, (paper(row), inside(row))))
    return f"paper {said}" if said else ""


def _counts(rows: pd.DataFrame) -> str:
    counts = rows["verdict"].value_counts()
    words = {name: said.partition(" ")[2] for name, said in VERDICT_NAME.items()}
    return ", ".join(f"{counts[name]} {said}" for name, said in words.items() if name in counts)


def _is_starred(claims: pd.DataFrame) -> bool:
    wholes = claims[is_whole(claims)]
    return bool((wholes["verdict"] != wholes["simultaneous_verdict"]).any())


def _by_method(claims: pd.DataFrame, method: str) -> pd.DataFrame:
    return claims[claims["method"].isin([method, OF_ALL_METHODS])]


def _recorded(run: Run, topic: str) -> dict[str, str]:
    """What the run recorded of itself; nothing if it was not finished."""
    path = run.table(PROVENANCE.name).get(PROVENANCE.path)
    if path is None:
        return {}
    rows = read_table(PROVENANCE, path)
    own = rows[rows["topic"] == topic]
    return dict(zip(own["item"], own["value"], strict=True))
