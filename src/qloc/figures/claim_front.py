"""The claims on the front page: a sentence of verdicts, and a table with a row for each claim."""

from dataclasses import dataclass
from types import SimpleNamespace

import pandas as pd

from qloc.figures.claim_words import (
    CLAIM_NAME,
    PAPER_SHORT,
    PART_NAME,
    VERDICT_NAME,
    estimate,
    is_whole,
    overruling,
    parts,
    printed,
    region,
    why,
)
from qloc.figures.formats import count, each, interval, number

ALL = "all"

CHAPTER = {
    "1": "place",
    "1b": "place",
    "2": "place",
    "3": "place",
    "4": "change",
    "5": "change",
    "6": "choice",
    "7": "choice",
    "8": "choice",
    "9": "change",
    "10": "change",
}
"""Of every claim, the chapter whose page shows what it rests on."""

COLUMNS = 4
"""So many models have a column of verdicts each; of more the verdicts are counted."""

NOT_MEASURED = "not measured"

AS_PAPER = {"as_claimed": "yes", "against": "no"}
"""Whether an estimate lies where the claim says, whatever its interval."""

SAID = {
    "supported": "supported",
    "not_supported": "not supported",
    "undecided": "undecided",
    "not_tested": "not tested",
}


@dataclass(frozen=True)
class Verdict:
    """One cell of verdicts.

    Attributes:
        kind: How it looks.
        text: Its words, or how many models have which verdict.
        n: How many facts it rests on.
        model: Whose; empty where models are counted.
        opens: The page of the report that shows what it rests on, and the place on it.
    """

    kind: str
    text: str
    n: str
    model: str
    opens: str


@dataclass(frozen=True)
class ClaimRow:
    """One claim: its number and words, what was measured for the first model, all verdicts.

    Attributes:
        measured: Of the part that decides: what, and where the claim says that it lies.
        estimate: Its estimate and interval for the first model.
        as_paper: Whether that estimate lies where the claim says.
        printed: What the paper prints, and this run's number of it; empty where it prints none.
        n: Facts behind the estimate.
    """

    number: str
    name: str
    measured: str
    estimate: str
    as_paper: str
    printed: str
    n: str
    verdicts: list[Verdict]


def claim_rows(claims: pd.DataFrame, method: str) -> list[ClaimRow]:
    """A row for every claim, by one method.

    Args:
        claims: Of all models, with the column `model`, in the order of the study.
        method: By which; claims about all methods are shown as well.
    """
    own = _own(claims, method)
    models = own["model"].unique().tolist()
    return [
        _row(name, {model: of_claim[of_claim["model"] == model] for model in models})
        for name in CLAIM_NAME
        for of_claim in [own[own["claim"] == name]]
        if len(of_claim)
    ]


def verdict_sentences(claims: pd.DataFrame, method: str) -> list[tuple[str, str]]:
    """Every model, and how many claims are supported there, how many are not, and so on.

    The first says of how many. More models than have a column are one: ``6 models``.
    """
    own = _own(claims, method)
    wholes = own[is_whole(own)]
    n_models = wholes["model"].nunique()
    if n_models > COLUMNS:
        return [(f"{n_models} models", _counted(wholes["verdict"], "verdicts"))]
    (first, rows), *others = wholes.groupby("model", sort=False)
    return [
        (str(first), _counted(rows["verdict"], "claims")),
        *((str(model), ", ".join(_counts(rows["verdict"]))) for model, rows in others),
    ]


def reasons(claims: pd.DataFrame, method: str) -> list[tuple[str, str, str, str]]:
    """Model, number, verdict and why, of every claim that is undecided or was not tested."""
    own = _own(claims, method)
    return [
        (str(model), name, VERDICT_NAME[part.verdict], f"{PART_NAME[part.part]}: {said}")
        for model, of_model in own.groupby("model", sort=False)
        for name in CLAIM_NAME
        for of_claim in [of_model[of_model["claim"] == name]]
        if len(of_claim)
        for part in [deciding(of_claim)]
        for said in [why(part)]
        if part.verdict in ("undecided", "not_tested") and said
    ]


