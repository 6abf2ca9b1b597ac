"""Which queries of a relation are asked, and what every step of choosing them dropped.

A step keeps some of the queries. A fact or a pattern is left as long as one of its queries
is, and a relation as long as one of its facts is. The steps come in an order in which the
numbers of ParaRel can be read off (all relations together):

====================== ======================================================================
read                   39 relations, 329 patterns, 27,610 facts
answer_before_subject  262 patterns whose subject comes first
answer_not_final       214 patterns that also end in the answer (`final_object` only)
repeated_prompt        a pattern whose prompt an earlier one already gives (4 under `truncate`)
too_few_patterns       35 relations with 24,943 facts (under `truncate`: 38 with 26,946)
duplicate_fact         a repetition of an earlier subject and object (17 of the 27,610)
ambiguous_subject      if excluded: the subject has several objects (675 subjects)
answer_in_subject      if excluded: the object occurs in the subject (3,649 facts)
not_sampled            not drawn, where a sample is asked for
====================== ======================================================================

The two flags are counted over the facts as read, repetitions included, and are
carried by the table of facts whether or not such facts are excluded.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from qloc.datasets.queries import is_answer_after_subject, is_answer_final, opening

Step = tuple[str, pd.DataFrame]
Mask = Callable[[pd.DataFrame], np.ndarray]


def flagged(queries: pd.DataFrame) -> pd.DataFrame:
    """The queries as read, with what is remarkable about their facts.

    A subject is ambiguous if it has several different objects in this relation; an answer is
    in the subject if the object's text occurs in the subject's, ignoring case.
    """
    facts = queries.drop_duplicates("number")
    n_objects = facts.groupby("subject")["object"].nunique()
    pairs = zip(facts["number"], facts["subject"], facts["object"], strict=True)
    return queries.assign(
        is_ambiguous_subject=queries["subject"].isin(n_objects.index[n_objects > 1]),
        is_answer_in_subject=queries["number"].isin(
            [number for number, subject, answer in pairs if answer.casefold() in subject.casefold()]
        ),
        is_duplicate_fact=queries["number"].isin(
            facts["number"][facts.duplicated(["subject", "object"])]
        ),
    )


def filter_steps(
    queries: pd.DataFrame,
    patterns: str,
    min_templates: int,
    exclude: Sequence[str],
    facts_per_relation: int | None,
    rng: np.random.Generator,
) -> list[Step]:
    """What is left of one relation's flagged queries after every step, from `read` on.

    Args:
        queries: Of one relation, as `flagged` gives them.
        patterns: `final_object` or `truncate`.
        min_templates: The relation is dropped if fewer patterns are usable.
        exclude: Flags, among `ambiguous_subject` and `answer_in_subject`.
        facts_per_relation: Size of the sample, `None` for all facts. A smaller sample is
            part of a larger one, and excluding facts changes nothing about the others' order.
        rng: Draws the sample.
    """
    steps = [("read", queries)]

    def keep(reason: str, is_kept: Mask) -> None:
        left = steps[-1][1]
        steps.append((reason, left[is_kept(left)]))

    keep("answer_before_subject", lambda left: _claim(is_answer_after_subject, left["pattern"]))
    if patterns == "final_object":
        keep("answer_not_final", lambda left: _claim(is_answer_final, left["pattern"]))
    keep("repeated_prompt", _is_new_prompt)
    keep("too_few_patterns", lambda left: _has_patterns(left, min_templates))
    for flag in ("duplicate_fact", *sorted(exclude)):
        keep(flag, _is_without(flag))
    if facts_per_relation is not None:
        draw = _draw_order(queries["number"], rng)
        keep("not_sampled", lambda left: _is_drawn(left["number"], draw, facts_per_relation))
    return steps


def count_steps(steps: Sequence[Step]) -> pd.DataFrame:
    """How many patterns, facts and queries every step left and dropped, one row for each step."""
    counts = pd.DataFrame(
        {
            "reason": [reason for reason, _ in steps],
            "n_patterns": [left["template"].nunique() for _, left in steps],
            "n_facts": [left["number"].nunique() for _, left in steps],
            "n_queries": [len(left) for _, left in steps],
            "n_ambiguous_subjects": [
                left.loc[left["is_ambiguous_subject"], "subject"].nunique() for _, left in steps
            ],
            "n_answers_in_subject": [
                left.loc[left["is_answer_in_subject"], "number"].nunique() for _, left in steps
            ],
        }
    )
    return counts.assign(
        step=range(len(counts)), **dropped(counts, ["patterns", "facts", "queries"])
    )


def dropped(counts: pd.DataFrame, things: Sequence[str]) -> dict[str, pd.Series]:
    """What each step dropped of ``n_{thing}``: what the step before left and it does not."""
    return {
        f"n_{thing}_dropped": -counts[f"n_{thing}"].diff().fillna(0).astype(int) for thing in things
    }


def _claim(claim: Callable[[str], bool], patterns: pd.Series) -> np.ndarray:
    """Whether the claim holds, asked once for each different pattern."""
    return patterns.isin([text for text in patterns.unique() if claim(text)]).to_numpy()


def _is_new_prompt(left: pd.DataFrame) -> np.ndarray:
    """Whether no earlier template asks the same fact with the same prompt."""
    openings = {text: opening(text) for text in left["pattern"].unique()}
    asked = left.assign(opening=left["pattern"].map(openings))
    return ~asked.duplicated(["number", "opening"]).to_numpy()


def _has_patterns(left: pd.DataFrame, min_templates: int) -> np.ndarray:
    return np.full(len(left), left["template"].nunique() >= min_templates)


def _is_without(flag: str) -> Mask:
    return lambda left: ~left[f"is_{flag}"].to_numpy()


def _draw_order(numbers: pd.Series, rng: np.random.Generator) -> pd.Series:
    """The place of every fact in the order of drawing, by its number."""
    facts = numbers.unique()
    return pd.Series(rng.permutation(len(facts)), index=facts)


def _is_drawn(numbers: pd.Series, draw: pd.Series, n_facts: int) -> np.ndarray:
    first = draw[numbers.unique()].nsmallest(n_facts)
    return numbers.isin(first.index).to_numpy()
