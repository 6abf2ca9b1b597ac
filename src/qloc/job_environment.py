"""What jobs inherit from the Snakemake that starts them: whose code they run, and with what.

Said by the environment and not by Snakemake's `shell.prefix`, which would replace that of a
workflow that uses the study as a module. Set while the workflow is parsed, so in every process
that runs a job, on whichever machine. Environments of conda need the prefix after all: Snakemake
takes `PYTHONPATH` out of what it passes to them.
"""

import os
import shlex
from pathlib import Path

# What Snakemake puts before every command where no prefix is set.
STRICT = "set -euo pipefail; "


def run_code_in(folder: Path) -> None:
    """Let jobs import the package from this folder before any other."""
    _put_first("PYTHONPATH", folder)


def prefix_to_run_code_in(folder: Path, earlier: str | None) -> str:
    """The same as a prefix of commands, behind an earlier one; for Snakemake to format."""
    prefix = f"{earlier or STRICT}export PYTHONPATH={shlex.quote(str(folder))}; "
    return prefix.replace("{", "{{").replace("}", "}}")


def run_commands_in(folder: Path) -> None:
    """Let jobs find commands in this folder before any other."""
    _put_first("PATH", folder)


def stay_offline() -> None:
    """Let jobs do without a network: what comes from the hub is in its cache."""
    os.environ["HF_HUB_OFFLINE"] = "1"


def _put_first(variable: str, folder: Path) -> None:
    others = os.environ.get(variable, "").split(os.pathsep)
    places = dict.fromkeys([str(folder), *filter(None, others)])
    os.environ[variable] = os.pathsep.join(places)
