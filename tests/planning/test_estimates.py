"""Estimates: counts by hand, every rule that opens a model, and what was measured once."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qloc.measures.fact_sets import FactSets
from qloc.measures.mapping_sets import mapping_sets
from qloc.models import edited_rows, padding, predictions, sweep, tiny_lessons, tiny_training
from qloc.planning import amounts, attribution_costs, intervention_costs, memory
from qloc.planning.estimates import stage_estimates
from qloc.planning.operations import run_operations
from qloc.planning.workloads import RelationLoad

ROOT = Path(__file__).parents[2]
# Of the finished default study, both models together: seconds beyond 3.5 for every job, bytes of
# its tables as they were written then, largest memory in MB.
MEASURED = {
    ("train_tiny_model", ""): (116, 12_783_954, 618),
    ("answer_queries", ""): (5, 104_680, 534),
    ("attribute_neurons", "ig"): (17, 6_467_492, 598),
    ("attribute_neurons", "sig"): (219, 11_030_165, 678),
    ("attribute_neurons", "amig"): (57, 9_046_846, 693),
    ("compare_quadratures", ""): (18, 31_942, 655),
    ("map_queries", ""): (39, 1_698_138, 654),
    ("manipulate_synapses", ""): (69, 21_589_968, 681),
    ("measure_costs", ""): (19, 10_476, 541),
    ("choose_edits", "ig"): (5, 214_385, 619),
    ("calibrate_edits", "ig"): (5, 5_688, 553),
    ("edit_facts", "ig"): (272, 108_502, 837),
    ("edit_in_sequence", "ig"): (78, 31_644, 592),
    ("continue_prompts", "ig"): (4, 12_323, 553),
}


@pytest.fixture
def estimates(default_study, shapes, loads):
    known = {"tiny-gpt2-seed0": shapes["trained gpt2"], "tiny-llama-seed0": shapes["trained llama"]}
    return stage_estimates(default_study.settings, known, loads, 0.97)


def test_every_rule_that_opens_a_model_is_estimated(estimates) -> None:
    texts = [path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk")]
    blocks = [block for text in texts for block in re.split(r"^rule ", text, flags=re.M)[1:]]
    rules = {block.partition(":")[0] for block in blocks if "envs/model.yaml" in block}
    assert {one.rule for one in estimates} == rules - {"describe_checkpoint"}


def test_a_rule_and_method_is_estimated_once_for_each_model(estimates) -> None:
    counts = Counter((one.rule, one.model, one.method) for one in estimates)
    assert set(counts.values()) == {1}


def test_jobs_are_as_many_as_snakemake_plans(estimates) -> None:
    found = Counter()
    for one in estimates:
        found[one.rule] += one.n_jobs
    assert found["attribute_neurons"] == 2 * 8 * 3
    assert found["edit_facts"] == found["edit_in_sequence"] == 2 * 2
    assert found["map_queries"] == 16


def test_sizes_of_the_default_study_are_within_a_factor_of_two(estimates) -> None:
    """Method by method the organisms differ more from each other than from the plan."""
    for (rule, method), (_, n_bytes, megabytes) in MEASURED.items():
        own = [one for one in estimates if (one.rule, one.method) == (rule, method)]
        planned = sum(one.output_bytes for one in own)
        assert 0.45 < planned / n_bytes < 2.2, (rule, method)
        most = max(one.memory_bytes for one in own) / 1e6
        assert 0.65 < most / megabytes < 1.5, (rule, method)
    total = sum(one.output_bytes for one in estimates)
    assert 0.5 < total / sum(n_bytes for _, n_bytes, _ in MEASURED.values()) < 2


def test_the_default_study_ran_at_speeds_that_a_core_has(estimates) -> None:
    """Work over time: where it is more than start, between 5 and 100 GFLOP/s, the core's peak."""
    for (rule, method), (seconds, _, _) in MEASURED.items():
        own = [one for one in estimates if (one.rule, one.method) == (rule, method)]
        speed = sum(one.operations for one in own) / seconds / 1e9
        if seconds > 30:
            assert 15 < speed < 100, (rule, method)
    total = sum(one.operations for one in estimates)
    assert 30 < total / sum(seconds for seconds, _, _ in MEASURED.values()) / 1e9 < 60


