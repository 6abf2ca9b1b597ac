"""Words of a prompt, and what stands in their place in a baseline.

A word is one token of the prompt that is not special; one unknown to the tokenizer is a word.
"""

from collections.abc import Sequence

from qloc.errors import StudyError
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery

SPECIAL = ("bos", "eos", "sep", "pad", "cls", "mask")


def word_positions(model: LanguageModel, query: EncodedQuery) -> list[int]:
    """At which tokens of its prompt a query's words stand.

    Raises:
        StudyError: The prompt has special tokens only.
    """
    special = {special_token(model, name) for name in SPECIAL}
    found = [place for place, token in enumerate(query.prompt_tokens) if token not in special]
    if not found:
        raise StudyError(
            f"A prompt of {len(query.prompt_tokens)} tokens has only special ones: there is no"
            " word to replace. Attribute it with ig, or leave it out."
        )
    return found


def replaced(query: EncodedQuery, positions: Sequence[int], token: int) -> list[int]:
    """The prompt with one token in place of some words."""
    return [token if place in positions else own for place, own in enumerate(query.prompt_tokens)]


def special_token(model: LanguageModel, name: str) -> int | None:
    """The special token of a name that a tokenizer has."""
    token: int | None = getattr(model.tokenizer, f"{name}_token_id", None)
    return token


def replacement_token(model: LanguageModel, names: Sequence[str]) -> int:
    """The first of some special tokens, ``mask``, ``pad`` or ``eos``, that a tokenizer has.

    Raises:
        StudyError: It has none of them.
    """
    for name in names:
        token = special_token(model, name)
        if token is not None:
            return token
    raise StudyError(
        f"The model's tokenizer has no token called {' or '.join(names)} to put in place of a word."
        " Name one that it has in the method's settings, or attribute with ig."
    )
