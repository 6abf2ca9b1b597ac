"""Which facts are drawn."""

from qloc.measures.fact_samples import drawn_facts, in_line

FACTS = [f"P7/{number:05d}" for number in range(20)]


def test_all_facts_are_taken_where_there_are_no_more():
    assert drawn_facts(FACTS[::-1], None, 3, "facts") == FACTS
    assert drawn_facts(FACTS, 99, 3, "facts") == FACTS
    assert drawn_facts([], 4, 3, "facts") == []


def test_a_smaller_sample_is_part_of_a_larger_one():
    drawn = [set(drawn_facts(FACTS, most, 3, "facts")) for most in (2, 5, 9)]
    assert [len(facts) for facts in drawn] == [2, 5, 9]
    assert drawn[0] < drawn[1] < drawn[2]


def test_the_sample_depends_on_seed_and_name_and_not_on_the_order_of_facts():
    drawn = drawn_facts(FACTS, 6, 3, "facts")
    assert drawn == sorted(drawn)
    assert drawn_facts(reversed(FACTS), 6, 3, "facts") == drawn
    assert drawn_facts(FACTS, 6, 4, "facts") != drawn
    assert drawn_facts(FACTS, 6, 3, "examples") != drawn


def test_a_fact_less_changes_nothing_about_the_others():
    drawn = drawn_facts(FACTS, 6, 3, "facts")
    left = [fact for fact in FACTS if fact not in drawn[:2]]
    assert set(drawn[2:]) <= set(drawn_facts(left, 6, 3, "facts"))


def test_a_line_has_every_fact_in_an_order_of_its_own():
    line = in_line(FACTS, 3, "a stage", "a line")
    assert sorted(line) == FACTS
    assert line != FACTS
    assert in_line(reversed(FACTS), 3, "a stage", "a line") == line
    assert in_line(FACTS[:9], 3, "a stage", "a line") == [f for f in line if f in FACTS[:9]]
    others = [in_line(FACTS, 4, "a stage", "a line"), in_line(FACTS, 3, "a stage", "another line")]
    assert line not in others
