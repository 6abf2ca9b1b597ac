"""Table 7: what is left of the edits of many facts, made one after another."""

from qloc.columns import EDIT_PRESET, LAMBDAS, SCORER, STRENGTH
from qloc.contracts.neuron_sets import PRINTED_SETS
from qloc.tables import Column, Table

EDIT_SEQUENCES = Table(
    name="edit_sequences",
    path="results/edit_sequences/{model}/{method}/{operation}.parquet",
    meaning="Table 7: what is left of the edits of many facts of both classes, made one after another, at the chosen strength. Metrics are means over all facts edited so far.",
    key=("run", "neuron_set", "preset", "n_edited", "scorer"),
    columns=(
        Column("run", "int16", "number of the run, from 0; it draws facts and their order", low=0),
        Column(
            "neuron_set",
            "category",
            "see `neuron_sets`; query, union, consistency_aware",
            choices=PRINTED_SETS,
        ),
        EDIT_PRESET,
        Column("n_edited", "int32", "facts edited so far", unit="count", low=1),
        SCORER,
        STRENGTH,
        *LAMBDAS,
        Column("is_last", "bool", "all facts of the run are edited"),
        Column(
            "no_edit_share",
            "float64",
            "facts so far whose set is empty",
            unit="share",
            low=0,
            high=1,
        ),
        Column(
            "reliability",
            "float64",
            "see `edits`",
            unit="share",
            low=0,
            high=1,
            missing="no target can be asked",
        ),
        Column(
            "generalization_seen",
            "float64",
            "see `edits`; mean over facts of the mean over their other queries",
            unit="share",
            low=0,
            high=1,
            missing="no other query can be asked",
        ),
        Column(
            "locality",
            "float64",
            "known queries of facts that the run never edits whose prediction is what it was",
            unit="share",
            low=0,
            high=1,
            missing="the run edits all facts",
        ),
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
