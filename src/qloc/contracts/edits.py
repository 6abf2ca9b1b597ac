"""What single edits do: to the fact, to other facts, and to running text."""

from qloc.columns import EDIT_PRESET, LAMBDAS, SCORER, STRENGTH
from qloc.contracts.neuron_sets import EDITED_SETS
from qloc.tables import Column, Table

EDITS = Table(
    name="edits",
    path="results/edits/{model}/{method}/{operation}.parquet",
    meaning="What single edits do: to the fact, to other facts, and to running text. Chosen sets are edited at every strength, their controls at the chosen one.",
    key=("fact_id", "neuron_set", "preset", "strength", "scorer"),
    columns=(
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column("neuron_set", "category", "see `neuron_sets`", choices=EDITED_SETS),
        EDIT_PRESET,
        STRENGTH,
        SCORER,
        *LAMBDAS,
        Column("is_chosen", "bool", "the strength that the calibration facts chose"),
        Column("query_id", "category", "the query that is edited"),
        Column("n_neurons", "int32", "neurons edited; 0: nothing was done", unit="count", low=0),
        Column(
            "reliability",
            "float64",
            "update: how far the edited query gets the target; erase: 1 − how far it still gets the object",
            unit="share",
            low=0,
            high=1,
            missing="the target cannot be asked behind the edited query",
        ),
        Column(
            "generalization_seen",
            "float64",
            "the same, mean over the other known queries of the fact, also those that chose the set",
            unit="share",
            low=0,
            high=1,
            missing="a held-out set, or no other query can be asked",
        ),
        Column(
            "generalization",
            "float64",
            "the same, mean over the held-out queries",
            unit="share",
            low=0,
            high=1,
            missing="a set that the held-out queries chose, or no held-out query can be asked",
        ),
        Column(
            "locality",
            "float64",
            "unrelated known queries whose prediction is what it was before",
            unit="share",
            low=0,
            high=1,
            missing="the study knows no unrelated query",
        ),
        Column("n_unrelated", "int32", "those queries", unit="count", low=0),
        Column("perplexity_before", "float64", "of held-out text, on the clean model", low=1),
        Column(
            "perplexity_after",
            "float64",
            "of the same text, edited",
            low=1,
            missing="too large for a float64 number",
        ),
    ),
)
