"""What the answer does when a set of neurons is suppressed or enhanced."""

from qloc.columns import MANIPULATION
from qloc.tables import Column, Table

NEURON_SETS = (
    "self",
    "neighbor_union",
    "intersection",
    "refined",
    "unrelated",
    "unrelated_matched",
    "self_sample_intersection",
    "self_sample_refined",
    "neighbor_union_sample",
    "neighbor",
    "refined_sample",
)

QUERY_MAPPINGS = Table(
    name="query_mappings",
    path="results/query_mappings/{model}/{relation}.parquet",
    meaning="What the answer does when a set of neurons is suppressed (set to 0) or enhanced (doubled) at the last position; queries of facts with at least three studied queries.",
    key=("method", "query_id", "neuron_set", "draw", "manipulation"),
    columns=(
        Column("method", "category", "way of attributing that selected the neurons"),
        Column("query_id", "category", "the query: `{fact_id}/{template}`"),
        Column(
            "neuron_set",
            "category",
            "self: the query's knowledge neurons; neighbor_union, intersection, refined: neurons in any, in all, in more than one of the sets of the fact's other queries; unrelated: as many neurons as self, drawn outside all of the fact's sets; unrelated_matched: of the same layers and nearest in size of value; self_sample_intersection, self_sample_refined: neurons of self drawn to the size of that set; neighbor_union_sample: neurons of the union drawn to the size of self; neighbor: the whole set of one other query, drawn; refined_sample: neurons of refined drawn to the size of self",
            choices=NEURON_SETS,
        ),
        Column("draw", "int16", "number of the draw, from 0; 0 for a set that is not drawn", low=0),
        MANIPULATION,
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column("n_neurons", "int32", "neurons of the set", unit="count", low=0),
        Column(
            "answer_probability_before",
            "float64",
            "of the answer, nothing manipulated",
            unit="probability",
            low=0,
            high=1,
        ),
        Column(
            "answer_probability_after",
            "float64",
            "of the answer, manipulated; exactly that before if the set is empty",
            unit="probability",
            low=0,
            high=1,
        ),
    ),
)
