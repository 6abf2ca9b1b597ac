"""What the answer does when knowledge synapses, or their controls, are manipulated."""

from qloc.columns import MANIPULATION
from qloc.tables import Column, Table

SYNAPSE_SETS = ("synapses", "without_first_column", "random_columns", "mass_matched")

PRESET = Column(
    "preset", "category", "by which rule synapses are found: a name under `synapses.preset`"
)

IS_RENORMALISED = Column(
    "is_renormalised",
    "bool",
    "rows of attention add up to 1 again; not done to mass_matched, which it would undo",
)

SYNAPSE_RUN = (
    PRESET,
    Column(
        "synapse_set",
        "category",
        "synapses: the columns found on the clean run; without_first_column: those but the first token's; random_columns: as many columns, drawn among all; mass_matched: no column, but as much attention taken from or added to every row as by the synapses, spread over all it sees",
        choices=SYNAPSE_SETS,
    ),
    MANIPULATION,
    IS_RENORMALISED,
)

SYNAPSE_ANSWERS = Table(
    name="synapse_answers",
    path="results/synapse_answers/{model}/{relation}.parquet",
    meaning="What the answer does when knowledge synapses, or their controls, are manipulated.",
    key=("query_id", "preset", "synapse_set", "manipulation", "is_renormalised"),
    columns=(
        Column("query_id", "category", "the query: `{fact_id}/{template}`"),
        *SYNAPSE_RUN,
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column(
            "n_columns",
            "int32",
            "columns of attention: layers × heads × tokens of the prompt",
            unit="count",
            low=1,
        ),
        Column(
            "n_synapses",
            "int32",
            "columns of the set; for mass_matched, of the synapses",
            unit="count",
            low=0,
        ),
        Column(
            "first_column_share",
            "float64",
            "of the set's columns, those of the first token; of mass_matched, as n_synapses",
            unit="share",
            low=0,
            high=1,
            missing="no column",
        ),
        Column(
            "attention_mass",
            "float64",
            "attention in the set's columns on the clean run, averaged over layers, heads and rows; of mass_matched, as n_synapses",
            unit="share",
            low=0,
            high=1,
        ),
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
            "of the answer, manipulated",
            unit="probability",
            low=0,
            high=1,
        ),
    ),
)
