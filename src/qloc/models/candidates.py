"""Which tokens compete with an answer, if only objects of its relation may be the answer."""

from collections.abc import Sequence

from qloc.models.prompting import EncodedQuery


def other_first_tokens(
    answers: Sequence[str], encoded: Sequence[EncodedQuery]
) -> list[tuple[int, ...]]:
    """For every query of a relation, the first tokens of the relation's other objects.

    An object's first tokens are those it has as the answer of its own queries, so none is
    tokenized out of context.

    Args:
        answers: The object of every query.
        encoded: The queries as tokens.
    """
    tokens: dict[str, set[int]] = {}
    for text, query in zip(answers, encoded, strict=True):
        tokens.setdefault(text, set()).update(query.answer_tokens[:1])
    others = {
        text: tuple(sorted({t for other in tokens if other != text for t in tokens[other]}))
        for text in tokens
    }
    return [others[text] for text in answers]


def is_shared(
    encoded: Sequence[EncodedQuery], others: Sequence[Sequence[int]]
) -> list[bool | None]:
    """Whether another object begins with the same token; None without an answer token."""
    return [
        query.answer_token in tokens if query.answer_tokens else None
        for query, tokens in zip(encoded, others, strict=True)
    ]
