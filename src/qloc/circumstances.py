"""Under which circumstances a run was made: versions, machine, settings and what they rest on.

Nothing here names the host, a user or a folder: records are shown in reports that are passed on.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from qloc import __version__

PACKAGES = {
    "torch": "models, attribution",
    "transformers": "models",
    "tokenizers": "prompts as tokens",
    "safetensors": "weights",
    "numpy": "arrays, random draws",
    "pandas": "tables",
    "pyarrow": "tables as files",
    "scipy": "statistics",
    "diptest": "the dip statistic",
    "matplotlib": "figures",
    "seaborn": "figures",
    "Jinja2": "pages",
    "snakemake": "the workflow",
}

BASES = {
    "text": "spelled out in the paper",
    "lineage": "what the code of the methods it builds on does",
    "assumed": "assumed: the paper leaves it open and nobody could confirm it",
    "ours": "a choice of this study",
}


class Record(NamedTuple):
    """One circumstance: a topic, what it is about, its value, and why it matters."""

    topic: str
    item: str
    value: str
    note: str


def versions() -> Iterator[Record]:
    """The versions of this package, of Python, and of the libraries that numbers depend on."""
    yield Record("versions", "qloc", __version__, "this study's code")
    yield Record("versions", "python", platform.python_version(), "the interpreter")
    for package, use in PACKAGES.items():
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = "not in the environment that wrote this record"
        yield Record("versions", package, version, use)


def code_records(versions: Mapping[str, str]) -> Iterator[Record]:
    """The code version of every stage and method, by its name."""
    for name, version in sorted(versions.items()):
        yield Record("code", name, version, "digest of its logic and of all it imports")


def machine() -> Iterator[Record]:
    """The kind of machine that wrote the record; the last bits of float32 depend on it."""
    where = "of the machine that wrote this record"
    yield Record("machine", "system", f"{platform.system()} {platform.release()}", where)
    yield Record("machine", "architecture", platform.machine(), where)
    yield Record("machine", "processor", _processor(), where)
    yield Record("machine", "cores", str(os.cpu_count() or "unknown"), where)
    yield Record("machine", "GPU", _gpu(), where)


def _processor() -> str:
    return _value_of(Path("/proc/cpuinfo"), "model name") or platform.processor() or "unknown"


def _gpu() -> str:
    devices = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    return ", ".join(_value_of(device, "Model") or "NVIDIA" for device in devices) or "none found"


def _value_of(path: Path, name: str) -> str:
    """The value of the first line `name: value` of a file; empty if there is none."""
    if not path.is_file():
        return ""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    values = (line.partition(":")[2].strip() for line in lines if line.startswith(name))
    return next(values, "")


def settings_records(settings: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Record]:
    """Every setting of the run with its meaning, and once more those that are assumed.

    Args:
        settings: The run's configuration. Descriptions of models it does not study are left out.
        schema: JSON Schema of the configuration; each setting has a `description` and a `basis`.
    """
    for key, value in _leaves(settings, ()):
        if key[0] == "model" and key[1] not in settings["models"]:
            continue
        described = _described(key, settings, schema)
        basis = described.get("basis", "ours")
        meaning = str(described.get("description", "")).strip()
        record = Record("settings", ".".join(key), _shown(value), f"{meaning} ({BASES[basis]})")
        yield record
        if basis == "assumed":
            yield record._replace(topic="assumed constants", note=meaning)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _leaves(node: object, key: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(node, Mapping) and node:
        for name, child in sorted(node.items()):
            yield from _leaves(child, (*key, str(name)))
    else:
        yield key, node


def _described(
    key: tuple[str, ...], settings: Mapping[str, Any], schema: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What the schema says of a setting; nothing if it does not know it."""
    if key[0] == "model":
        source = settings["model"][key[1]].get("source", "")
        node, names = schema.get("$defs", {}).get(source, {}), key[2:]
    else:
        node, names = schema, key
    for name in names:
        node = node.get("properties", {}).get(name, {})
    return dict(node)


def _shown(value: object) -> str:
    """A value as JSON; of an absolute path only the last part."""
    if isinstance(value, str):
        return f"…/{Path(value).name}" if Path(value).is_absolute() else value
    return json.dumps(value, ensure_ascii=False)
