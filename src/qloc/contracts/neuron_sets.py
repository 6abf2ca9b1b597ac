"""The neurons whose value vectors an edit changes, by set."""

from qloc.tables import Column, Table

# Chosen, and for each one a control of as many neurons drawn at random. As many of the largest
# scores of the edited query are the query's own set again, so that one has no such control.
PRINTED_SETS = ("query", "union", "consistency_aware")  # the paper's
CHOSEN_SETS = (*PRINTED_SETS, "union_held_out", "consistency_aware_held_out")
RANDOM_SETS = tuple(f"{name}_random" for name in CHOSEN_SETS)
TOP_SETS = tuple(f"{name}_top" for name in CHOSEN_SETS if name != "query")
EDITED_SETS = (*CHOSEN_SETS, *RANDOM_SETS, *TOP_SETS)

NEURON_SETS = Table(
    name="neuron_sets",
    path="results/neuron_sets/{model}/{method}.parquet",
    meaning="The neurons whose value vectors an edit of a fact changes, by set; an empty set has no rows. Facts that strengths are picked on have the query's own set, facts of sequences only no controls.",
    key=("fact_id", "neuron_set", "layer", "neuron"),
    columns=(
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column(
            "neuron_set",
            "category",
            "query: knowledge neurons of the edited query; union: of any known query of the fact; consistency_aware: by the score of Eq. 5 over all known queries; …_held_out: the same from the edited query and the used ones; …_random: as many neurons, drawn from all that are in none of the fact's sets; …_top: as many neurons, those with the largest scores of the edited query (fewer if fewer scores were kept)",
            choices=EDITED_SETS,
        ),
        Column("layer", "int16", "feed-forward layer, from 0", low=0),
        Column("neuron", "int32", "intermediate unit of that layer, from 0", low=0),
        Column(
            "consistency_aware_score",
            "float64",
            "score of Eq. 5 over the queries that chose the set",
            missing="the set is not one of consistency_aware, consistency_aware_held_out",
        ),
    ),
)
