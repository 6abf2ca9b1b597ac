"""A study's settings, checked: all that is wrong with them, or what they amount to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from qloc.configuration import Study, how_many, problems, resolve
from qloc.planning.studies import CONFIG, SCHEMA, read_settings
from qloc.terminal import filled
from qloc.wording import dotted


@dataclass(frozen=True)
class Check:
    """What was found.

    Attributes:
        files: Where the settings stand, in order.
        problems: All that is to put right.
        parts: If there is nothing: what is studied, by its kind.
        changes: Of every setting that is not as in config.yaml: its key, what it is, what it was.
    """

    files: tuple[str, ...]
    problems: tuple[str, ...]
    parts: Mapping[str, str]
    changes: tuple[tuple[str, str, str], ...]

    def __str__(self) -> str:
        """As text for a terminal."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from filled(f"Settings: {', '.join(self.files)}")
        yield ""
        if self.problems:
            yield how_many(self.problems)
            for problem in self.problems:
                yield from filled(f"- {problem}")
            return
        yield "Nothing to put right."
        yield ""
        for kind, what in self.parts.items():
            yield from filled(f"{kind}: {what}", "  ")
        if self.changes:
            yield ""
            yield f"Not as in {CONFIG}:"
        for key, now, before in self.changes:
            yield from filled(f"{key}: {now}, not {before}", "  ")


def check(overlays: Sequence[Path]) -> Check:
    """Check the settings of the checkout in this folder.

    Args:
        overlays: Files with the keys that differ from config.yaml, in order.

    Raises:
        StudyError: This is no checkout; a file cannot be read as settings at all.
    """
    files = (CONFIG, *overlays)
    settings = read_settings(overlays)
    found = [*_repeated_keys(files), *problems(settings, SCHEMA)]
    return Check(
        files=tuple(map(str, files)),
        problems=tuple(found),
        parts={} if found else _parts(settings),
        changes=() if found else tuple(_changes(settings, read_settings([]))),
    )


def _parts(settings: Mapping[str, Any]) -> dict[str, str]:
    study = resolve(settings, SCHEMA)
    presets, edited = settings["synapses"]["presets"], settings["editing"]["methods"]
    sample = settings["dataset"]["sample"]["facts_per_relation"]
    return {
        "models": ", ".join(study.instances),
        "relations": ", ".join(settings["relations"]),
        "facts of each": "all" if sample is None else f"{sample}, drawn",
        "methods": ", ".join(settings["methods"]),
        "synapses, by": ", ".join(presets) or "left out",
        "edits, of neurons by": ", ".join(edited) or "left out",
        "checked once it is fetched": ", ".join(_fetched(settings, study)) or "nothing",
    }


def _fetched(settings: Mapping[str, Any], study: Study) -> Iterator[str]:
    """What the study fetches, and what cannot be known of it before."""
    for group in ("dataset", "text"):
        if settings[group]["source"] == "download":
            yield group
    yield from study.instances_from("hub")


def _changes(
    now: Mapping[str, Any], before: Mapping[str, Any], place: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, str]]:
    """What differs, in the order in which it stands."""
    for key, value in now.items():
        old = before.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            yield from _changes(value, old, (*place, str(key)))
        elif value != old or key not in before:
            known = _shown(old) if key in before else "there"
            yield dotted((*place, str(key))), _shown(value), known


def _shown(value: object) -> str:
    """A value as it would stand in a config file, on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True)
    return text.removesuffix("...\n").strip()


def _repeated_keys(files: Sequence[Path]) -> Iterator[str]:
    """Keys that stand twice in a file: YAML takes the last one and forgets the others."""
    for path in files:
        top = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        for key, lines in _repeated(top, ()):
            numbers = " and ".join(str(line) for line in lines)
            yield (
                f"{path} has `{key}` more than once, in lines {numbers}: only the last would count."
                " Keep one of them."
            )


def _repeated(node: yaml.Node | None, place: tuple[str, ...]) -> Iterator[tuple[str, list[int]]]:
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _repeated(entry, place)
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, list[int]] = {}
    for key, value in node.value:
        lines.setdefault(str(key.value), []).append(key.start_mark.line + 1)
        yield from _repeated(value, (*place, str(key.value)))
    for name, found in lines.items():
        if len(found) > 1:
            yield dotted((*place, name)), found
