"""The study card and the checklist of reproducibility, filled by the run itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qloc.contracts.claims import WHOLE
from qloc.figures.formats import count, counted, number

DATA = {
    "embedded": "facts written for this study, shipped with it (licence MIT; resources/README.md)",
    "directory": "ParaRel's facts and patterns, from a folder (Elazar et al. 2021; licence MIT)",
    "download": "ParaRel at a pinned revision (Elazar et al. 2021; licence MIT)",
    "csv": "rows of a file of the reader's own, under its own licence",
}
USE = (
    "To test the claims of Chen et al. (2025) about facts and neurons on the model named here, and"
    " to compare runs."
)
NOT_FOR = "Ranking models; trusting an edited model; facts or languages that were not asked about."
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class Record:
    """What is known of a run beside its results.

    Attributes:
        provenance: Table `provenance`.
        costs: Table `stage_costs` of the model.
        claims: Table `claims` of the model.
        steps: Table `funnels` of the model and the first method, of all relations, in order.
        settings: What the study was told.
    """

    provenance: pd.DataFrame
    costs: pd.DataFrame
    claims: pd.DataFrame
    steps: pd.DataFrame
    settings: Mapping[str, Any]

    def topic(self, name: str) -> pd.DataFrame:
        """What the provenance says of one topic."""
        return self.provenance[self.provenance["topic"] == name]


def study_card(record: Record, model: str) -> list[tuple[str, str]]:
    """What the study is and is not for, in pairs of a word and a text."""
    first, last = record.steps.iloc[0], record.steps.iloc[-1]
    source = record.settings["dataset"]["source"]
    versions = record.topic("versions")
    return [
        ("Intended use", USE),
        ("Not for", NOT_FOR),
        ("Model", _model(record, model)),
        ("Data", DATA[source]),
        (
            "Facts",
            f"{counted(last['n_facts'], 'fact')} of {count(first['n_facts'])}, asked in"
            f" {counted(last['n_queries'], 'query')} of {count(first['n_queries'])};"
            f" {counted(last['n_relations'], 'relation')}",
        ),
        ("Seed", f"{record.settings['seed']}, from which every random choice follows"),
        ("Compute", _compute(record)),
        ("Software", ", ".join(f"{row.item} {row.value}" for row in versions.itertuples())),
        (
            "Limits",
            f"{counted(len(record.topic('assumed constants')), 'setting')} of this run are assumed,"
            " because the paper leaves them open (page “provenance”); limits of each result stand"
            " at the end of its chapter",
        ),
    ]


def _model(record: Record, model: str) -> str:
    """Its name and what the provenance says of it."""
    own = record.topic("models")
    own = own[own["item"].str.split(":").str[0] == model]
    return f"{model}: " + "; ".join(f"{row.value} ({row.note})" for row in own.itertuples())


def _compute(record: Record) -> str:
    hours = float(record.costs["cpu_seconds"].sum()) / SECONDS_PER_HOUR
    machine = record.topic("machine")
    described = ", ".join(f"{row.item} {row.value}" for row in machine.itertuples())
    return f"at least {number(hours)} hours of processors in jobs that open the model; {described}"


@dataclass(frozen=True)
class Tick:
    """One question of the checklist.

    Attributes:
        mark: ``✓``; ``~`` where it holds in part; ``✗``.
        evidence: What shows it, with the run's own numbers, and where.
    """

    question: str
    mark: str
    evidence: str


def checklist(record: Record) -> Iterator[Tick]:
    """What a reviewer asks of a study; each answer names its evidence."""
    dropped = record.steps["n_queries_dropped"].sum()
    yield Tick(
        "Is it counted what was left out, and why?",
        "✓",
        f"{counted(dropped, 'query')} dropped in {counted(len(record.steps) - 1, 'step')};"
        " funnel, chapter 1",
    )
    yield from _of_claims(record.claims)
    yield from _of_models(record)
    yield from _of_record(record)


def _of_claims(claims: pd.DataFrame) -> Iterator[Tick]:
    parts, wholes = claims[claims["part"] != WHOLE], claims[claims["part"] == WHOLE]
    measured = parts[parts["estimate"].notna()]
    with_interval = int(measured["ci_low"].notna().sum())
    untested = wholes[wholes["verdict"] == "not_tested"]
    differing, of_parts = (
        (rows["verdict"] != rows["simultaneous_verdict"]).sum() for rows in (wholes, parts)
    )
    yield Tick(
        "Are claims and rules stated before results?",
        "✓",
        f"{counted(len(wholes), 'verdict')} by rules of the settings (claims); page “claims”",
    )
    yield Tick(
        "Has every estimate an interval, and is it said what it is?",
        "✓" if with_interval == len(measured) else "~",
        f"{with_interval} of {counted(len(measured), 'estimate')} behind the verdicts; two-stage"
        " bootstrap over relations, then facts: docs/explanation/method.md",
    )
    yield Tick(
        "Are untested claims said to be so?",
        "✓" if untested["reason"].notna().all() else "✗",
        f"{count(len(untested))} not tested, each with its reason; page “claims”",
    )
    yield Tick(
        "Is it heeded that many claims are tested?",
        "✓",
        f"simultaneous intervals change {counted(differing, 'verdict')} on claims,"
        f" {count(of_parts)} on parts of claims; page “claims”",
    )


def _of_models(record: Record) -> Iterator[Tick]:
    unpinned = record.topic("models")["note"].str.contains("revision none").sum()
    n_models = len(record.settings["models"])
    yield Tick(
        "Were models trained or drawn more than once?",
        "✗" if n_models == 1 else "~",
        f"{counted(n_models, 'model')}, each judged alone; intervals do not speak of other seeds"
        " of a training",
    )
    yield Tick(
        "Are the weights identified?",
        "✓",
        f"SHA-256 of all weights; {counted(unpinned, 'model')} without a revision, trained or"
        " taken from a folder; page “provenance”",
    )


def _of_record(record: Record) -> Iterator[Tick]:
    yield Tick("Are data and licence named?", "✓", DATA[record.settings["dataset"]["source"]])
    yield Tick(
        "Does chance follow from a seed?", "✓", f"seed {record.settings['seed']}; configuration"
    )
    yield Tick(
        "Is the compute told?",
        "✓" if record.costs["cpu_seconds"].notna().all() else "~",
        f"{counted(record.costs['n_jobs'].sum(), 'measured job')} of this model; “What it cost”",
    )
    yield Tick(
        "Are versions of code and libraries recorded?",
        "✓",
        f"{counted(len(record.topic('versions')), 'version')},"
        f" {counted(len(record.topic('code')), 'digest')} of stages; page “provenance”",
    )
    yield Tick(
        "Is it said what is assumed?",
        "✓",
        f"{counted(len(record.topic('assumed constants')), 'setting')} that the paper leaves open;"
        " page “provenance”",
    )
