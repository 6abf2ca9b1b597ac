"""An edit as text for a terminal."""

from collections.abc import Sequence

from qloc.editing.findings import PromptEffect, Reply
from qloc.terminal import WIDTH, filled, quoted, table

# Of an unrelated prompt, at least so much is shown.
_LEAST_PROMPT = 20


def asking_section(title: str, effects: Sequence[PromptEffect], has_target: bool) -> str:
    """Prompts of the fact: what is said, and how object and target stand, before and after."""
    header = ["", "says", "P(object)", "rank", *(["P(target)", "rank"] if has_target else [])]
    rows = [
        [when, *_standing(reply, has_target)]
        for effect in effects
        for when, reply in (("before", effect.before), ("after", effect.after))
    ]
    first, *lines = table(header, rows)
    shown = [title, "", first]
    for place, effect in enumerate(effects):
        known = "" if effect.is_known else " (not known before: left out)"
        shown += filled(f"{quoted(effect.prompt)}{known}", "  ")
        shown += lines[2 * place : 2 * place + 2]
    return "\n".join(shown)


def unrelated_section(effects: Sequence[PromptEffect]) -> str:
    """Unrelated prompts with what is said, and its probability, before and after."""
    header = ("same", "before", "after")
    rows = [
        (
            "yes" if effect.is_as_wanted else "no",
            f"{effect.before.said_probability:.4f}",
            f"{effect.after.said_probability:.4f}",
        )
        for effect in effects
    ]
    first, *lines = table(header, rows)
    shown = [f"{first}  prompt, and what is said"]
    for line, effect in zip(lines, effects, strict=True):
        shown.append(f"{line}  {_continued(effect, WIDTH - len(line) - 2)}")
    return "\n".join(["Unrelated prompts", "", *shown])


def _continued(effect: PromptEffect, room: int) -> str:
    """A prompt and what is said behind it, cut on the left to fit."""
    said = quoted(effect.before.said)
    if not effect.is_as_wanted:
        said = f"{said} -> {quoted(effect.after.said)}"
    prompt, room = effect.prompt, max(_LEAST_PROMPT, room - len(said) - 1)
    return f"{prompt if len(prompt) <= room else f'...{prompt[3 - room :]}'} {said}"


def verdict(effects: Sequence[PromptEffect], answer: str, target: str | None) -> str:
    """Where the edit worked, and what it left alone."""
    edited, *others = [effect for effect in effects if effect.is_known]
    words = {
        (True, True): f"no longer says {quoted(answer)}",
        (True, False): f"still says {quoted(answer)}",
        (False, True): f"now says {quoted(target or '')}",
        (False, False): f"does not say {quoted(target or '')}",
    }
    parts = [f"the edited prompt {words[target is None, bool(edited.is_as_wanted)]}"]
    unrelated = [effect for effect in effects if effect.role == "unrelated"]
    if others:
        parts.append(f"other known prompts of the fact: {_counted(others)}")
    if unrelated:
        parts.append(f"unrelated prompts answered as before: {_counted(unrelated)}")
    return "\n".join(filled(f"Verdict: {'; '.join(parts)}."))


def _counted(effects: Sequence[PromptEffect]) -> str:
    told = [effect.is_as_wanted for effect in effects if effect.is_as_wanted is not None]
    return f"{sum(told)} of {len(told)}"


def _standing(reply: Reply, has_target: bool) -> list[str]:
    """What is said, and probability and rank of the object and of a target."""
    own = [(reply.answer_probability, reply.answer_rank)]
    other = [(reply.target_probability, reply.target_rank)] if has_target else []
    return [
        quoted(reply.said),
        *(
            words
            for probability, rank in own + other
            for words in (
                "-" if probability is None else f"{probability:.4f}",
                "-" if rank is None else f"{rank:,}",
            )
        ),
    ]
