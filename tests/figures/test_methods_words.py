"""The paragraph on method: written from the settings, every method cited once."""

import pytest
from tests.fronts import a_run

from qloc.figures.methods_words import METHOD_WORDS, citations, methods_paragraph

METHODS = ["ig", "sig", "amig"]


def paragraph(methods=METHODS, **changed):
    settings = a_run().settings | {
        name.replace("__", "."): value for name, value in changed.items()
    }
    return methods_paragraph(settings, ["gpt2"], methods), citations(settings, methods)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("answers__min_queries", "77", "facts with at least 77 queries that the model answers"),
        ("answers__known_only", "false", "facts with at least 2 queries (as by"),
        ("answers__tokens", "joint", "the joint probability of its tokens"),
        ("relations", '["P1", "P2", "P3"]', "from 3 relations were asked of gpt2"),
        ("attribution__ig__quadrature", "trapezoid", "by the rule “trapezoid” with 20 points and"),
        ("attribution__sig__tolerance", "0.077", "until scores settle to 0.077 of the best"),
        ("knowledge_neurons__selection_threshold", "0.77", "score exceeds 0.77 of its best"),
        ("consistency__static_threshold", "0.77", "static threshold, 0.77,"),
        ("consistency__chance_draws", "1", "from 1 mixed fact drawn"),
        ("consistency__simulations", "77", "against 77 simulations"),
        ("consistency__bootstrap_draws", "77", "with 77 draws"),
        ("synapses__alpha", "0.77", "with α = 0.77; presets paper, lift"),
        ("editing__beta", "[0.7, 0.77]", "(β = [0.7, 0.77])"),
        ("editing__presets", '["mine"]', "(presets mine)"),
        ("claims__widespread", "0.77", "“widespread” is a share above 0.77 of facts"),
        ("claims__adjusted_level", "0.77", "adjusted CS lies clearly below 0.77"),
        ("claims__every_threshold", "0.77", "“at every threshold” one above 0.77"),
        ("claims__margin", "0.77", "within ±0.77"),
        ("claims__min_facts", "77", "on fewer than 77 facts"),
    ],
)
def test_it_follows_the_settings(setting, value, said):
    assert said in paragraph(**{setting: value})[0]
    assert said not in paragraph()[0]


def test_what_was_left_out_is_not_said():
    text, _ = paragraph(synapses__presets="[]")
    assert "synapses" not in text
    assert "Value vectors" in text
    text, _ = paragraph(editing__methods="[]")
    assert "Value vectors" not in text


def test_each_method_is_described_and_cited():
    text, cited = paragraph(["sig"])
    assert METHOD_WORDS["sig"] in text
    assert METHOD_WORDS["ig"] not in text
    assert [line.partition(":")[0] for line in cited] == [
        "Chen et al.",
        "Elazar et al.",
        "Enguehard",
        "Otsu",
        "Hartigan, Hartigan",
    ]
    assert len(paragraph()[1]) == len(set(paragraph()[1])) == 7


def test_facts_of_ones_own_are_not_called_those_of_another():
    text, cited = paragraph(dataset__source="csv")
    assert text.startswith("Facts of our own from 8 relations")
    assert not any("Elazar" in line for line in [text, *cited])
