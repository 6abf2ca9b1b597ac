"""Do shared neurons follow the template's final word? Pairs of one fact's queries, by that word.

The paper does not ask this. Only facts that have both kinds of pairs are compared, so that the
difference lies within facts and not between relations with few and with many final words.
"""

import numpy as np
from jaxtyping import Int

from qloc.measures.studied_queries import StudiedQueries


def final_word_pairs(
    queries: StudiedQueries, pairs: Int[np.ndarray, "pair 2"]
) -> dict[str, Int[np.ndarray, "some_pairs 2"]]:
    """Split pairs of a fact's queries by whether their templates end in the same word.

    Args:
        queries: The studied queries.
        pairs: Of two queries of one fact each.

    Returns:
        Pairs with the ``same_final_word`` and the ``other_final_word``, of facts with both kinds.
    """
    is_same = queries.final_words[pairs[:, 0]] == queries.final_words[pairs[:, 1]]
    facts = queries.facts[pairs[:, 0]]
    n_same = np.bincount(facts[is_same], minlength=queries.n_facts)
    n_other = np.bincount(facts[~is_same], minlength=queries.n_facts)
    has_both = ((n_same > 0) & (n_other > 0))[facts]
    return {
        "same_final_word": pairs[is_same & has_both],
        "other_final_word": pairs[~is_same & has_both],
    }
