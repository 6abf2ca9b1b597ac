"""Pairs by the template's final word: which pairs, of which facts."""

import numpy as np

from qloc.measures.final_words import final_word_pairs
from qloc.measures.ladder import ladder_pairs


def split(make_queries, words):
    """Both kinds of pairs, as pairs of templates, by fact; `words` are of each fact's templates."""
    rows = [
        ("P1", fact, template, "object", word)
        for fact, of_fact in enumerate(words)
        for template, word in enumerate(of_fact)
    ]
    queries = make_queries(rows)
    found = final_word_pairs(queries, ladder_pairs(queries, "same_fact", seed=0))
    return {
        name: sorted(
            (int(queries.facts[a]), *sorted((int(queries.templates[a]), int(queries.templates[b]))))
            for a, b in pairs
        )
        for name, pairs in found.items()
    }


def test_pairs_are_split_by_the_word(make_queries):
    found = split(make_queries, [["in", "of", "in"]])
    assert found == {
        "same_final_word": [(0, 0, 2)],
        "other_final_word": [(0, 0, 1), (0, 1, 2)],
    }


def test_facts_with_one_kind_of_pair_are_left_out(make_queries):
    found = split(make_queries, [["in", "in"], ["in", "of"], ["in", "of", "of"]])
    assert {fact for pairs in found.values() for fact, *_ in pairs} == {2}


def test_without_pairs_there_is_nothing_to_split(make_queries):
    queries = make_queries([("P1", 0, 0, "object")])
    pairs = np.empty((0, 2), dtype=np.int64)
    assert [len(part) for part in final_word_pairs(queries, pairs).values()] == [0, 0]
