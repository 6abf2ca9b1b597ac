"""Which queries a tiny model was trained on."""

from qloc.tables import Column, Table

TRAINED_QUERIES = Table(
    name="trained_queries",
    path="results/models/{model}/trained_queries.parquet",
    meaning="Which queries a tiny model was trained on.",
    key=("query_id",),
    columns=(
        Column("query_id", "string", "the query"),
        Column("was_trained", "bool", "its sentence was among the training sentences"),
    ),
)
