"""What the front page says of interventions: who moves the answer, and who chooses the neurons.

As with all findings, every number on the page is a row of the table. They are differences of
effects within facts, from the tables of comparisons; an effect is a relative change in the expected
direction. Those of synapses are by the preset that the study lists first, and of suppression, if
nothing else is said. Values of neurons that were near 0 before can grow to many times their size,
so that a few facts move a mean: the median stands beside it.
"""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace

import pandas as pd

from qloc.figures.findings import COLUMNS, Row, cell
from qloc.figures.formats import count, each, number

INTERVENTION_QUESTIONS = {
    "self_less_neighbor": "Own neurons, suppressed, against those of one neighbor",
    "self_less_neighbor_by_class": "– more so on inconsistent facts by",
    "intersection_less_sample": "– those of all neighbors against as many own",
    "synapses_less_mass": "Synapses, suppressed, against the same loss over all words: own neurons",
    "synapses_less_columns": "– against as many random columns",
    "own_less_neighbors": "– against neurons of neighbors only",
    "own_less_random": "– against random neurons of the same layers",
    "suppress_less_enhance": "Synapses suppressed against doubled: own neurons",
    "suppress_less_enhance_renormalised": "– with rows that add up to 1 again",
}

PAIRS = {
    "self_less_neighbor": ("self", "neighbor", "all"),
    "self_less_neighbor_by_class": ("self", "neighbor", "difference"),
    "intersection_less_sample": ("intersection", "self_sample_intersection", "all"),
}
"""Of every finding on neuron sets: the set, what it is compared with, and the class of facts."""

CONTRASTS = {
    "synapses_less_mass": ("mass_matched", False),
    "synapses_less_columns": ("random_columns", False),
    "own_less_neighbors": ("neighbors_only", False),
    "own_less_random": ("random", False),
    "suppress_less_enhance": ("enhance", False),
    "suppress_less_enhance_renormalised": ("enhance", True),
}
"""Of every finding on synapses: what is taken away, and whether rows are renormalised."""

SENTENCES = (
    {
        "self_less_neighbor": "Suppressed, a query's own neurons lower its answer by {} more than"
        " those of one neighbor",
        "self_less_neighbor_by_class": ", on inconsistent facts by {} more still",
    },
    {
        "synapses_less_mass": "Synapses, suppressed, shrink own neurons by {} more than the"
        " same loss of attention over all words",
        "own_less_neighbors": ", by {} more than neurons of neighbors only",
        "own_less_random": ", and by {} more than random ones",
    },
    {
        "suppress_less_enhance": "Doubled, they move them less by {}",
        "suppress_less_enhance_renormalised": ", renormalised by {}",
    },
)
"""Of each claim, what is said of its findings, in parts."""


def intervention_findings(
    mappings: pd.DataFrame, synapses: pd.DataFrame, preset: str
) -> pd.DataFrame:
    """What interventions showed for one model and method; no row where no fact was studied so.

    Args:
        mappings: Mapping comparisons of the model and method.
        synapses: Synapse comparisons, likewise.
        preset: Whose synapses are looked at.
    """
    rows = [*_of_sets(mappings), *_of_synapses(synapses[synapses["preset"] == preset])]
    return pd.DataFrame(rows, columns=COLUMNS[2:])


def _of_sets(mappings: pd.DataFrame) -> Iterator[Row]:
    suppressed = _suppressed(mappings)
    for finding, (neuron_set, other_set, fact_class) in PAIRS.items():
        is_meant = (
            (suppressed["neuron_set"] == neuron_set)
            & (suppressed["other_set"] == other_set)
            & (suppressed["fact_class"] == fact_class)
        )
        yield from _row(finding, suppressed[is_meant])


def _of_synapses(synapses: pd.DataFrame) -> Iterator[Row]:
    suppressed = _suppressed(synapses)
    of_own = suppressed[(suppressed["outcome"] == "own") & (suppressed["fact_class"] == "all")]
    for finding, (contrast, is_renormalised) in CONTRASTS.items():
        is_meant = (of_own["contrast"] == contrast) & (of_own["is_renormalised"] == is_renormalised)
        yield from _row(finding, of_own[is_meant])


def _suppressed(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Under Otsu's threshold: the static one may leave a class empty."""
    is_meant = (comparisons["manipulation"] == "suppress") & (comparisons["criterion"] == "otsu")
    return comparisons[is_meant]


def _row(finding: str, chosen: pd.DataFrame) -> Iterator[Row]:
    for row in each(chosen[chosen["difference"].notna()]):
        ends = (float(row.difference), float(row.ci_low), float(row.ci_high))
        note = "" if pd.isna(row.median) else f"median {number(row.median)}"
        yield (finding, *ends, int(row.n_facts), "fact", note)


def intervention_detail(row: SimpleNamespace) -> str:
    """The small text under a finding: how many facts, and their median."""
    n = f"n = {count(row.n)}"
    return f"{n}; {row.note}" if row.note else n


def intervention_sentences(found: pd.DataFrame) -> str:
    """What interventions showed in words; a sentence for each claim of which something is known."""
    cells = {row.finding: cell(row) for row in each(found)}
    said = (_sentence(parts, cells) for parts in SENTENCES)
    return " ".join(sentence for sentence in said if sentence)


def _sentence(parts: Mapping[str, str], cells: Mapping[str, str]) -> str:
    """The parts of which something is known; no sentence where the first of them is not known."""
    known = [text.format(cells[name]) for name, text in parts.items() if name in cells]
    return f"{''.join(known)}." if next(iter(parts)) in cells else ""
