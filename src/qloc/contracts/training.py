"""How a tiny model learned: measured during training."""

from qloc.tables import Column, Table

TRAINING = Table(
    name="training",
    path="results/models/{model}/training.parquet",
    meaning="How a tiny model learned: measured during training.",
    key=("step",),
    columns=(
        Column("step", "int32", "optimisation steps taken", unit="count", low=0),
        Column(
            "fact_loss", "float64", "cross-entropy on fact sentences", unit="nats per token", low=0
        ),
        Column(
            "text_loss", "float64", "cross-entropy on general text", unit="nats per token", low=0
        ),
        Column(
            "trained_accuracy",
            "float64",
            "trained queries whose answer's first token is the best of the vocabulary",
            unit="share",
            low=0,
            high=1,
        ),
        Column(
            "held_out_accuracy",
            "float64",
            "the same of queries through held-out templates",
            unit="share",
            low=0,
            high=1,
            missing="no template is held out",
        ),
        Column(
            "mean_answer_probability",
            "float64",
            "of the first token of the answer, over trained queries",
            unit="probability",
            low=0,
            high=1,
        ),
        Column(
            "perplexity",
            "float64",
            "on the held-out part of the general text",
            unit="per token",
            low=1,
        ),
    ),
)
