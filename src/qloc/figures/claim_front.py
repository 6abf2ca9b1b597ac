"""The claims on the front page: a sentence of verdicts, and a table with a row for each claim."""

from dataclasses import dataclass
from types import SimpleNamespace

import pandas as pd

from qloc.figures.claim_words import (
    CLAIM_NAME,
    PART_NAME,
    VERDICT_NAME,
    estimate,
    is_whole,
    parts,
    region,
)
from qloc.figures.formats import count, each

ALL = "all"

WHERE = {
    "1": "plot_consistency",
    "1b": "plot_diagnostics",
    "2": "plot_agreement",
    "3": "plot_sweep",
    "4": "plot_tradeoff",
    "5": "plot_tradeoff",
    "6": "plot_mapping",
    "7": "plot_synapses",
    "8": "plot_synapses",
    "9": "plot_tradeoff",
    "10": "plot_tradeoff",
}
"""Of every claim, the rule whose figure shows what it is about."""

NOT_MEASURED = "not measured"

SAID = {
    "supported": "supported",
    "not_supported": "not supported",
    "undecided": "undecided",
    "not_tested": "not tested",
}


@dataclass(frozen=True)
class Verdict:
    """One cell of verdicts: how it looks, its words, and how many facts it rests on."""

    kind: str
    text: str
    n: str


@dataclass(frozen=True)
class ClaimRow:
    """One claim: its number and words, what was measured for the first model, all verdicts.

    Attributes:
        measured: Of the part that decides: what, and where the claim says that it lies.
        estimate: Its estimate and interval for the first model.
        where: The rule whose figure shows it; empty where no model could test it, and the rule may
            not be in the report.
    """

    number: str
    name: str
    measured: str
    estimate: str
    verdicts: list[Verdict]
    where: str


def claim_rows(claims: pd.DataFrame, method: str) -> list[ClaimRow]:
    """A row for every claim, by one method.

    Args:
        claims: Of all models, with the column `model`, in the order of the study.
        method: By which; claims about all methods are shown as well.
    """
    own = claims[claims["method"].isin([method, ALL])]
    models = own["model"].unique().tolist()
    return [
        _row(number, {model: of_claim[of_claim["model"] == model] for model in models})
        for number in CLAIM_NAME
        for of_claim in [own[own["claim"] == number]]
        if len(of_claim)
    ]


def verdict_sentences(claims: pd.DataFrame, method: str) -> list[tuple[str, str]]:
    """Every model, and how many claims are supported there, how many are not, and so on."""
    own = claims[claims["method"].isin([method, ALL])]
    wholes = own[is_whole(own)]
    return [
        (str(model), _counted(rows["verdict"]))
        for model, rows in wholes.groupby("model", sort=False)
    ]


def _counted(verdicts: pd.Series) -> str:
    """``4 of 11 claims are supported, 2 are not, 5 undecided``."""
    counts = verdicts.value_counts()
    n = {name: int(counts.get(name, 0)) for name in SAID}
    n_supported = n["supported"]
    first = (
        f"{n_supported} of {len(verdicts)} claims {'is' if n_supported == 1 else 'are'} supported"
    )
    others = [
        f"{n[name]} {SAID[name]}"
        for name in ("not_supported", "undecided", "not_tested")
        if n[name]
    ]
    return ", ".join([first, *others])


def _row(number: str, of_models: dict[str, pd.DataFrame]) -> ClaimRow:
    first = next(iter(of_models.values()))
    part = _deciding(first)
    verdicts = [_verdict(rows) for rows in of_models.values()]
    return ClaimRow(
        number=number,
        name=CLAIM_NAME[number],
        measured=f"{PART_NAME[part.part]}: {region(part)}",
        estimate=estimate(part) or NOT_MEASURED,
        verdicts=verdicts,
        where=WHERE[number] if any(v.kind != "not-tested" for v in verdicts) else "",
    )


def _deciding(rows: pd.DataFrame) -> SimpleNamespace:
    """The first part that has the verdict of the whole."""
    whole = next(each(rows[is_whole(rows)]))
    return next(part for part in parts(rows) if part.verdict == whole.verdict)


def _verdict(rows: pd.DataFrame) -> Verdict:
    whole = next(each(rows[is_whole(rows)]))
    text = VERDICT_NAME[whole.verdict]
    if whole.simultaneous_verdict != whole.verdict:
        text += "*"
    return Verdict(whole.verdict.replace("_", "-"), text, f"n = {count(whole.n_facts)}")
