"""What a run was: its facts, the settings of its own, versions, machine and time."""

import copy
import dataclasses
import math

import pytest
from tests.fronts import CHECKPOINT, ORGANISM, SHIPPED, a_run, costs, recorded


def changed(**settings):
    config = copy.deepcopy(SHIPPED)
    for path, value in settings.items():
        *groups, key = path.split("__")
        place = config
        for group in groups:
            place = place[group]
        place[key] = value
    return config


def own_settings(**settings):
    return a_run(config=changed(**settings)).own_settings


def test_a_study_as_shipped_has_no_settings_of_its_own():
    assert own_settings() == []


def test_every_setting_that_differs_is_told_with_both_values():
    found = own_settings(seed=7, consistency__static_threshold=0.25, methods=["ig"])
    assert found == [
        ("consistency.static_threshold", "0.25", "0.1"),
        ("methods", '["ig"]', '["ig", "sig", "amig"]'),
        ("seed", "7", "0"),
    ]


def test_a_model_of_its_own_is_not_there_as_shipped_and_one_not_studied_is_not_told():
    config = changed(models=["mine"])
    config["model"]["mine"] = {"source": "folder", "folder": "/home/me/mine"}
    found = a_run(config=config).own_settings
    assert found == [
        ("model.mine.folder", "…/mine", "not there"),
        ("model.mine.source", "folder", "not there"),
        ("models", '["mine"]', '["tiny-gpt2", "tiny-llama"]'),
    ]


def test_a_setting_that_is_not_given_any_more_is_told():
    config = changed()
    del config["seed"]
    assert a_run(config=config).own_settings == [("seed", "not there", "0")]


def test_of_a_long_value_the_beginning_is_shown():
    ((_, here, _),) = own_settings(relations=[f"P{number}" for number in range(500)])
    assert len(here) == 302
    assert here.endswith(" …")


def test_facts_are_those_of_the_last_step_of_those_of_the_first():
    assert a_run([ORGANISM, CHECKPOINT]).facts == [
        f"{name}: 240 facts in 1,267 queries of 2 relations studied, of 267 facts in 1,602 queries"
        " read"
        for name in ("tiny-gpt2", "gpt2")
    ]


def test_software_and_hardware_are_those_recorded():
    run = a_run()
    assert run.software.startswith("qloc 0.1.0, Python 3.11.7, torch 1.2.3, transformers 1.2.3")
    assert run.hardware == "A Processor (x86_64, 2 cores), Linux 6, GPU: none found"
    assert run.settings["synapses.alpha"] == "0.3"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (119, "119 seconds"),
        (1500, "25 minutes"),
        (7200, "2 hours"),
        (864_000, "10 days"),
    ],
)
def test_time_is_said_in_the_largest_unit_of_which_there_are_two(seconds, said):
    run = dataclasses.replace(a_run(), costs=costs(seconds))
    assert run.time == (f"The jobs that open a model took {said} in all; the largest held 0.8 GB")


def test_memory_that_nobody_saw_is_not_told():
    run = dataclasses.replace(a_run(), costs=costs(memory=math.nan))
    assert run.time.endswith("took 25 minutes in all")


def test_the_record_alone_says_which_settings_there_were():
    run = dataclasses.replace(a_run(), provenance=recorded(changed(seed=3)))
    assert [key for key, *_ in run.own_settings] == ["seed"]
