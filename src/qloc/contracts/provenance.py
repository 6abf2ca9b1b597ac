"""What made this run: versions, hardware, seeds, hashes, settings."""

from qloc.tables import Column, Table

PROVENANCE = Table(
    name="provenance",
    path="results/provenance.parquet",
    meaning="What made this run: versions, hardware, seeds, hashes, settings.",
    key=("topic", "item"),
    columns=(
        Column(
            "topic",
            "category",
            "versions, machine, models, runs, code, settings, assumed constants",
        ),
        Column("item", "string", "what"),
        Column("value", "string", "its value"),
        Column("note", "string", "why it matters, or where it comes from"),
    ),
)
