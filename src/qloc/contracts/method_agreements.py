"""How much the neuron sets of two methods overlap, by relation and in all."""

from qloc.tables import Column, Table

METHOD_AGREEMENTS = Table(
    name="method_agreements",
    path="results/method_agreements/{model}.parquet",
    meaning="How much the neuron sets of two methods overlap, by relation and in all.",
    key=("method", "other_method", "partner", "relation"),
    columns=(
        Column("method", "category", "way of attributing, earlier in the list of methods"),
        Column("other_method", "category", "the one it is compared with"),
        Column(
            "partner",
            "category",
            "whose set of the other method a query's set is compared with: its own, those of the fact's other queries, or those of other facts of the relation asked through the same template",
            choices=("same_query", "neighbor_query", "other_fact"),
        ),
        Column("relation", "category", "Wikidata property, or `all`"),
        Column(
            "n_queries", "int32", "queries with such a pair that has a neuron", unit="count", low=0
        ),
        Column("n_facts", "int32", "their facts", unit="count", low=0),
        Column(
            "mean_jaccard",
            "float64",
            "mean over facts of their queries' mean |∩|/|∪|",
            unit="share",
            low=0,
            high=1,
            missing="no pair",
        ),
        Column(
            "ci_low",
            "float64",
            "lower end of the 95 % interval: two-stage for `all`, over the facts of one relation",
            missing="not estimable",
        ),
        Column("ci_high", "float64", "upper end", missing="not estimable"),
        Column(
            "difference",
            "float64",
            "mean over facts of the Jaccard index with the same query less this one",
            unit="share",
            low=-1,
            high=1,
            missing="the partner is the same query, or no pair",
        ),
        Column("difference_ci_low", "float64", "as ci_low", missing="not estimable"),
        Column("difference_ci_high", "float64", "upper end", missing="not estimable"),
        Column(
            "attainable_jaccard",
            "float64",
            "the same mean of the smaller over the larger set: what sets of these sizes can reach",
            unit="share",
            low=0,
            high=1,
            missing="no pair",
        ),
    ),
)
