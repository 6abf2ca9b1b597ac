"""The facts of one relation that the study asks about."""

from qloc.tables import Column, Table

FACTS = Table(
    name="facts",
    path="results/facts/{relation}.parquet",
    meaning="The facts of one relation that the study asks about.",
    key=("fact_id",),
    columns=(
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column("relation", "category", "Wikidata property of the fact"),
        Column("subject", "string", "what the fact is about"),
        Column("object", "string", "the right answer"),
        Column("is_ambiguous_subject", "bool", "the subject has several objects in this relation"),
        Column(
            "is_answer_in_subject", "bool", "the object occurs in the subject's text, ignoring case"
        ),
    ),
)
