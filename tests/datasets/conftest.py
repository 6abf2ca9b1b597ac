"""Small relations in files and in memory."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qloc.datasets.relation import Fact, Pattern, Relation


@pytest.fixture
def write_relation(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """Write the two files of a relation, facts and patterns, in ParaRel's format."""

    def write(
        facts: list[tuple[str, str]], patterns: list[str], relation: str = "P7"
    ) -> tuple[Path, Path]:
        rows = [{"sub_label": subject, "obj_label": object_} for subject, object_ in facts]
        paths = (
            tmp_path / "facts" / f"{relation}.jsonl",
            tmp_path / "patterns" / f"{relation}.jsonl",
        )
        for path, content in zip(paths, (rows, [{"pattern": p} for p in patterns]), strict=True):
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(f"{json.dumps(row)}\n" for row in content), encoding="utf-8")
        return paths

    return write


@pytest.fixture
def relation_of() -> Callable[..., Relation]:
    """A relation in memory, every fact asked through every pattern."""

    def build(facts: list[tuple[str, str]], patterns: list[str]) -> Relation:
        templates = tuple(range(len(patterns)))
        return Relation(
            "P7",
            tuple(map(Pattern, templates, patterns)),
            tuple(Fact(number, *fact, templates) for number, fact in enumerate(facts)),
        )

    return build
