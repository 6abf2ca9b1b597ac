"""Which facts can be edited and are, and what is drawn for each of them alone."""

import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.measures.edit_choice import (
    EditableFact,
    FactCounts,
    chosen_facts,
    editable_facts,
    possible_targets,
    sequence_facts,
)

COUNTS = FactCounts(calibration=0.25, evaluation=3, sequence=4, runs=2)
# Of every object the tokens that it begins with, in two templates.
OBJECTS = {"Rome": (1, 1), "Roma": (1, 5), "Oslo": (2, 2), "Lima": (3, 2), "Bern": (4, 4)}


@pytest.fixture
def asked():
    """Answers and facts of one relation: a fact of every object, and of one subject two."""
    names = [*OBJECTS, "Lima"]
    facts = pd.DataFrame(
        [
            (f"P1/{number:05d}", "P1", f"Land {min(number, 4)}", name, number >= 4, False)
            for number, name in enumerate(names)
        ],
        columns=["fact_id", "relation", "subject", "object", "is_ambiguous_subject", "is_in"],
    )
    answers = pd.DataFrame(
        [
            (f"P1/{number:05d}/{template:02d}", f"P1/{number:05d}", "P1", float(token))
            for number, name in enumerate(names)
            for template, token in enumerate(OBJECTS[name])
        ],
        columns=["query_id", "fact_id", "relation", "answer_token"],
    )
    return answers.assign(is_studied=True, is_known=True, is_first_token_shared=False), facts


def classes(facts, is_consistent=True):
    return facts[["fact_id"]].assign(is_consistent=is_consistent)


def test_what_can_be_written_begins_with_other_tokens_in_every_template(asked):
    targets = possible_targets(*asked)
    assert targets["P1/00000"] == ["Bern", "Lima", "Oslo"]
    assert targets["P1/00002"] == ["Bern", "Roma", "Rome"]
    assert targets["P1/00003"] == ["Bern", "Roma", "Rome"]


def test_no_object_of_the_subject_is_written(asked):
    targets = possible_targets(*asked)
    assert targets["P1/00004"] == ["Oslo", "Roma", "Rome"]
    assert targets["P1/00005"] == ["Roma", "Rome"]


def test_nothing_is_written_where_other_objects_of_the_subject_are_not_known(asked):
    answers, facts = asked
    facts.loc[0, "is_ambiguous_subject"] = True
    targets = possible_targets(answers, facts)
    assert targets["P1/00000"] == []
    assert targets["P1/00004"]


def test_an_object_of_another_relation_is_not_written(asked):
    answers, facts = asked
    more = [table.iloc[-1:].replace({"P1": "P2", "P1/00005": "P2/00000", "Lima": "Kyiv"})
            for table in asked]  # fmt: skip
    targets = possible_targets(pd.concat([answers, more[0]]), pd.concat([facts, more[1]]))
    assert targets["P2/00000"] == []
    assert not [own for own in targets.values() if "Kyiv" in own]


def test_an_object_that_can_be_asked_nowhere_is_not_written(asked):
    answers, facts = asked
    answers.loc[answers["fact_id"] == "P1/00000", "answer_token"] = None
    targets = possible_targets(answers, facts)
    assert "Rome" not in targets["P1/00002"]
    assert targets["P1/00000"] == []


def test_an_editable_fact_is_as_its_tables_say(asked):
    answers, facts = asked
    found = editable_facts(answers.iloc[::-1], facts.iloc[::-1], classes(facts, False))
    assert [fact.fact_id for fact in found] == facts["fact_id"].tolist()
    assert found[2] == EditableFact(
        fact_id="P1/00002",
        relation="P1",
        is_consistent=False,
        answer="Oslo",
        queries=["P1/00002/00", "P1/00002/01"],
        is_all_studied=True,
        targets=["Bern", "Roma", "Rome"],
    )


def test_facts_without_a_class_or_told_apart_by_no_token_or_without_a_target_are_not_edited(asked):
    answers, facts = asked
    answers.loc[3, "is_first_token_shared"] = True
    facts.loc[2, "is_ambiguous_subject"] = True
    found = editable_facts(answers, facts, classes(facts.drop(3)))
    assert [fact.fact_id for fact in found] == ["P1/00000", "P1/00004", "P1/00005"]


def test_a_token_that_an_unknown_query_shares_matters_not(asked):
    answers, facts = asked
    answers["is_first_token_shared"] = answers["is_first_token_shared"].astype(object)
    answers.loc[3, ["is_first_token_shared", "is_known"]] = [True, False]
    answers.loc[5, ["is_first_token_shared", "is_studied"]] = [None, False]
    found = {fact.fact_id: fact for fact in editable_facts(answers, facts, classes(facts))}
    assert found["P1/00001"].queries == ["P1/00001/00"]
    assert not found["P1/00001"].is_all_studied
    assert found["P1/00002"].is_all_studied


def test_a_fact_of_which_no_query_is_known_is_not_edited(asked):
    answers, facts = asked
    answers.loc[answers["fact_id"] == "P1/00000", "is_known"] = False
    found = editable_facts(answers, facts, classes(facts))
    assert [fact.fact_id for fact in found] == facts["fact_id"].tolist()[1:]


