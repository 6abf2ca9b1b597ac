"""The funnel: what is left from the files to a consistency score, over all relations.

It takes up where `qloc.datasets.filtering` ends, with what a model made of the queries:

=========================== =================================================================
token_boundary              the tokens of prompt and answer do not begin with the prompt's
too_long                    the query does not fit into the model's context
unknown                     if only known queries are studied: the answer is not the best one
too_few_queries             the fact has fewer queries left than are needed
undefined_consistency_score the fact's queries have no knowledge neuron at all
=========================== =================================================================
"""

import pandas as pd

from qloc.datasets.filtering import dropped
from qloc.errors import StudyError

COUNTS = ["n_patterns", "n_facts", "n_queries", "n_ambiguous_subjects", "n_answers_in_subject"]


def count_funnel(
    filter_steps: pd.DataFrame, answers: pd.DataFrame, scores: pd.DataFrame, known_only: bool
) -> pd.DataFrame:
    """What every step left and dropped, for each relation and for `all` of them.

    Args:
        filter_steps: Tables of that name, of all relations.
        answers: How the model answered every query of these relations.
        scores: Consistency scores of the facts studied.
        known_only: Whether only queries that the model answers are studied.

    Raises:
        StudyError: The tables are not of the same queries.
    """
    chosen = filter_steps[["relation", "step", "reason", *COUNTS]]
    asked = _asked_counts(answers, scores, known_only, sorted(chosen["relation"].unique()))
    asked["step"] += chosen["step"].max() + 1
    _check_same_queries(chosen, answers)
    by_relation = pd.concat([chosen, asked], ignore_index=True)
    by_relation["n_relations"] = (by_relation["n_facts"] > 0).astype(int)
    things = ["n_relations", *COUNTS]
    overall = by_relation.groupby(["step", "reason"], as_index=False)[things].sum(min_count=1)
    funnel = pd.concat([by_relation, overall.assign(relation="all")], ignore_index=True)
    return pd.concat([_with_dropped(part) for _, part in funnel.groupby("relation")])


def refuse_nothing_left(funnel: pd.DataFrame) -> None:
    """Refuse a study in which no fact of any relation is left at the end.

    Raises:
        StudyError: None is; names the step that dropped the last facts.
    """
    overall = funnel[funnel["relation"] == "all"].sort_values("step")
    if overall["n_facts"].iloc[-1] > 0:
        return
    last = overall[overall["n_facts_dropped"] > 0].tail(1)
    dropped_last = (
        f"the last {last['n_facts_dropped'].item()} were dropped at the step"
        f" `{last['reason'].item()}`"
        if len(last)
        else "none was read"
    )
    relations = ", ".join(sorted(set(funnel["relation"]) - {"all"}))
    raise StudyError(
        f"No fact of any relation ({relations}) has a consistency score: {dropped_last}."
        " Ask other `relations`, loosen `dataset` or `answers`, or study a model that knows more."
    )


def _asked_counts(
    answers: pd.DataFrame, scores: pd.DataFrame, known_only: bool, relations: list[str]
) -> pd.DataFrame:
    """What the steps of one model left, in every relation, steps numbered from 0."""
    defined = scores.loc[scores["consistency_score"].notna(), "fact_id"]
    rules = {
        "token_boundary": answers["problem"] != "token_boundary",
        "too_long": answers["problem"] != "too_long",
        "unknown": answers["is_known"],
        "too_few_queries": answers["is_studied"],
        "undefined_consistency_score": answers["fact_id"].isin(defined),
    }
    if not known_only:
        del rules["unknown"]
    left, parts = answers, []
    for step, (reason, rule) in enumerate(rules.items()):
        left = left[rule[left.index]]
        groups = left.groupby("relation")
        counts = pd.DataFrame(
            {
                "n_patterns": groups["template"].nunique(),
                "n_facts": groups["fact_id"].nunique(),
                "n_queries": groups.size(),
            }
        )
        counts = counts.reindex(relations, fill_value=0).rename_axis("relation").reset_index()
        parts.append(counts.assign(step=step, reason=reason))
    return pd.concat(parts, ignore_index=True)


def _check_same_queries(chosen: pd.DataFrame, answers: pd.DataFrame) -> None:
    last = chosen[chosen["step"] == chosen["step"].max()].set_index("relation")["n_queries"]
    n_answers = answers.groupby("relation").size().reindex(last.index, fill_value=0)
    for relation in last.index[last != n_answers]:
        raise StudyError(
            f"Filtering left {last[relation]} queries of {relation}, but {n_answers[relation]}"
            " were asked: the tables are of different runs. Run `snakemake` to renew them."
        )


def _with_dropped(counts: pd.DataFrame) -> pd.DataFrame:
    """The funnel of one relation with what each step dropped."""
    ordered = counts.sort_values("step", ignore_index=True)
    return ordered.assign(**dropped(ordered, ["relations", "patterns", "facts", "queries"]))
