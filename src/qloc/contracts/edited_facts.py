"""The facts that are edited, what to, and whether their consistency-aware sets are exact."""

from qloc.tables import Column, Table

ROLES = ("calibration", "evaluation", "sequence")

EDITED_FACTS = Table(
    name="edited_facts",
    path="results/edited_facts/{model}/{method}.parquet",
    meaning="The facts that are edited: those on which strengths are calibrated, those on which edits are evaluated, and those that occur in sequences of edits only.",
    key=("fact_id",),
    columns=(
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column("relation", "category", "Wikidata property of the fact"),
        Column(
            "role",
            "category",
            "calibration: strengths are picked on it, and it is never evaluated; evaluation; sequence: occurs in sequences only",
            choices=ROLES,
        ),
        Column("is_consistent", "bool", "by the criterion `editing.criterion`"),
        Column("query_id", "category", "the query that is edited, drawn"),
        Column("answer", "category", "the object of the fact"),
        Column("target", "category", "the object that an update writes, drawn"),
        Column("n_queries", "int32", "known queries of the fact", unit="count", low=1),
        Column(
            "n_held_out",
            "int32",
            "those on which held-out sets are scored; 0 with fewer than four known queries",
            unit="count",
            low=0,
        ),
        Column(
            "largest_score",
            "float64",
            "largest consistency-aware score; with one of 0 or less the set is empty",
        ),
        Column(
            "largest_score_elsewhere",
            "float64",
            "bound on the consistency-aware score of any neuron whose scores were not kept",
            missing="scores of all neurons were kept",
        ),
        Column(
            "is_exact",
            "bool",
            "that bound cannot reach the cut: no neuron is missing from the set",
        ),
        Column(
            "is_exact_held_out",
            "bool",
            "the same of the held-out set",
            missing="fewer than four known queries",
        ),
    ),
)
