"""Numbers that know which setting they are: told apart by repr, numbers everywhere else."""

import copy
import json
import pickle

from qloc.named_numbers import named

SETTINGS = {
    "seed": 3,
    "attribution": {"keep": 0.05, "ig": {"steps": 20, "quadrature": "adaptive"}},
    "answers": {"known_only": True, "candidates": None},
    "beta": [0.7, 0.3],
}


def test_repr_says_the_setting_and_all_else_the_number():
    found = named(SETTINGS)
    steps, keep = found["attribution"]["ig"]["steps"], found["attribution"]["keep"]
    assert (repr(steps), repr(keep)) == ("attribution/ig/steps=20", "attribution/keep=0.05")
    assert (str(steps), str(keep), f"{steps} {keep}") == ("20", "0.05", "20 0.05")
    assert (steps + 1, keep * 2) == (21, 0.1)
    assert str(named({"x": 1e-5})["x"]) == "1e-05"


def test_the_settings_are_the_same():
    found = named(SETTINGS)
    assert found == SETTINGS
    assert json.dumps(found) == json.dumps(SETTINGS)
    for value in (found["answers"]["known_only"], found["answers"]["candidates"], found["beta"]):
        assert type(value) in (bool, type(None), list)
    assert repr(found["beta"]) == "[0.7, 0.3]"


def test_equal_numbers_of_two_settings_are_told_apart():
    """A set of what Snakemake keeps changes with either of them."""
    before = {repr(number) for number in named({"a": 2, "b": 4, "c": 2}).values()}
    after = {repr(number) for number in named({"a": 4, "b": 4, "c": 2}).values()}
    assert before != after
    assert before - after == {"a=2"}


def test_copies_keep_the_name():
    for number in named({"seed": 3, "keep": 0.5}).values():
        for other in (copy.deepcopy(number), pickle.loads(pickle.dumps(number))):  # noqa: S301
            assert repr(other) == repr(number)
            assert other == number