def test_without_classes_no_fact_is_edited(asked):
    answers, facts = asked
    assert editable_facts(answers, facts, classes(facts)[:0]) == []
    assert chosen_facts([], COUNTS, 0) == []


def test_answers_to_other_facts_are_refused(asked):
    answers, facts = asked
    with pytest.raises(StudyError, match="fact P1/00005, which is not among the facts"):
        editable_facts(answers, facts[:-1], classes(facts))


def editable(n_facts=24, n_queries=5, **changes):
    """Facts of which every third is consistent."""
    return [
        EditableFact(
            **{
                "fact_id": f"P1/{number:05d}",
                "relation": "P1",
                "is_consistent": number % 3 == 0,
                "answer": "Rome",
                "queries": [f"P1/{number:05d}/{template:02d}" for template in range(n_queries)],
                "is_all_studied": True,
                "targets": ["Bern", "Lima", "Oslo"],
                **changes,
            }
        )
        for number in range(n_facts)
    ]


def with_role(facts, role):
    return [fact for fact in facts if fact.role == role]


def test_so_many_facts_have_every_role():
    facts = chosen_facts(editable(), COUNTS, 5)
    assert len(with_role(facts, "calibration")) == 6
    evaluated = with_role(facts, "evaluation")
    assert [fact.is_consistent for fact in evaluated].count(True) == 3
    assert [fact.is_consistent for fact in evaluated].count(False) == 3
    names = [fact.fact_id for fact in facts]
    assert names == sorted(set(names))


def test_every_run_finds_its_facts_among_those_that_are_edited():
    everyone = editable()
    facts = chosen_facts(everyone, COUNTS, 5)
    calibrated = {fact.fact_id for fact in with_role(facts, "calibration")}
    rest = [fact.fact_id for fact in everyone if fact.fact_id not in calibrated]
    edited = [fact.fact_id for fact in facts if fact.fact_id not in calibrated]
    drawn = [sequence_facts(rest, 4, 5, run) for run in range(2)]
    assert drawn == [sequence_facts(edited, 4, 5, run) for run in range(2)]
    assert drawn[0] != drawn[1]
    evaluated = {fact.fact_id for fact in with_role(facts, "evaluation")}
    assert {fact.fact_id for fact in with_role(facts, "sequence")} == {
        name for run in drawn for name in run
    } - evaluated


def test_a_sequence_has_an_order_of_its_own_and_no_more_facts_than_there_are():
    names = [f"P1/{number:05d}" for number in range(9)]
    found = sequence_facts(names, 99, 5, 0)
    assert sorted(found) == names
    assert found != names
    assert sequence_facts(names, 4, 5, 0) == found[:4]
    assert sequence_facts(names[::-1], 99, 5, 0) == found
    assert sequence_facts(names, 99, 6, 0) != found


def test_all_facts_are_evaluated_where_no_number_is_given():
    facts = chosen_facts(editable(), FactCounts(0.25, None, 4, 2), 5)
    assert len(with_role(facts, "calibration")) == 6
    assert len(with_role(facts, "evaluation")) == 18


def test_more_evaluated_facts_are_calibrated_on_the_same_ones():
    few, many = (chosen_facts(editable(), FactCounts(0.25, n, 4, 2), 5) for n in (1, 4))
    assert with_role(few, "calibration") == with_role(many, "calibration")
    evaluated = [{fact.fact_id for fact in with_role(facts, "evaluation")} for facts in (few, many)]
    assert evaluated[0] < evaluated[1]


@pytest.mark.parametrize(("n_queries", "n_used"), [(4, 1), (5, 2), (6, 2), (7, 3)])
def test_half_of_the_other_queries_choose_and_the_rest_are_held_out(n_queries, n_used):
    for fact in chosen_facts(editable(n_queries=n_queries), COUNTS, 5):
        assert len(fact.having("edited")) == 1
        assert len(fact.having("used")) == n_used
        assert len(fact.having("held_out")) == n_queries - 1 - n_used
        assert sorted(fact.query_roles) == fact.queries


@pytest.mark.parametrize("n_queries", [1, 2, 3])
def test_of_few_queries_none_is_held_out(n_queries):
    for fact in chosen_facts(editable(n_queries=n_queries), COUNTS, 5):
        assert len(fact.having("neighbor")) == n_queries - 1
        assert fact.query_roles[fact.query_id] == "edited"


def test_what_is_drawn_for_a_fact_depends_on_its_name_and_the_seed_alone():
    everyone = FactCounts(0.25, None, 4, 2)

    def drawn(facts, seed):
        return {
            fact.fact_id: (fact.query_id, fact.target, fact.query_roles)
            for fact in chosen_facts(facts, everyone, seed)
        }

    of_all = drawn(editable(), 5)
    assert drawn(editable()[:7], 5).items() <= of_all.items()
    assert drawn(editable(), 6) != of_all
    for number in range(2):
        assert len({draws[number] for draws in of_all.values()}) > 1
    assert {query_id[-2:] for query_id, *_ in of_all.values()} == {"00", "01", "02", "03", "04"}
    assert {target for _, target, _ in of_all.values()} == {"Bern", "Lima", "Oslo"}
