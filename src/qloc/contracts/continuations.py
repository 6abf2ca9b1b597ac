"""Table 8: what a model says before and after edits of a consistent and an inconsistent fact."""

from qloc.columns import EDIT_PRESET, OPERATION
from qloc.contracts.neuron_sets import PRINTED_SETS
from qloc.tables import Column, Table

CONTINUATIONS = Table(
    name="continuations",
    path="results/continuations/{model}/{method}.parquet",
    meaning="Table 8: what a model says of its own accord, greedily, before and after edits of one consistent and one inconsistent fact at the chosen strength.",
    key=("fact_id", "operation", "preset", "neuron_set", "query_id"),
    columns=(
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        OPERATION,
        EDIT_PRESET,
        Column(
            "neuron_set",
            "category",
            "see `neuron_sets`; query, union, consistency_aware",
            choices=PRINTED_SETS,
        ),
        Column("query_id", "category", "the edited query, and one of the fact's others"),
        Column("is_consistent", "bool", "the class of the fact"),
        Column("is_edited", "bool", "the edit was made for this query"),
        Column("n_neurons", "int32", "neurons edited", unit="count", low=0),
        Column("prompt", "string", "the text the model reads"),
        Column("answer", "category", "the object of the fact"),
        Column("target", "category", "the object that an update writes"),
        Column("text_before", "string", "what the clean model says"),
        Column("text_after", "string", "what the edited model says"),
    ),
)
