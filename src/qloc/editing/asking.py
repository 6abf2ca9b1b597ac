"""A model is asked before an edit and after it, and what it says is compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qloc.editing.findings import PromptEffect, Reply
from qloc.editing.questions import Questions
from qloc.models.answers import answer
from qloc.models.greedy import say
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import AnswerTokens


class _Standing(NamedTuple):
    """How an object stands behind a prompt; missing where it cannot be asked there."""

    probability: float | None = None
    rank: int | None = None


@dataclass(frozen=True)
class Asking:
    """Who is asked, for what, and what counts of an answer.

    Attributes:
        model: Who is asked, as it is at the time.
        answer: The object of the fact.
        target: That an update writes; None where the fact is erased.
        which: Tokens of an object that count.
        n_said: How many tokens the model is let say.
    """

    model: LanguageModel
    answer: str
    target: str | None
    which: AnswerTokens
    n_said: int

    def replies(self, prompts: Sequence[str]) -> list[Reply]:
        """What the model says to prompts, in their order."""
        of_answer = self._standings(prompts, self.answer)
        of_target = self._standings(prompts, self.target)
        said = [
            say(self.model, self.model.encoded(prompt, self.answer).prompt_tokens, self.n_said)
            for prompt in prompts
        ]
        return [
            Reply(
                said=words.text,
                said_tokens=words.tokens,
                said_probability=words.probability,
                answer_probability=own.probability,
                answer_rank=own.rank,
                target_probability=other.probability,
                target_rank=other.rank,
            )
            for words, own, other in zip(said, of_answer, of_target, strict=True)
        ]

    def has_worked(self, reply: Reply) -> bool | None:
        """Whether the target is said, or the object is not said any more.

        None where it cannot be asked behind the prompt.
        """
        rank = reply.answer_rank if self.target is None else reply.target_rank
        return None if rank is None else (rank == 1) == (self.target is not None)

    def _standings(self, prompts: Sequence[str], words: str | None) -> list[_Standing]:
        """How an object stands behind every prompt."""
        standings = [_Standing()] * len(prompts)
        if words is None:
            return standings
        queries = [self.model.encoded(prompt, words) for prompt in prompts]
        places = [place for place, query in enumerate(queries) if query.problem is None]
        asked = [queries[place] for place in places]
        found = answer(self.model, asked, None, max(1, len(asked)), self.which)
        for place, probability, rank in zip(places, found.probability, found.rank, strict=True):
            standings[place] = _Standing(float(probability), int(rank))
        return standings


def compared(
    asking: Asking,
    questions: Questions,
    is_known: Sequence[bool],
    before: Sequence[Reply],
    after: Sequence[Reply],
) -> tuple[PromptEffect, ...]:
    """What an edit did to every prompt: to those of the fact first, then to unrelated ones.

    Args:
        asking: Who was asked.
        questions: What was asked.
        is_known: Whether the model knew each prompt of the fact before.
        before: What was said before, prompt by prompt.
        after: What was said after.
    """
    n_asking = len(questions.prompts)
    roles = ["edited", *["neighbor"] * (n_asking - 1), *["unrelated"] * len(questions.unrelated)]
    return tuple(
        PromptEffect(
            prompt=prompt,
            role=role,
            is_known=known,
            before=first,
            after=last,
            is_as_wanted=(
                first.said_tokens == last.said_tokens
                if role == "unrelated"
                else asking.has_worked(last)
            ),
        )
        for prompt, role, known, first, last in zip(
            [*questions.prompts, *questions.unrelated],
            roles,
            [*is_known, *[None] * len(questions.unrelated)],
            before,
            after,
            strict=True,
        )
    )
