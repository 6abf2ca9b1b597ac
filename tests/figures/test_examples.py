"""The facts that figures show are typical of their class."""

from pathlib import Path

import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.figures import examples


def tables(rows):
    """Scores and classes of facts (id, CS, k, consistent under Otsu)."""
    facts = pd.DataFrame(
        rows, columns=["fact_id", "consistency_score", "n_queries", "is_consistent"]
    )
    classes = facts.drop(columns="n_queries").assign(criterion="otsu", threshold=0.5)
    static = classes.assign(criterion="static", is_consistent=True)
    return facts.assign(n_neurons_any=9), pd.concat([classes, static])


def test_the_fact_nearest_the_median_of_its_class_is_shown():
    rows = [("a", 0.9, 3, True), ("b", 0.7, 3, True), ("c", 0.6, 3, True), ("d", 0.1, 3, False)]
    assert examples.example_facts(*tables(rows)) == {"consistent": "b", "inconsistent": "d"}


def test_facts_with_several_queries_are_preferred():
    rows = [("a", 0.9, 4, True), ("b", 0.7, 2, True), ("c", 0.6, 2, True)]
    assert examples.example_facts(*tables(rows)) == {"consistent": "a"}


def test_of_equally_typical_facts_the_first_is_shown():
    rows = [("b", 0.6, 3, True), ("a", 0.8, 3, True)]
    assert examples.example_facts(*tables(rows))["consistent"] == "a"


def test_without_otsus_threshold_the_static_classes_count():
    scores, classes = tables([("a", 0.9, 3, True), ("d", 0.1, 3, False)])
    classes = classes[classes["criterion"] == "static"]
    assert examples.example_facts(scores, classes) == {"consistent": "a"}


def test_the_file_of_a_facts_relation_is_found_by_name_or_folder():
    paths = [Path("queries/P3.parquet"), Path("attributions/m/P36/ig.parquet")]
    assert examples.of_relation(paths, "P36/00001") == paths[1]
    assert examples.of_relation(paths, "P3/00001") == paths[0]
    with pytest.raises(StudyError, match="relation P9"):
        examples.of_relation(paths, "P9/00001")


@pytest.mark.parametrize(
    ("pattern", "prompt", "title"),
    [
        ("[X] is in [Y] .", "Lyon is in", "Lyon → France"),
        ("The home of [X] is [Y]", "The home of Lyon is", "Lyon → France"),
        ("[Y] has [X]", "", " → France"),
    ],
)
def test_a_title_names_subject_and_object(pattern, prompt, title):
    query = pd.Series({"pattern": pattern, "prompt": prompt, "answer": "France"})
    assert examples.title(query) == title
