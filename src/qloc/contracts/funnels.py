"""The funnel: what is left after every step from the files to a consistency score, and why the rest is not."""

from qloc.tables import Column, Table

FUNNELS = Table(
    name="funnels",
    path="results/funnels/{model}/{method}.parquet",
    meaning="The funnel: what is left after every step from the files to a consistency score, and why the rest is not.",
    key=("relation", "step"),
    columns=(
        Column("relation", "category", "Wikidata property, or `all`"),
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
                "token_boundary",
                "too_long",
                "unknown",
                "too_few_queries",
                "undefined_consistency_score",
            ),
        ),
        Column("n_relations", "int32", "relations with anything left", unit="count", low=0),
        Column(
            "n_relations_dropped",
            "int32",
            "relations that lost their last fact at this step",
            unit="count",
            low=0,
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
            "subjects left that have several objects in their relation",
            unit="count",
            low=0,
            missing="counted only up to the sample, before a model is asked",
        ),
        Column(
            "n_answers_in_subject",
            "int32",
            "facts left whose object occurs in the subject's text",
            unit="count",
            low=0,
            missing="counted only up to the sample, before a model is asked",
        ),
    ),
)
