"""How a model answers every query."""

from qloc.tables import Column, Table

ANSWERS = Table(
    name="answers",
    path="results/answers/{model}/{relation}.parquet",
    meaning="How a model answers every query.",
    key=("query_id",),
    columns=(
        Column("query_id", "string", "the query"),
        Column("fact_id", "category", "the fact: `{relation}/{line of its file, from 0}`"),
        Column("relation", "category", "Wikidata property of the fact"),
        Column("template", "int16", "number of the pattern", low=0),
        Column(
            "was_trained",
            "bool",
            "the model was trained on this sentence",
            missing="the model was not trained here",
        ),
        Column(
            "problem",
            "category",
            "why the query cannot be asked of this model",
            choices=("token_boundary", "too_long"),
            missing="none: it was asked",
        ),
        Column("n_prompt_tokens", "int32", "with special tokens", unit="tokens", low=1),
        Column(
            "n_answer_tokens",
            "int32",
            "of the answer",
            unit="tokens",
            low=1,
            missing="token boundary",
        ),
        Column(
            "answer_token",
            "int32",
            "id of the answer's first token",
            low=0,
            missing="token boundary",
        ),
        Column(
            "is_first_token_shared",
            "bool",
            "another object of the relation begins with the same token",
            missing="token boundary",
        ),
        Column(
            "answer_probability",
            "float64",
            "of the answer: of its first token, the mean over its tokens or their product (`answers.tokens`)",
            unit="probability",
            low=0,
            high=1,
            missing="the query has a problem",
        ),
        Column(
            "answer_rank",
            "int32",
            "in the whole vocabulary, the worst of the answer's tokens that count (`answers.tokens`); 1 is best; ties count against it",
            low=1,
            missing="the query has a problem",
        ),
        Column(
            "is_known",
            "bool",
            "every token of the answer that counts (`answers.tokens`) is the best candidate (`answers.candidates`)",
        ),
        Column(
            "is_studied",
            "bool",
            "known (or `answers.known_only` is off) and one of at least `answers.min_queries` such queries of its fact",
        ),
    ),
)
