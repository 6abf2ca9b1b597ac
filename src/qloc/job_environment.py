"""What jobs inherit from the Snakemake that starts them: whose code they run, and with what.

Said by the environment and not by Snakemake's `shell.prefix`, which would replace that of a
workflow that uses the study as a module. Set while the workflow is parsed, so in every process
that runs a job, on whichever machine.
"""

import os
from pathlib import Path


def run_code_in(folder: Path) -> None:
    """Let jobs import the package from this folder before any other."""
    _put_first("PYTHONPATH", folder)


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
