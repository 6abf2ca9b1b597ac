"""Which neuron set moves the answer more, within facts, and whether more so on inconsistent ones."""

from qloc.columns import COUNTS, CRITERION, FACT_CLASS, INTERVALS, MANIPULATION, SIGNED_RANK
from qloc.contracts.query_mappings import NEURON_SETS
from qloc.tables import Column, Table

MAPPING_COMPARISONS = Table(
    name="mapping_comparisons",
    path="results/mapping_comparisons/{model}.parquet",
    meaning="Which neuron set moves the answer more, within facts; with fact_class `difference`, whether more so on inconsistent facts (a difference of differences).",
    key=("method", "criterion", "fact_class", "manipulation", "neuron_set", "other_set"),
    columns=(
        Column("method", "category", "way of attributing"),
        CRITERION,
        FACT_CLASS,
        MANIPULATION,
        Column("neuron_set", "category", "see `query_mappings`", choices=NEURON_SETS),
        Column("other_set", "category", "the one it is compared with", choices=NEURON_SETS),
        *COUNTS,
        Column(
            "difference",
            "float64",
            "mean over facts of the effect of the set less that of the other",
            missing="no fact",
        ),
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
