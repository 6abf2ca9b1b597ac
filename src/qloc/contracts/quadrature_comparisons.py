"""Neuron sets and scores of some queries by several quadratures, against a reference."""

from qloc.tables import Column, Table

QUADRATURE_COMPARISONS = Table(
    name="quadrature_comparisons",
    path="results/quadrature_comparisons/{model}.parquet",
    meaning="Neuron sets and scores (`ig`) of queries drawn from a model's by several quadratures, against those by 64 Gauss–Legendre points.",
    key=("query_id", "quadrature", "steps"),
    columns=(
        Column("query_id", "category", "the query: `{fact_id}/{template}`"),
        Column("quadrature", "category", "rule of the path integral"),
        Column("steps", "int32", "its points; 0 where the rule chooses them", unit="count", low=0),
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column(
            "gradients_per_layer",
            "float64",
            "gradients taken over the number of layers; that at α = 1 serves all layers and is counted once",
            unit="count",
            low=0,
        ),
        Column(
            "is_settled",
            "bool",
            "all layers reached the tolerance",
            missing="the rule has no tolerance",
        ),
        Column("n_neurons", "int32", "neurons in the query's set", unit="count", low=0),
        Column("n_reference_neurons", "int32", "neurons in its reference set", unit="count", low=0),
        Column("is_same_set", "bool", "both sets are the same"),
        Column(
            "jaccard",
            "float64",
            "|∩|/|∪| of both sets",
            unit="share",
            low=0,
            high=1,
            missing="both sets are empty",
        ),
        Column(
            "cut_distance",
            "float64",
            "how far from the reference's cut the farthest neuron lies that is in one set alone, over the query's largest |score|",
            unit="relative",
            low=0,
            missing="both sets are the same, or all scores of the query are 0",
        ),
        Column(
            "score_error",
            "float64",
            "largest error of a score over the query's largest |score|",
            unit="relative",
            low=0,
            missing="all scores of the query are 0",
        ),
    ),
)
