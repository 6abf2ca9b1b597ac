"""The known queries of every edited fact: which is edited, and which others an edit is scored on."""

from qloc.tables import Column, Table

EDITED_QUERIES = Table(
    name="edited_queries",
    path="results/edited_queries/{model}/{method}.parquet",
    meaning="The known queries of every edited fact: which is edited, and which others an edit is scored on.",
    key=("query_id",),
    columns=(
        Column("query_id", "category", "the query: `{fact_id}/{template}`"),
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column(
            "role",
            "category",
            "edited: the edit is made for it; used: held-out sets are chosen with it, too; held_out: held-out sets are scored on it; neighbor: any other query of a fact with fewer than four",
            choices=("edited", "used", "held_out", "neighbor"),
        ),
    ),
)