def test_half_the_queries_known_are_half_the_work_of_studying_them(
    default_study, shapes, loads
) -> None:
    both = [
        stage_estimates(
            default_study.settings, {"tiny-gpt2-seed0": shapes["trained gpt2"]}, loads, k
        )
        for k in (1.0, 0.5)
    ]
    whole, half = ({(one.rule, one.method): one for one in found} for found in both)
    for key in (("attribute_neurons", "sig"), ("map_queries", ""), ("manipulate_synapses", "")):
        assert half[key].operations == pytest.approx(whole[key].operations / 2), key
    asked = ("answer_queries", "")
    assert half[asked] == whole[asked]


def test_what_is_left_out_of_a_study_costs_nothing(default_study, shapes, loads) -> None:
    settings = default_study.settings
    settings["synapses"]["presets"] = []
    settings["editing"]["methods"] = []
    found = stage_estimates(settings, {"tiny-gpt2-seed0": shapes["trained gpt2"]}, loads)
    assert not {one.rule for one in found} & {"manipulate_synapses", "measure_costs", "edit_facts"}


def test_every_query_is_studied_where_it_need_not_be_known(default_study, shapes, loads) -> None:
    settings = default_study.settings
    settings["answers"]["known_only"] = False
    found = stage_estimates(settings, {"tiny-gpt2-seed0": shapes["trained gpt2"]}, loads, 0.3)
    assert {one.n_queries for one in found if one.rule == "map_queries"} == {1320}


def test_answering_is_a_run_of_each_prompt(default_study, shapes) -> None:
    shape = shapes["trained llama"]
    found = stage_estimates(
        default_study.settings, {"tiny-llama-seed0": shape}, [RelationLoad("P1", 3, 10, 6.0)]
    )
    [answering] = [one for one in found if one.rule == "answer_queries"]
    assert answering.operations == pytest.approx(10 * run_operations(shape, 1.15 * 6.0))


def test_kept_neurons_are_never_more_than_all(default_study, shapes, loads) -> None:
    small = replace(shapes["trained gpt2"], n_layers=1, n_neurons=10)
    rows = amounts.Amounts(default_study.settings, small, loads, 1.0, (0.0, 0.0)).kept_rows("ig")
    assert rows == 10


def test_numbers_that_are_the_packages_own_are_those_of_the_package() -> None:
    assert memory.POINTS_PER_RUN == sweep.POINTS_PER_RUN
    assert memory.TOKENS_PER_RUN == padding.TOKENS_PER_RUN
    assert memory.ROWS_PER_RUN == predictions.ROWS_PER_RUN
    assert memory.LOGITS_PER_RUN == predictions.LOGITS_PER_RUN
    assert attribution_costs.SENTENCES_PER_STEP == tiny_training.FACT_ROWS
    tokens = tiny_training.TEXT_ROWS * tiny_training.TEXT_LENGTH
    assert tokens == attribution_costs.TEXT_TOKENS_PER_STEP
    assert attribution_costs.N_MEASUREMENTS == tiny_training.N_MEASUREMENTS
    fewest = tiny_lessons.FEWEST_TEMPLATES_TO_HOLD_ONE_OUT
    assert fewest == attribution_costs.FEWEST_TEMPLATES_TO_HOLD_ONE_OUT
    assert edited_rows.EDITED_TOKENS_PER_RUN <= memory.TOKENS_PER_RUN
    rules = (ROOT / "workflow/rules/attribution.smk").read_text()
    assert set(re.findall(r"batch_size=(\d+)", rules)) == {str(memory.SWEEP_BATCH)}
    rules = (ROOT / "workflow/rules/synapses.smk").read_text()
    assert set(re.findall(r"batch_size=(\d+)", rules)) == {str(intervention_costs.SYNAPSE_BATCH)}


def test_neuron_sets_are_as_many_as_are_mapped() -> None:
    own = FactSets("ig", "q", np.array([1, 2]), [np.array([2, 3]), np.array([2, 4])])
    found = list(mapping_sets(own, np.ones((2, 5)), 3, 0))
    assert len(found) == intervention_costs.FIXED_SETS + 3 * intervention_costs.DRAWN_SETS
