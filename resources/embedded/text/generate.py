"""Writes the study's own English text: training.txt and held_out.txt, one paragraph a line.

The grammar is written by hand: topics.toml says what there is to talk about, frames.toml how.
Every sentence is drawn once, so that the held-out text shares words and style with the
training text but no sentence. The same grammar gives the same bytes on every machine: only
`random.random` is used, whose numbers Python promises not to change.

Run it after a change of the grammar: `python resources/embedded/text/generate.py`.
"""

import random
import re
import tomllib
from pathlib import Path

SEED = 20250
N_PARAGRAPHS = {"held_out": 90, "training": 432}
KINDS = ("narrative", "description", "narrative", "letter", "narrative", "advice")
N_WORDS = range(90, 161)
N_MIDDLE = 14
PRONOUNS = {
    "she": {"she": "she", "her": "her", "him": "her"},
    "he": {"she": "he", "her": "his", "him": "him"},
}
FORMS = ("plain", "past", "ing")
FOLDER = Path(__file__).parent

Lists = dict[str, list[str]]


class Decks:
    """Lists to draw from: no entry comes back before its list is exhausted."""

    def __init__(self, draws: random.Random, lists: Lists) -> None:
        self._draws = draws
        self._lists = lists
        self._left: Lists = {}

    def draw(self, name: str, avoid: set[str]) -> str:
        """An entry of the list, none of those to avoid unless the list has nothing else."""
        left = [entry for entry in self._left.get(name, []) if entry not in avoid]
        if not left:
            self._left[name] = list(self._lists[name])
            left = [entry for entry in self._left[name] if entry not in avoid]
        candidates = left or self._left[name]
        entry = candidates[int(self._draws.random() * len(candidates))]
        self._left[name].remove(entry)
        return entry


def texts() -> dict[str, str]:
    """The content of every text file, by its name."""
    draws = random.Random(SEED)
    topics: dict[str, Lists] = tomllib.loads((FOLDER / "topics.toml").read_text("utf-8"))
    frames: dict[str, Lists] = tomllib.loads((FOLDER / "frames.toml").read_text("utf-8"))
    seen: set[str] = set()
    contents = {}
    for file, n_paragraphs in N_PARAGRAPHS.items():
        names = list(topics)
        lines = []
        for number in range(n_paragraphs):
            topic = topics[names[number % len(names)]]
            kind = KINDS[(number + number // len(names)) % len(KINDS)]
            sentences = _paragraph(draws, kind, topic, frames, seen)
            seen.update(sentences)
            lines.append(" ".join(sentences))
        contents[f"{file}.txt"] = "\n".join(lines) + "\n"
    return contents


def _paragraph(
    draws: random.Random, kind: str, topic: Lists, frames: dict[str, Lists], seen: set[str]
) -> list[str]:
    """Sentences of one kind about one topic and one person, none of them seen before."""
    least = N_WORDS.start + int(draws.random() * len(N_WORDS) * 0.7)
    decks = Decks(draws, _vocabulary(draws, kind, topic, frames))
    sentences = [_new_sentence(decks, "opening", seen)]
    closing = _new_sentence(decks, "closing", seen)
    while len(" ".join([*sentences, closing]).split()) < least:
        sentences.append(_new_sentence(decks, "middle", seen | {*sentences, closing}))
    return [*sentences, closing]


def _vocabulary(draws: random.Random, kind: str, topic: Lists, frames: dict[str, Lists]) -> Lists:
    """All lists of a paragraph: the topic's, the shared ones, the frames, one person's words."""
    gender = "she" if draws.random() < 0.5 else "he"
    people = frames["people"][gender]
    roles = sorted(topic["role"], key=lambda _: draws.random())
    n_roles = 1 if kind in {"narrative", "letter"} else 3
    person = {
        "name": people[int(draws.random() * len(people))],
        **PRONOUNS[gender],
    }
    return {
        **topic,
        **frames["words"],
        **frames[kind],
        **{slot: [word] for slot, word in person.items()},
        "role": roles[:n_roles],
        "other": roles[n_roles:],
    }


def _new_sentence(decks: Decks, position: str, seen: set[str]) -> str:
    """A sentence for this position of the paragraph that was not written before."""
    while True:
        sentence = _finish(_fill("{" + position + "}", decks, set()))
        if sentence not in seen:
            return sentence


def _fill(text: str, decks: Decks, used: set[str]) -> str:
    """The text with every slot filled, from left to right and to any depth."""

    def fill(slot: re.Match[str]) -> str:
        entry = decks.draw(slot["list"], used)
        used.add(entry)
        if slot["list"] == "act":
            entry = _form(entry, slot["form"] or "plain")
        return _fill(entry, decks, used)

    return re.sub(r"\{(?P<list>\w+)(?:\.(?P<form>\w+))?\}", fill, text)


def _form(activity: str, form: str) -> str:
    """One form of "tie/tied/tying the boat"."""
    verbs, _, rest = activity.partition(" ")
    return f"{verbs.split('/')[FORMS.index(form)]} {rest}".strip()


def _finish(text: str) -> str:
    """The text with "an" before vowels and a capital at its start."""
    text = re.sub(r"\b([Aa]) (?=(?!use)[aeiou])", r"\1n ", text)
    return re.sub(r"[A-Za-z]", lambda letter: letter[0].upper(), text, count=1)


if __name__ == "__main__":
    for file, content in texts().items():
        (FOLDER / file).write_text(content, encoding="utf-8", newline="\n")
