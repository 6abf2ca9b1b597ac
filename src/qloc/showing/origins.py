"""Where files of a run came from, as Snakemake recorded it: rule, settings, version of the code."""

import json
import re
import shlex
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from qloc.comparison.runs import RESULTS, place_of
from qloc.provenance import code_version
from qloc.showing.cells import harmless
from qloc.terminal import filled, number

NO_RECORD = (
    "Snakemake has no record of it here, as where results were moved without .snakemake. `qloc show"
    " provenance` has the settings of the run."
)
METADATA = Path(".snakemake/metadata")
_VERSION = re.compile(r"'([0-9a-f]{12})'")
_MOST = 3

Record = Mapping[str, Any]
"""What Snakemake keeps of a file."""


@dataclass(frozen=True)
class Origin:
    """What made a file.

    Attributes:
        rule: Its rule.
        versions: Of the code: of its stage, and of a method where the stage runs one.
        settings: That it was called with: option and value.
    """

    rule: str
    versions: frozenset[str]
    settings: tuple[tuple[str, str], ...]


def origins_section(folder: Path, table: str, places: Sequence[str]) -> str:
    """Where files of a table came from, those made alike together.

    Args:
        folder: In which the study ran, or its results.
        table: Its name.
        places: Of the files, as contracts write them: `results/claims/gpt2.parquet`.
    """
    root = folder if (folder / RESULTS).is_dir() else folder.parent
    made: dict[Origin, list[Record]] = {}
    for place in places:
        if record := _record(root, place):
            told = (place_of(table, place) or {}).values()
            made.setdefault(_origin(record, set(told)), []).append(record)
    lines = ["Where it came from", ""]
    if not made:
        lines += filled(NO_RECORD, "  ")
    for origin, records in islice(made.items(), _MOST):
        lines += _told(origin, records)
    n_more = sum(map(len, islice(made.values(), _MOST, None)))
    if n_more:
        lines += filled(f"and {number(n_more, 'file')} made otherwise", "  ")
    return "\n".join(lines)


def _record(root: Path, place: str) -> Record:
    """What Snakemake recorded of a file; empty where nothing can be read."""
    name = urlsafe_b64encode(place.encode()).decode()
    # A name that is too long for a file becomes folders, all but the last with @ in front.
    longest = 254
    parts = [name[start : start + longest] for start in range(0, len(name), longest)]
    path = root.joinpath(METADATA, *(f"@{part}" for part in parts[:-1]), parts[-1])
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("rule") else {}


def _origin(record: Record, told: set[str]) -> Origin:
    """What made a file; without what its place tells: its model, its method."""
    versions = (_VERSION.fullmatch(str(value)) for value in record.get("params") or ())
    return Origin(
        rule=str(record["rule"]),
        versions=frozenset(found[1] for found in versions if found),
        settings=tuple(pair for pair in _settings(record) if pair[1] not in told),
    )


def _settings(record: Record) -> Iterator[tuple[str, str]]:
    """The options of the command that name no file of the job."""
    command = str(record.get("shellcmd") or "").partition(" &> ")[0]
    files = {str(path) for key in ("input", "log") for path in record.get(key) or ()}
    words = shlex.split(command)
    for place, word in enumerate(words):
        if not word.startswith("--"):
            continue
        option, equals, value = word.partition("=")
        if not equals:
            follows = words[place + 1] if place + 1 < len(words) else ""
            value = "" if follows.startswith("--") else follows
        if not any(part in files or part.startswith(f"{RESULTS}/") for part in value.split()):
            yield option, value


def _told(origin: Origin, records: Sequence[Record]) -> Iterator[str]:
    files = number(len(records), "file")
    ended = max(float(record.get("endtime") or 0) for record in records)
    when = f", {datetime.fromtimestamp(ended, UTC):%Y-%m-%d %H:%M} UTC" if ended else ""
    yield from filled(f"{files} by rule {origin.rule}{when}", "  ")
    yield from filled(_code(origin), "    ")
    for option, value in origin.settings:
        yield from filled(f"{option} {harmless(value) or '(nothing)'}", "    ")
    logs = [str(log) for record in records for log in record.get("log") or ()]
    if logs:
        yield from filled(f"log: {logs[0]}{' and others' if len(logs) > 1 else ''}", "    ")


def _code(origin: Origin) -> str:
    try:
        now = code_version(f"qloc.stages.{origin.rule}")
    except ModuleNotFoundError:
        now = ""
    was = ", ".join(sorted(origin.versions)) or "not recorded"
    if not now:
        return f"code: {was}; this version of qloc has no such stage"
    if now in origin.versions:
        return f"code: {now}, as it is now"
    return f"code: {was}; now it is {now}, so `snakemake` would make it again"
