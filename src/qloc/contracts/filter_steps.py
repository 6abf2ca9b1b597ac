"""What reading and filtering dropped from one relation, step by step."""

from qloc.tables import Column, Table

FILTER_STEPS = Table(
    name="filter_steps",
    path="results/filter_steps/{relation}.parquet",
    meaning="What reading and filtering dropped from one relation, step by step.",
    key=("step",),
    columns=(
        Column("relation", "category", "Wikidata property of the fact"),
        Column("step", "int16", "order of the step, from 0", low=0),
        Column(
            "reason",
            "category",
            "why something was dropped at this step, or `read`",
            choices=(
                "read",
                "answer_before_subject",
                "answer_not_final",
                "repeated_prompt",
                "too_few_patterns",
                "duplicate_fact",
                "ambiguous_subject",
                "answer_in_subject",
                "not_sampled",
            ),
        ),
        Column("n_patterns", "int32", "patterns left", unit="count", low=0),
        Column("n_facts", "int32", "facts left", unit="count", low=0),
        Column(
            "n_queries", "int32", "queries left: pairs of a fact and a pattern", unit="count", low=0
        ),
        Column("n_patterns_dropped", "int32", "patterns dropped at this step", unit="count", low=0),
        Column("n_facts_dropped", "int32", "facts dropped at this step", unit="count", low=0),
        Column(
            "n_queries_dropped",
            "int32",
            "queries dropped at this step, with their fact, their pattern, or alone",
            unit="count",
            low=0,
        ),
        Column(
            "n_ambiguous_subjects",
            "int32",
            "subjects left that have several objects in the relation",
            unit="count",
            low=0,
        ),
        Column(
            "n_answers_in_subject",
            "int32",
            "facts left whose object occurs in the subject's text",
            unit="count",
            low=0,
        ),
    ),
)
