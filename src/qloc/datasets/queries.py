"""From a pattern to the prompt that a causal language model completes.

The prompt is the pattern up to ``[Y]``, with ``[X]`` filled in verbatim, white space collapsed
and the end stripped. Two patterns can give the same prompt only if they differ after ``[Y]``.
"""

import re

import pandas as pd

from qloc.datasets.relation import Relation

_ENDS_IN_ANSWER = re.compile(r"\[Y\]\s*\.?\s*$")
COLUMNS = ["number", "subject", "object", "template", "pattern"]


def is_answer_after_subject(pattern: str) -> bool:
    """Whether the subject is known before the answer is due, so that a prompt can ask for it."""
    return "[X]" in pattern.partition("[Y]")[0]


def is_answer_final(pattern: str) -> bool:
    """Whether nothing but a full stop follows the answer."""
    return _ENDS_IN_ANSWER.search(pattern) is not None


def opening(pattern: str) -> str:
    """What a pattern says before its answer, the subject still as ``[X]``."""
    return " ".join(pattern.partition("[Y]")[0].split())


def prompt(pattern: str, subject: str) -> str:
    """The text that the model reads and that ``" " + object`` continues."""
    return " ".join(opening(pattern).replace("[X]", subject).split())


def final_word(pattern: str) -> str:
    """The last word before the answer, with its punctuation; ``[X]`` where that is the subject."""
    return opening(pattern).split()[-1]


def all_queries(relation: Relation) -> pd.DataFrame:
    """One row for each fact and each pattern it is asked through, before any filter."""
    texts = {pattern.template: pattern.text for pattern in relation.patterns}
    rows = [
        (fact.number, fact.subject, fact.object, template, texts[template])
        for fact in relation.facts
        for template in fact.templates
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def query_rows(relation: str, queries: pd.DataFrame) -> pd.DataFrame:
    """The table of queries, from the rows that filtering left."""
    facts = fact_ids(relation, queries)
    templates = pd.Series(
        [f"/{template:02d}" for template in queries["template"]], queries.index, dtype="str"
    )
    return pd.DataFrame(
        {
            "query_id": facts + templates,
            "fact_id": facts,
            "relation": relation,
            "template": queries["template"],
            "pattern": queries["pattern"],
            "prompt": list(map(prompt, queries["pattern"], queries["subject"])),
            "answer": queries["object"],
            "final_word": queries["pattern"].map(final_word),
        }
    )


def fact_rows(relation: str, queries: pd.DataFrame) -> pd.DataFrame:
    """The table of facts, from the flagged rows that filtering left."""
    facts = queries.drop_duplicates("number")
    return pd.DataFrame(
        {
            "fact_id": fact_ids(relation, facts),
            "relation": relation,
            "subject": facts["subject"],
            "object": facts["object"],
            "is_ambiguous_subject": facts["is_ambiguous_subject"],
            "is_answer_in_subject": facts["is_answer_in_subject"],
        }
    )


def fact_ids(relation: str, queries: pd.DataFrame) -> pd.Series:
    """``{relation}/{number of the fact in its file}``: no filter or sample renames a fact."""
    ids = [f"{relation}/{number:05d}" for number in queries["number"]]
    return pd.Series(ids, queries.index, dtype="str")
