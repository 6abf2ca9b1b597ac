"""On the real ParaRel, the counts of the paper and of a recount by hand come out."""

from functools import cache

import pandas as pd
import pytest

from qloc.datasets.filtering import count_steps, filter_steps, flagged
from qloc.datasets.pararel import locate, read_relation
from qloc.datasets.queries import all_queries
from qloc.errors import StudyError
from qloc.randomness import generator


@pytest.fixture(scope="module")
def queries(data_folder):
    folder = data_folder / "pararel"
    names = sorted(path.stem for path in (folder / "patterns").glob("*.jsonl"))
    relations = (read_relation(name, *locate(folder, name)) for name in names)
    return {relation.name: flagged(all_queries(relation)) for relation in relations}


@pytest.fixture(scope="module")
def counts(queries):
    @cache
    def count(patterns, exclude=()):
        parts = [
            count_steps(filter_steps(found, patterns, 2, exclude, None, generator(0)))
            for found in queries.values()
        ]
        steps = pd.concat(parts)
        steps["n_relations"] = (steps["n_facts"] > 0).astype(int)
        return steps.groupby("reason").sum()

    return count


def test_all_relations_with_patterns_hold_27610_facts(counts):
    read = counts("final_object").loc["read"]
    assert (read.n_relations, read.n_patterns, read.n_facts) == (39, 329, 27_610)
    assert read.n_queries == 224_674


def test_relations_with_two_patterns_of_any_kind_hold_26946_facts(queries, counts):
    sizes = pd.DataFrame(
        [(found["template"].nunique(), found["number"].nunique()) for found in queries.values()],
        columns=["n_patterns", "n_facts"],
    )
    two = sizes[sizes["n_patterns"] >= 2]
    assert (len(two), two["n_patterns"].sum(), two["n_facts"].sum()) == (38, 328, 26_946)
    three = sizes[sizes["n_patterns"] >= 3]
    assert (len(three), three["n_facts"].sum()) == (36, 25_436)
    kept = counts("truncate").loc["too_few_patterns"]
    assert (kept.n_relations, kept.n_facts) == (38, 26_946)


def test_214_patterns_are_final_and_two_of_them_leave_24943_facts(counts):
    steps = counts("final_object")
    assert steps.loc["answer_not_final", "n_patterns"] == 214
    kept = steps.loc["too_few_patterns"]
    assert (kept.n_relations, kept.n_facts) == (35, 24_943)


def test_no_final_pattern_repeats_a_prompt_and_four_truncated_ones_do(counts):
    assert counts("final_object").loc["repeated_prompt", "n_patterns_dropped"] == 0
    assert counts("truncate").loc["repeated_prompt", "n_patterns_dropped"] == 4


def test_17_facts_are_repeated_675_subjects_ambiguous_and_3649_answers_in_the_subject(counts):
    steps = counts("truncate")
    assert steps.loc["duplicate_fact", "n_facts_dropped"] == 17
    read = steps.loc["read"]
    assert (read.n_ambiguous_subjects, read.n_answers_in_subject) == (675, 3_649)


def test_excluded_facts_are_gone(counts):
    last = counts("final_object", ("answer_in_subject", "ambiguous_subject"))
    assert (
        last.loc["answer_in_subject", ["n_ambiguous_subjects", "n_answers_in_subject"]].sum() == 0
    )


@pytest.mark.parametrize("relation", ["P31", "P527"])
def test_relations_without_patterns_are_refused(data_folder, relation):
    with pytest.raises(StudyError, match=rf"{relation}.jsonl is missing.*P1001, P101"):
        locate(data_folder / "pararel", relation)
