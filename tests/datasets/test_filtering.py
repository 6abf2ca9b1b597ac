"""Every step of filtering keeps what it should, and the steps add up."""

import numpy as np
import pandas as pd
import pytest

from qloc.datasets.filtering import count_steps, filter_steps, flagged
from qloc.datasets.queries import all_queries
from qloc.datasets.relation import Fact, Pattern, Relation
from qloc.randomness import generator

FACTS = [
    ("Lyon", "France"),  # 0
    ("Bonn", "Germany"),  # 1
    ("Lyon", "Europe"),  # 2: ambiguous with 0
    ("Bonn", "Germany"),  # 3: repeats 1
    ("New Oslo", "oslo"),  # 4: the answer in the subject
    ("Rome", "Italy"),  # 5
]
PATTERNS = [
    "[X] lies in [Y] .",
    "[Y] has [X]",
    "[X] is in [Y], they say",
    "[X], a town in [Y]",
    "[X]  is in [Y]",
]


@pytest.fixture
def steps(relation_of):
    def run(
        facts=FACTS, asked=PATTERNS, patterns="truncate", least=1, exclude=(), sample=None, seed=3
    ):
        queries = flagged(all_queries(relation_of(facts, asked)))
        rng = generator(seed, "filter_facts", "P7")
        return filter_steps(queries, patterns, least, exclude, sample, rng)

    return run


def left_by(steps):
    return dict(steps)


def test_flags_say_ambiguous_repeated_and_in_the_subject(relation_of):
    facts = flagged(all_queries(relation_of(FACTS, PATTERNS[:1]))).set_index("number")
    assert facts.index[facts["is_ambiguous_subject"]].tolist() == [0, 2]
    assert facts.index[facts["is_duplicate_fact"]].tolist() == [3]
    assert facts.index[facts["is_answer_in_subject"]].tolist() == [4]


def test_truncate_keeps_patterns_whose_subject_comes_first_once_for_each_prompt(steps):
    left = left_by(steps())
    assert set(left["answer_before_subject"]["template"]) == {0, 2, 3, 4}
    assert set(left["repeated_prompt"]["template"]) == {0, 2, 3}
    assert "answer_not_final" not in left


def test_final_object_keeps_patterns_that_end_in_the_answer(steps):
    left = left_by(steps(patterns="final_object"))
    assert set(left["answer_not_final"]["template"]) == {0, 3, 4}
    assert set(left["repeated_prompt"]["template"]) == {0, 3, 4}


@pytest.mark.parametrize(("least", "n_facts"), [(3, 5), (4, 0)])
def test_a_relation_with_too_few_patterns_is_dropped(steps, least, n_facts):
    assert steps(patterns="final_object", least=least)[-1][1]["number"].nunique() == n_facts


def test_a_repeated_fact_is_dropped_and_its_first_line_kept(steps):
    assert set(left_by(steps())["duplicate_fact"]["number"]) == {0, 1, 2, 4, 5}


@pytest.mark.parametrize(
    ("exclude", "numbers"),
    [
        (["ambiguous_subject"], {1, 4, 5}),
        (["answer_in_subject"], {0, 1, 2, 5}),
        (["answer_in_subject", "ambiguous_subject"], {1, 5}),
    ],
)
def test_flagged_facts_are_left_out_only_on_request(steps, exclude, numbers):
    assert set(steps(exclude=exclude)[-1][1]["number"]) == numbers
    assert set(steps()[-1][1]["number"]) == {0, 1, 2, 4, 5}


def test_a_relation_may_be_left_without_facts(steps):
    taken = steps(asked=["[Y] has [X]", "[Y]: [X]"], patterns="final_object", sample=4)
    counts = count_steps(taken).set_index("reason")
    assert counts.loc["answer_before_subject", "n_facts_dropped"] == len(FACTS)
    left = counts.loc["answer_before_subject":, ["n_facts", "n_patterns", "n_queries"]]
    assert left.shape == (6, 3)
    assert (left == 0).to_numpy().all()


def test_samples_are_nested_and_of_the_size_asked_for(steps):
    many = [(f"town {n}", f"land {n}") for n in range(60)]
    drawn = {n: set(steps(many, sample=n)[-1][1]["number"]) for n in (20, 30, 60, 90)}
    assert {n: len(numbers) for n, numbers in drawn.items()} == {20: 20, 30: 30, 60: 60, 90: 60}
    assert drawn[20] < drawn[30] < drawn[60]


def test_another_seed_draws_another_sample_and_the_same_seed_the_same(steps):
    many = [(f"town {n}", f"land {n}") for n in range(60)]
    first, again, other = (
        set(steps(many, sample=20, seed=seed)[-1][1]["number"]) for seed in (3, 3, 4)
    )
    assert first == again != other


def test_excluding_facts_only_replaces_those_in_the_sample(steps):
    many = [(f"town {n}", "town" if n % 3 == 0 else f"land {n}") for n in range(60)]
    drawn = set(steps(many, sample=20)[-1][1]["number"])
    without = set(steps(many, sample=20, exclude=["answer_in_subject"])[-1][1]["number"])
    assert {n for n in drawn if n % 3} <= without
    assert len(without) == 20


def test_every_fact_is_drawn_equally_often(steps):
    many = [(f"town {n}", f"land {n}") for n in range(10)]
    draws = [steps(many, PATTERNS[:1], sample=3, seed=s)[-1][1]["number"] for s in range(200)]
    times = pd.concat(draws).value_counts().reindex(range(10), fill_value=0)
    spread = np.sqrt(200 * 0.3 * 0.7)
    assert (abs(times - 60) < 4 * spread).all()


def test_counts_are_those_of_plain_sets_and_add_up(steps):
    taken = steps(patterns="final_object", exclude=["ambiguous_subject"], sample=2)
    counts = count_steps(taken)
    before = None
    for (reason, left), row in zip(taken, counts.itertuples(), strict=True):
        rows = set(zip(left["number"], left["template"], strict=True))
        found = len({t for _, t in rows}), len({n for n, _ in rows}), len(rows)
        assert (row.reason, row.n_patterns, row.n_facts, row.n_queries) == (reason, *found)
        lost = (0, 0, 0) if before is None else tuple(np.subtract(before, found))
        assert (row.n_patterns_dropped, row.n_facts_dropped, row.n_queries_dropped) == lost
        before = found
    assert counts["step"].tolist() == list(range(8))
    assert counts["n_ambiguous_subjects"].tolist() == [1, 1, 1, 1, 1, 1, 0, 0]


def test_a_prompt_repeated_by_a_template_of_other_facts_is_kept():
    patterns = (Pattern(0, "[X] in [Y]"), Pattern(1, "[X] in [Y] ."), Pattern(2, "[X]: [Y]"))
    facts = (Fact(1, "Lyon", "France", (0, 1, 2)), Fact(2, "Bonn", "Germany", (1,)))
    queries = flagged(all_queries(Relation("town", patterns, facts)))
    left = left_by(filter_steps(queries, "truncate", 2, [], None, generator(0)))["repeated_prompt"]
    kept = set(zip(left["number"], left["template"], strict=True))
    assert kept == {(1, 0), (1, 2), (2, 1)}
