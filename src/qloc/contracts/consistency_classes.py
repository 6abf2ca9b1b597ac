"""Which facts are consistent, under both criteria."""

from qloc.columns import CRITERION
from qloc.tables import Column, Table

CONSISTENCY_CLASSES = Table(
    name="consistency_classes",
    path="results/consistency_classes/{model}/{method}.parquet",
    meaning="Which facts are consistent, under both criteria.",
    key=("fact_id", "criterion"),
    columns=(
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        CRITERION,
        Column("relation", "category", "Wikidata property of the fact"),
        Column("consistency_score", "float64", "the fact's CS", unit="share", low=0, high=1),
        Column("threshold", "float64", "consistent from here on", unit="share", low=0, high=1),
        Column("is_consistent", "bool", "CS ≥ threshold"),
    ),
)
