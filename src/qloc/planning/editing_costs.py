"""What editing facts costs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qloc.columns import OPERATION, SCORERS
from qloc.contracts.neuron_sets import CHOSEN_SETS, EDITED_SETS, PRINTED_SETS
from qloc.planning.amounts import Amounts, Cost
from qloc.planning.assumptions import FILE_BYTES, KNOWLEDGE_SHARE, ROW_BYTES, TEXT_PADDING
from qloc.planning.memory import run_bytes
from qloc.planning.operations import Count, run_operations

# Facts of each class, and prompts of each, that a model is let go on with.
EXAMPLES, EXAMPLE_PROMPTS = 2, 2


def editing(amounts: Amounts) -> Iterator[Cost]:
    """Of all rules that edit, for every method whose neurons are."""
    for method in amounts.settings["editing"]["methods"]:
        yield _choosing(amounts, method)
        yield _calibrating(amounts, method)
        yield _editing_facts(amounts, method)
        yield _editing_in_sequence(amounts, method)
        yield _continuing(amounts, method)


def _counts(amounts: Amounts) -> tuple[int, int, int]:
    """Facts that strengths are picked on, that edits are evaluated on, and of a sequence."""
    editing = amounts.settings["editing"]
    n_calibration = round(editing["calibration"]["share"] * amounts.n_facts)
    rest = amounts.n_facts - n_calibration
    of_class = editing["facts_per_class"]
    n_evaluated = min(rest, 2 * of_class) if isinstance(of_class, int) else rest
    return n_calibration, n_evaluated, min(rest, editing["sequence"]["facts"])


def _n_strengths(amounts: Amounts, operation: str) -> list[int]:
    """Of every preset: erasing by zeroes has one only."""
    rules: Mapping[str, Mapping[str, Any]] = json.loads(amounts.settings["editing"]["rules"])
    return [
        1 if operation == "erase" and rule["erase"] == "zero" else len(rule["strengths"])
        for rule in rules.values()
    ]


def _choosing(amounts: Amounts, method: str) -> Cost:
    """Of choosing sets of neurons: the model is run only for its activations."""
    n_calibration, n_evaluated, n_sequence = _counts(amounts)
    runs = amounts.settings["editing"]["sequence"]["runs"]
    n_facts = min(amounts.n_facts, n_calibration + n_evaluated + runs * n_sequence)
    n_queries = round(n_facts * amounts.queries_per_fact)
    reads = amounts.settings["editing"]["scores"] == "activation"
    own = KNOWLEDGE_SHARE * amounts.kept_rows(method)
    rows = n_calibration * own + n_evaluated * len(EDITED_SETS) * 2 * own
    rows += (n_facts - n_calibration - n_evaluated) * 2 * len(PRINTED_SETS) * own
    return Cost(
        "choose_edits",
        n_jobs=1,
        n_queries=n_queries,
        operations=n_queries * run_operations(amounts.shape, amounts.n_tokens, 0) * reads,
        output_bytes=rows * ROW_BYTES["neuron_sets"] + 3 * FILE_BYTES,
        work_bytes=run_bytes(amounts.shape) * reads,
        method=method,
    )


def _calibrating(amounts: Amounts, method: str) -> Cost:
    """Of the edited query of every such fact at every strength."""
    n_facts = _counts(amounts)[0]
    n_edits = n_facts * sum(
        sum(_n_strengths(amounts, operation)) for operation in OPERATION.choices
    )
    return Cost(
        "calibrate_edits",
        n_jobs=1,
        n_queries=n_facts,
        operations=(n_edits + 2 * n_facts) * run_operations(amounts.shape, amounts.n_tokens),
        output_bytes=2 * FILE_BYTES,
        work_bytes=run_bytes(amounts.shape),
        method=method,
    )


def _text_tokens(amounts: Amounts) -> float:
    """Of the texts that the perplexity of one edit is taken of."""
    texts = amounts.settings["editing"]["texts"]
    return float(texts["number"] * texts["most_tokens"])


def _look(amounts: Amounts, n_prompts: Count) -> float:
    """Operations of asking prompts and reading texts, with logits of every token of these."""
    texts = _text_tokens(amounts)
    n_tokens = TEXT_PADDING * n_prompts * amounts.n_tokens + texts
    return run_operations(amounts.shape, n_tokens, n_prompts + texts)


def _editing_facts(amounts: Amounts, method: str) -> Cost:
    """Of every set of every evaluated fact: chosen ones at every strength, controls at one."""
    n_facts = _counts(amounts)[1]
    n_controls = len(EDITED_SETS) - len(CHOSEN_SETS)
    n_edits = n_facts * sum(
        n * len(CHOSEN_SETS) + n_controls
        for operation in OPERATION.choices
        for n in _n_strengths(amounts, operation)
    )
    n_prompts = amounts.queries_per_fact + amounts.settings["editing"]["unrelated_queries"]
    once = _look(amounts, n_prompts)
    return Cost(
        "edit_facts",
        n_jobs=len(OPERATION.choices),
        n_queries=round(n_facts * amounts.queries_per_fact),
        operations=(n_edits + 2 * n_facts) * once,
        output_bytes=len(SCORERS) * n_edits * ROW_BYTES["edits"] + 2 * FILE_BYTES,
        work_bytes=run_bytes(amounts.shape),
        method=method,
    )


def _editing_in_sequence(amounts: Amounts, method: str) -> Cost:
    """Of what is looked at after some numbers of edits, by every set and preset."""
    editing = amounts.settings["editing"]
    n_facts = _counts(amounts)[2]
    looks = _looks(editing["sequence"]["steps"], n_facts)
    n_ways = len(PRINTED_SETS) * len(editing["presets"]) * len(OPERATION.choices)
    n_unrelated = max(editing["unrelated_queries"], n_facts)
    once = sum(_look(amounts, look * amounts.queries_per_fact + n_unrelated) for look in looks)
    n_sequences = editing["sequence"]["runs"] * n_ways
    rows = n_sequences * len(looks) * len(SCORERS)
    return Cost(
        "edit_in_sequence",
        n_jobs=len(OPERATION.choices),
        n_queries=round(n_facts * amounts.queries_per_fact),
        operations=n_sequences * once,
        output_bytes=rows * ROW_BYTES["edit_sequences"] + 2 * FILE_BYTES,
        work_bytes=run_bytes(amounts.shape),
        method=method,
    )


def _looks(steps: Sequence[Count], n_facts: int) -> list[int]:
    """Numbers of edits after which a run is looked at; the last of all among them."""
    return sorted({int(step) for step in steps if step <= n_facts} | {n_facts})


def _continuing(amounts: Amounts, method: str) -> Cost:
    """Of letting a model go on, one token at a time, the whole text anew for each."""
    editing = amounts.settings["editing"]
    n_ways = len(PRINTED_SETS) * len(editing["presets"])
    n_texts = EXAMPLES * len(OPERATION.choices) * EXAMPLE_PROMPTS * (n_ways + 1)
    n_said = editing["continuation_tokens"]
    tokens = n_said * amounts.n_tokens + n_said * (n_said - 1) / 2
    return Cost(
        "continue_prompts",
        n_jobs=1,
        n_queries=EXAMPLES * EXAMPLE_PROMPTS,
        operations=n_texts * run_operations(amounts.shape, tokens, n_said),
        output_bytes=n_texts * ROW_BYTES["continuations"] + FILE_BYTES,
        work_bytes=run_bytes(amounts.shape),
        method=method,
    )
