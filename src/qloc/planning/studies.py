"""A study that is to be planned: its settings as Snakemake would read them, and its jobs."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from qloc import configuration
from qloc.configuration import Study
from qloc.errors import StudyError

CONFIG = Path("config.yaml")
SNAKEFILE = Path("Snakefile")
SCHEMA = Path("workflow/schemas/config.schema.yaml")

_COUNT = re.compile(r"^(\w+) +(\d+)$", re.MULTILINE)


def read_study(overlays: Sequence[Path], n_facts: int | None = None) -> Study:
    """The study of the checkout in this folder.

    Args:
        overlays: Files with the keys that differ from config.yaml, in order.
        n_facts: Facts drawn from each relation, in place of what the settings say.

    Raises:
        StudyError: This is no checkout; a file cannot be read; settings are wrong.
    """
    return configuration.resolve(read_settings(overlays, n_facts), SCHEMA)


def read_settings(overlays: Sequence[Path], n_facts: int | None = None) -> dict[str, Any]:
    """The settings of the study, right or wrong; arguments are as of `read_study`.

    Raises:
        StudyError: This is no checkout; a file cannot be read.
    """
    if not (CONFIG.is_file() and SNAKEFILE.is_file() and SCHEMA.is_file()):
        raise StudyError(
            f"There is no study in {Path.cwd()}: no {SNAKEFILE}, {CONFIG} and {SCHEMA}. Go to the"
            " folder of the checkout first."
        )
    config: dict[str, Any] = {}
    for path in (CONFIG, *overlays):
        merge(config, _read(path))
    if n_facts is not None:
        merge(config, {"dataset": {"sample": {"facts_per_relation": n_facts}}})
    return config


def jobs_to_run(overlays: Sequence[Path]) -> dict[str, int]:
    """How many jobs of each rule Snakemake would run now.

    Raises:
        StudyError: Snakemake cannot plan the study.
    """
    files = [str(path) for path in overlays]
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "rules", "--nolock"]
    run = subprocess.run(
        [*command, *(["--configfile", *files] if files else [])],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    if run.returncode:
        raise StudyError(f"Snakemake cannot plan this study:\n{(run.stderr or run.stdout).strip()}")
    counts = {rule: int(n) for rule, n in _COUNT.findall(run.stdout + run.stderr)}
    counts.pop("total", None)
    return counts


def merge(settings: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Put changes into settings as Snakemake does: mappings are merged, all else is replaced."""
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(settings.get(key), dict):
            merge(settings[key], value)
        else:
            settings[key] = value


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise StudyError(f"{path} cannot be read as settings: {error}") from error
    if not isinstance(content, Mapping):
        raise StudyError(f"{path} holds no settings. Write keys as in {CONFIG}.")
    return content
