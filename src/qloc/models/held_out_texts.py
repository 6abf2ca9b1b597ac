"""Held-out text that a model reads before and after an edit."""

from collections.abc import Sequence

from qloc.errors import StudyError
from qloc.models.language_model import LanguageModel
from qloc.models.predictions import Continuation
from qloc.randomness import generator


def held_out_texts(
    model: LanguageModel, paragraphs: Sequence[str], number: int, least: int, most: int
) -> list[Continuation]:
    """The texts of which some are drawn: those long enough, cut where the model's context ends.

    Args:
        model: Who reads, with the special tokens of its own tokenizer.
        paragraphs: A text each.
        number: How many are drawn.
        least: Tokens that a text must have, with special ones.
        most: Tokens at which it is cut.

    Raises:
        StudyError: There are fewer than are drawn.
    """
    framed = (model.encoded(paragraph, "").prompt_tokens for paragraph in paragraphs)
    long = [tokens[: min(most, model.context_length)] for tokens in framed if len(tokens) >= least]
    if len(long) < number:
        raise StudyError(
            f"`editing.texts.number` is {number}, but {len(long)} of {len(paragraphs)} held-out"
            f" texts have `editing.texts.least_tokens`, {least}. Lower one of the two, or give"
            " more text under `text`."
        )
    return [Continuation(tokens[:1], tokens[1:]) for tokens in long]


def drawn_texts(n_texts: int, number: int, seed: int, *names: str) -> list[int]:
    """Numbers of the texts that belong to these names: of a fact, or of a run."""
    order = generator(seed, "held_out_texts", *names).permutation(n_texts)
    return sorted(order[:number].tolist())
