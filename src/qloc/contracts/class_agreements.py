"""Which share of facts all methods call inconsistent, against independent methods."""

from qloc.columns import CRITERION, INTERVALS
from qloc.tables import Column, Table

CLASS_AGREEMENTS = Table(
    name="class_agreements",
    path="results/class_agreements/{model}.parquet",
    meaning="Which share of facts all methods call inconsistent, against independent methods; of the facts that all of them classify.",
    key=("criterion", "statistic", "method"),
    columns=(
        CRITERION,
        Column(
            "statistic",
            "category",
            "inconsistent_share: of one method, or of all at once; independent_share: the product of the methods' shares; the same within relations: products in each relation, averaged over facts; excess: the share of all less either product",
            choices=(
                "inconsistent_share",
                "independent_share",
                "independent_share_within_relations",
                "excess",
                "excess_within_relations",
            ),
        ),
        Column("method", "category", "way of attributing, or `all`"),
        Column("n_facts", "int32", "facts that all methods classify", unit="count", low=0),
        Column("n_relations", "int32", "their relations", unit="count", low=0),
        Column("estimate", "float64", "", unit="share", missing="no fact, or no threshold"),
        *INTERVALS,
    ),
)
