"""What a model is asked before and after an edit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qloc.errors import StudyError
from qloc.inspection.prompts import encode_prompts, read_prompts
from qloc.models.prompting import AnswerTokens, EncodedQuery, Tokenizer


@dataclass(frozen=True)
class Questions:
    """What a model is asked before and after an edit of one fact.

    Attributes:
        prompts: That ask for the fact; the edit is made for the first.
        answer: The object of the fact, which continues them.
        unrelated: Prompts that the edit should leave alone.
        fact_id: Of a study's fact.
    """

    prompts: tuple[str, ...]
    answer: str
    unrelated: tuple[str, ...] = ()
    fact_id: str | None = None

    @property
    def all_prompts(self) -> tuple[str, ...]:
        """Those that ask for the fact, then the unrelated ones."""
        return (*self.prompts, *self.unrelated)


def read_questions(prompts: Sequence[str], answer: str, unrelated: Sequence[str] = ()) -> Questions:
    """Prompts and answer as the model shall read them: white space collapsed, ends stripped.

    Args:
        prompts: That ask for the fact; the edit is made for the first.
        answer: That they expect.
        unrelated: Prompts that the edit should leave alone.

    Raises:
        StudyError: A prompt or the answer is empty; a prompt is given twice or is a pattern.
    """
    texts, expected = read_prompts([*prompts, *unrelated], answer)
    n_asking = len(prompts)
    return Questions(tuple(texts[:n_asking]), expected, tuple(texts[n_asking:]))


def with_unrelated(questions: Questions, unrelated: Sequence[str]) -> Questions:
    """The same with other unrelated prompts.

    Raises:
        StudyError: See `read_questions`.
    """
    read = read_questions(questions.prompts, questions.answer, unrelated)
    return replace(questions, unrelated=read.unrelated)


def read_target(questions: Questions, to: str | None) -> str | None:
    """The object to write, as the model shall say it; None to erase.

    Raises:
        StudyError: It is empty, or what the fact has already.
    """
    if to is None:
        return None
    target = " ".join(to.split())
    if not target:
        raise StudyError("The object to write is empty. Name one, or erase the fact.")
    if target == questions.answer:
        raise StudyError(
            f'The object to write is "{target}", which the fact has already. Name another one.'
        )
    return target


def encode_edited(
    tokenizer: Tokenizer,
    context_length: int,
    questions: Questions,
    target: str | None,
    which: AnswerTokens,
) -> tuple[EncodedQuery, ...]:
    """The edited prompt with its object as tokens, then with its target if there is one.

    Raises:
        StudyError: A prompt cannot be asked of the model, or what counts of object and target
            is the same.
    """
    edited = encode_prompts(tokenizer, context_length, questions.prompts, questions.answer)[0]
    _refuse_too_long(tokenizer, context_length, questions.unrelated)
    if target is None:
        return (edited,)
    updated = encode_prompts(tokenizer, context_length, questions.prompts[:1], target)[0]
    if updated.counted_tokens(which) == edited.counted_tokens(which):
        raise StudyError(
            f'"{target}" and "{questions.answer}" begin with the same token, and only the first'
            " counts. Name another object, or count all tokens: --answer-tokens joint."
        )
    return edited, updated


def _refuse_too_long(tokenizer: Tokenizer, context_length: int, prompts: Sequence[str]) -> None:
    for prompt in prompts:
        n_tokens = len(tokenizer.encode(prompt))
        if n_tokens >= context_length:
            raise StudyError(
                f'The prompt "{prompt[:40]}…" has {n_tokens} tokens, and the model can read'
                f" {context_length} with what it says. Shorten it."
            )
