"""Against which control, neuron set or manipulation the effect of synapses holds, within facts."""

from qloc.columns import COUNTS, CRITERION, FACT_CLASS, INTERVALS, MANIPULATION, SIGNED_RANK
from qloc.contracts.synapse_answers import IS_RENORMALISED, PRESET
from qloc.contracts.synapse_summaries import OUTCOME
from qloc.tables import Column, Table

CONTRASTS = (
    "random_columns",
    "mass_matched",
    "without_first_column",
    "neighbors_only",
    "random",
    "random_any",
    "enhance",
)

SYNAPSE_COMPARISONS = Table(
    name="synapse_comparisons",
    path="results/synapse_comparisons/{model}.parquet",
    meaning="Against which control, neuron set or manipulation the effect of synapses holds, within facts; with fact_class `difference`, whether more so on inconsistent facts.",
    key=(
        "method",
        "criterion",
        "fact_class",
        "preset",
        "manipulation",
        "is_renormalised",
        "outcome",
        "contrast",
    ),
    columns=(
        Column("method", "category", "way of attributing"),
        CRITERION,
        FACT_CLASS,
        PRESET,
        MANIPULATION,
        IS_RENORMALISED,
        OUTCOME,
        Column(
            "contrast",
            "category",
            "what is taken away from the effect of the synapses on the outcome: that of a control (random_columns, mass_matched, without_first_column); for the outcome own, that on another neuron set (neighbors_only, random, random_any); for suppress, that of enhancing them, both as sizes without sign (enhance)",
            choices=CONTRASTS,
        ),
        *COUNTS,
        Column("difference", "float64", "mean over facts", missing="no fact"),
        *INTERVALS,
        Column(
            "median",
            "float64",
            "median over facts of the same difference, which a few extreme facts do not move",
            missing="no fact, or a difference of classes",
        ),
        *SIGNED_RANK,
    ),
)
