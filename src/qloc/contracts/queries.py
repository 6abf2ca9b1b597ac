"""Every fact of one relation asked through every usable template."""

from qloc.tables import Column, Table

QUERIES = Table(
    name="queries",
    path="results/queries/{relation}.parquet",
    meaning="Every fact of one relation asked through every usable template.",
    key=("query_id",),
    columns=(
        Column("query_id", "string", "the query: `{fact_id}/{template}`"),
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column("relation", "category", "Wikidata property of the fact"),
        Column("template", "int16", "number of the pattern in its file, from 0", low=0),
        Column("pattern", "category", "the pattern as the file has it"),
        Column("prompt", "string", "the text the model reads"),
        Column("answer", "category", "the object, the expected continuation"),
        Column(
            "final_word",
            "category",
            "the last word of the template's prompt; `[X]` where that is the subject",
        ),
    ),
)
