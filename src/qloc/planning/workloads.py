"""What a study asks: facts and queries of each relation, and how long their prompts are.

Counted in the files of the dataset, by the filters of the study. What is yet to be downloaded was
counted before: the registry of counts says so for every choice of the filters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qloc.errors import StudyError
from qloc.planning.assumptions import CHARACTERS_PER_TOKEN

COUNTS = Path("resources/registry/pararel_counts.txt")


@dataclass(frozen=True)
class RelationLoad:
    """What is asked of one relation.

    Attributes:
        relation: Its name.
        n_facts: That filtering leaves.
        n_queries: Of these facts.
        mean_prompt_tokens: Of a prompt, special tokens among them.
    """

    relation: str
    n_facts: int
    n_queries: int
    mean_prompt_tokens: float


@dataclass(frozen=True)
class RelationCounts:
    """What filtering leaves of a whole relation.

    Attributes:
        n_patterns: That are usable.
        n_facts: Facts.
        n_queries: Queries.
        prompt_characters: Of a prompt, on average.
    """

    n_patterns: int
    n_facts: int
    n_queries: int
    prompt_characters: float


def relation_loads(
    settings: Mapping[str, Any], source_files: Mapping[str, Sequence[str]]
) -> list[RelationLoad]:
    """What a study asks of each of its relations; nothing of those that filtering drops.

    Args:
        settings: Of the study, resolved.
        source_files: The files each relation is read from.

    Raises:
        StudyError: A file is broken, or a relation that is to be downloaded was never counted.
    """
    return [
        _load(relation, _counts(relation, settings["dataset"], files), settings["dataset"])
        for relation, files in source_files.items()
    ]


def counted(
    relation: str, dataset: Mapping[str, Any], files: Sequence[Path], min_templates: int
) -> RelationCounts:
    """What filtering leaves of the facts and patterns in the files of a relation.

    Args:
        relation: Its name.
        dataset: The settings: its format, and the filters but for samples.
        files: Facts and patterns, or one CSV file.
        min_templates: Fewer usable patterns drop the relation.
    """
    from qloc.datasets import csv_rows, filtering, pararel, queries  # noqa: PLC0415 (half a second)
    from qloc.randomness import generator  # noqa: PLC0415

    read = csv_rows.read_relation if dataset["source"] == "csv" else pararel.read_relation
    asked = filtering.flagged(queries.all_queries(read(relation, *files)))
    rng = generator(0, "plan")  # no sample is drawn
    steps = filtering.filter_steps(
        asked, dataset["patterns"], min_templates, dataset["exclude"], None, rng
    )
    left = steps[-1][1]
    prompts = [
        queries.prompt(pattern, subject)
        for pattern, subject in zip(left["pattern"], left["subject"], strict=True)
    ]
    return RelationCounts(
        int(left["template"].nunique()),
        int(left["number"].nunique()),
        len(left),
        sum(map(len, prompts)) / max(1, len(prompts)),
    )


def registered_counts(path: Path) -> dict[tuple[str, ...], RelationCounts]:
    """The counts of a registry, by relation, patterns and what is excluded.

    Raises:
        StudyError: The file is missing, or a line is not as it says.
    """
    found: dict[tuple[str, ...], RelationCounts] = {}
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            words = line.partition("#")[0].split()
            if words:
                relation, patterns, exclude, *numbers = words
                n_patterns, n_facts, n_queries = map(int, numbers[:3])
                counts = RelationCounts(n_patterns, n_facts, n_queries, float(numbers[3]))
                found[relation, patterns, exclude] = counts
    except (OSError, ValueError, IndexError) as error:
        raise StudyError(
            f"{path} cannot be read as a registry of counts ({error}). Restore it."
        ) from error
    return found


def excluded_word(exclude: Sequence[str]) -> str:
    """What is excluded as one word of the registry."""
    return "+".join(sorted(exclude)) or "nothing"


def _counts(relation: str, dataset: Mapping[str, Any], files: Sequence[str]) -> RelationCounts:
    paths = [Path(file) for file in files]
    if dataset["source"] != "download" or all(path.is_file() for path in paths):
        return counted(relation, dataset, paths, dataset["min_templates"])
    key = (relation, dataset["patterns"], excluded_word(dataset["exclude"]))
    known = registered_counts(COUNTS)
    if key not in known:
        raise StudyError(
            f"{COUNTS} has no counts of relation `{relation}` with patterns"
            f" `{dataset['patterns']}` and exclude {excluded_word(dataset['exclude'])}. Download it"
            f" first: `snakemake {' '.join(files)}`; then its files are counted."
        )
    return known[key]


def _load(relation: str, counts: RelationCounts, dataset: Mapping[str, Any]) -> RelationLoad:
    """What is left of a relation after its patterns are counted and facts sampled."""
    is_dropped = counts.n_patterns < dataset["min_templates"]
    most = dataset["sample"]["facts_per_relation"]
    n_facts = 0 if is_dropped else counts.n_facts
    share = min(1.0, most / n_facts) if isinstance(most, int) and n_facts else 1.0
    n_queries = 0 if is_dropped else round(counts.n_queries * share)
    tokens = counts.prompt_characters / CHARACTERS_PER_TOKEN + 1
    return RelationLoad(relation, round(n_facts * share), n_queries, tokens)
