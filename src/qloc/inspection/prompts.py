"""Prompts as a person types them: checked, all problems in one message, and tokenized."""

from collections.abc import Iterator, Sequence

from qloc.errors import StudyError
from qloc.models.prompting import EncodedQuery, Tokenizer, encode_query


def read_prompts(prompts: Sequence[str], answer: str) -> tuple[list[str], str]:
    """Prompts and answer as the model shall read them: white space collapsed, ends stripped.

    Raises:
        StudyError: A prompt or the answer is empty; a prompt is given twice or is a pattern.
    """
    texts, answer = [" ".join(prompt.split()) for prompt in prompts], " ".join(answer.split())
    _refuse(list(_text_problems(texts, answer)))
    return texts, answer


def encode_prompts(
    tokenizer: Tokenizer, context_length: int, prompts: Sequence[str], answer: str
) -> list[EncodedQuery]:
    """Prompts with their answer as tokens.

    Raises:
        StudyError: A prompt cannot be asked of the model.
    """
    queries = [encode_query(tokenizer, prompt, answer, context_length) for prompt in prompts]
    _refuse(
        [
            _wording(prompt, answer, query, context_length)
            for prompt, query in zip(prompts, queries, strict=True)
            if query.problem is not None
        ]
    )
    return queries


def _refuse(problems: list[str]) -> None:
    if problems:
        raise StudyError("\n".join(problems))


def _text_problems(prompts: Sequence[str], answer: str) -> Iterator[str]:
    if not prompts:
        yield "There is no prompt. Give the words that come before the answer."
    if not answer:
        yield "The answer is empty. Give the words that should follow the prompt."
    for number, prompt in enumerate(prompts, 1):
        if not prompt:
            yield f"Prompt {number} is empty. Give the words that come before the answer."
        elif "[X]" in prompt or "[Y]" in prompt:
            yield (
                f'Prompt {number}, "{prompt}", is a pattern. Write the subject for [X], and end'
                " where [Y] would begin."
            )
        elif prompt in prompts[: number - 1]:
            yield f'The prompt "{prompt}" is given twice. Give it once.'


def _wording(prompt: str, answer: str, query: EncodedQuery, context_length: int) -> str:
    """Why a prompt cannot be asked, and what would do."""
    if query.problem == "too_long":
        return (
            f'The prompt "{prompt[:40]}…" has {len(query.prompt_tokens)} tokens and its answer'
            f" {len(query.answer_tokens)}: more than the {context_length} that the model can read."
            " Shorten it."
        )
    return (
        f'The model\'s tokenizer does not keep "{prompt}" and "{answer}" apart: the tokens of both'
        " together do not begin with those of the prompt, or nothing is left for the answer. End"
        " the prompt with another word or sign, or ask for another answer."
    )
