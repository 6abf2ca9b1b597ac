"""Table 6: what manipulating synapses costs."""

from qloc.tables import Column, Table

MANIPULATION_COSTS = Table(
    name="manipulation_costs",
    path="results/manipulation_costs/{model}.parquet",
    meaning="Table 6: what manipulating synapses costs; measured, so that no two runs agree.",
    key=("value", "operation", "query_id", "repeat"),
    columns=(
        Column(
            "value",
            "category",
            "what is read of the neurons",
            choices=("activation", "attribution"),
        ),
        Column(
            "operation",
            "category",
            "what is done to the synapses",
            choices=("none", "suppress", "enhance"),
        ),
        Column("query_id", "category", "the query: `{fact_id}/{template}`"),
        Column("repeat", "int16", "number of the repeat, from 0", low=0),
        Column("device", "category", "where the model ran: cpu, or the accelerator's name"),
        Column("seconds", "float64", "wall-clock time of one query", unit="s", low=0),
        Column(
            "peak_memory",
            "int64",
            "most memory held above that before, in bytes: of the accelerator, or of the process",
            unit="byte",
            low=0,
            missing="the system does not say",
        ),
    ),
)