def deciding(rows: pd.DataFrame) -> SimpleNamespace:
    """Of a claim, the first part that has the verdict of the whole."""
    whole = _whole(rows)
    return next(part for part in parts(rows) if part.verdict == whole.verdict)


def _own(claims: pd.DataFrame, method: str) -> pd.DataFrame:
    return claims[claims["method"].isin([method, ALL])]


def _counted(verdicts: pd.Series, noun: str) -> str:
    """``4 of 11 claims are supported, 2 not supported, 5 undecided``."""
    n_supported = int((verdicts == "supported").sum())
    verb = "is" if n_supported == 1 else "are"
    others = _counts(verdicts[verdicts != "supported"])
    return ", ".join([f"{n_supported} of {len(verdicts)} {noun} {verb} supported", *others])


def _counts(verdicts: pd.Series) -> list[str]:
    """``4 supported``, ``2 not supported``: how often there is each verdict that there is."""
    counts = verdicts.value_counts()
    return [f"{counts[name]} {said}" for name, said in SAID.items() if name in counts.index]


def _row(claim: str, of_models: dict[str, pd.DataFrame]) -> ClaimRow:
    first = next(iter(of_models.values()))
    part = deciding(first)
    return ClaimRow(
        number=claim,
        name=CLAIM_NAME[claim],
        measured="; ".join(filter(None, [_claimed(part), overruling(part)])),
        estimate=estimate(part) or NOT_MEASURED,
        as_paper=AS_PAPER.get(part.direction, NOT_MEASURED),
        printed=next((_printed(row) for row in parts(first) if printed(row)), ""),
        n=count(part.n_facts) if part.n_facts else "none",
        verdicts=_verdicts(claim, of_models),
    )


def _printed(row: SimpleNamespace) -> str:
    """``Otsu's threshold, beside it: paper 0.08–0.17, here 0.45 [0.43, 0.49]``."""
    if pd.isna(row.as_paper):
        here = NOT_MEASURED
    elif pd.isna(row.as_paper_ci_low):
        here = number(row.as_paper)
    else:
        here = interval(row.as_paper, row.as_paper_ci_low, row.as_paper_ci_high)
    return f"{PAPER_SHORT[row.claim]}: paper {printed(row)}, here {here}"


def _claimed(row: SimpleNamespace) -> str:
    """What was measured, and where the claim says that it lies, in signs: ``…: > 0.10``."""
    return f"{PART_NAME[row.part]}: {region(row).replace('above', '>').replace('below', '<')}"


def _verdicts(claim: str, of_models: dict[str, pd.DataFrame]) -> list[Verdict]:
    wholes = {model: _whole(rows) for model, rows in of_models.items()}
    if len(wholes) <= COLUMNS:
        return [_verdict(claim, model, whole) for model, whole in wholes.items()]
    found = [whole.verdict for whole in wholes.values()]
    counts = [f"{found.count(name)} {text}" for name, text in VERDICT_NAME.items() if name in found]
    return [Verdict("counts", ", ".join(counts), "", "", "tables/claims.html")]


def _verdict(claim: str, model: str, whole: SimpleNamespace) -> Verdict:
    text = VERDICT_NAME[whole.verdict]
    if whole.simultaneous_verdict != whole.verdict:
        text += "*"
    return Verdict(
        kind=whole.verdict.replace("_", "-"),
        text=text,
        n=f"n = {count(whole.n_facts)}" if whole.n_facts else "no facts",
        model=model,
        opens=f"chapters/{model}/{CHAPTER[claim]}.html#claim-{claim}",
    )


def _whole(rows: pd.DataFrame) -> SimpleNamespace:
    return next(each(rows[is_whole(rows)]))
