"""What training, answering and attributing cost."""

from collections.abc import Iterator

from qloc.measures.quadrature_comparison import REFERENCE, compared_rules
from qloc.planning.amounts import Amounts, Cost
from qloc.planning.assumptions import FILE_BYTES, ROW_BYTES, ROW_MEMORY, TEXT_PADDING
from qloc.planning.memory import SWEEP_BATCH, run_bytes, sweep_bytes
from qloc.planning.operations import Count, run_operations, training_operations

# Of a trained model, as `qloc.models.tiny_training` has them; a test holds them together.
TEXT_TOKENS_PER_STEP, SENTENCES_PER_STEP, N_MEASUREMENTS, TOKENS_READ = 96, 32, 6, 40 * 60
FEWEST_TEMPLATES_TO_HOLD_ONE_OUT = 4
# An answer with a full stop and the end of the text.
SENTENCE_END_TOKENS = 3


def training(amounts: Amounts, passes: Count) -> Cost:
    """Of a model trained here: forward and backward, and its measurements."""
    load = amounts.n_asked
    per_fact = load / max(1, sum(one.n_facts for one in amounts.loads))
    held_out = 1 / per_fact if per_fact >= FEWEST_TEMPLATES_TO_HOLD_ONE_OUT else 0.0
    n_read = passes * load * (1 - held_out)
    n_steps = n_read / SENTENCES_PER_STEP
    tokens = n_read * (amounts.n_tokens + SENTENCE_END_TOKENS) + n_steps * TEXT_TOKENS_PER_STEP
    shape = amounts.shape
    measured = run_operations(shape, load * amounts.n_tokens + TOKENS_READ, load + TOKENS_READ)
    return Cost(
        "train_tiny_model",
        n_jobs=1,
        n_queries=load,
        operations=training_operations(shape, tokens, tokens) + N_MEASUREMENTS * measured,
        output_bytes=4 * shape.n_parameters + 500_000,
        work_bytes=12 * shape.n_parameters + run_bytes(shape),
    )


def answering(amounts: Amounts) -> Cost:
    """Of asking every query once."""
    once = run_operations(amounts.shape, TEXT_PADDING * amounts.n_tokens)
    n_jobs = len(amounts.loads)
    return Cost(
        "answer_queries",
        n_jobs=n_jobs,
        n_queries=amounts.n_asked,
        operations=amounts.n_asked * once,
        output_bytes=amounts.n_asked * ROW_BYTES["answers"] + n_jobs * FILE_BYTES,
        work_bytes=run_bytes(amounts.shape),
    )


def attributing(amounts: Amounts) -> Iterator[Cost]:
    """Of every method on every studied query."""
    for method in amounts.methods:
        yield Cost(
            "attribute_neurons",
            n_jobs=len(amounts.loads),
            n_queries=amounts.n_studied,
            operations=amounts.n_studied * amounts.study_attribution(method),
            output_bytes=amounts.n_studied * _attributed_bytes(amounts, method)
            + 3 * len(amounts.loads) * FILE_BYTES,
            work_bytes=sweep_bytes(amounts.shape, method, amounts.n_tokens, SWEEP_BATCH)
            + amounts.n_largest * amounts.kept_rows(method) * ROW_MEMORY,
            method=method,
        )


def comparing_quadratures(amounts: Amounts) -> Cost:
    """Of several rules and a reference on some queries, by IG."""
    study = amounts.settings["attribution"]
    n_queries = min(study["comparison"]["queries"], amounts.n_studied)
    rules = [REFERENCE, *compared_rules(study["ig"]["quadrature"], study["ig"]["steps"])]
    return Cost(
        "compare_quadratures",
        n_jobs=1,
        n_queries=n_queries,
        operations=n_queries * sum(amounts.attribution("ig", *rule) for rule in rules),
        output_bytes=n_queries * (len(rules) - 1) * ROW_BYTES["quadrature_comparisons"]
        + FILE_BYTES,
        work_bytes=sweep_bytes(amounts.shape, "ig", amounts.n_tokens, SWEEP_BATCH),
    )


def _attributed_bytes(amounts: Amounts, method: str) -> float:
    """Of one query in the three tables."""
    n_words = 1.0 if method == "ig" else amounts.n_tokens
    per_kept = ROW_BYTES["attributions"] + ROW_BYTES["fact_scores"]
    checks = amounts.shape.n_layers * n_words * ROW_BYTES["attribution_checks"]
    return checks + per_kept * amounts.kept_rows(method)
