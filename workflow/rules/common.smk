"""
The ground of all rules: settings checked and resolved, wildcards constrained, code versions.

Reads   config.yaml (and --configfile), workflow/schemas/config.schema.yaml
"""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from snakemake.common.configfile import load_configfile
from snakemake.exceptions import WorkflowError
from snakemake.settings.types import DeploymentMethod
from snakemake.utils import update_config

sys.path.insert(0, str(checkout / "src"))

from qloc import configuration, job_environment, sources
from qloc.errors import StudyError
from qloc.provenance import code_version

# A module is given what differs from config.yaml, like a file of `--configfile`.
given, config = config, load_configfile(checkout / "config.yaml")
update_config(config, given)

try:
    study = configuration.resolve(
        config, checkout / "workflow/schemas/config.schema.yaml"
    )
except StudyError as error:
    raise WorkflowError(str(error)) from None

settings = study.settings
method_code = {
    method: code_version(f"qloc.models.methods.{method}")
    for method in settings["methods"]
}

# The models whose methods are compared: all, unless there is nothing to compare.
compared = list(study.instances) if len(settings["methods"]) > 1 else []

# The models whose synapses are manipulated: all, unless no rule of finding them is listed.
manipulated = list(study.instances) if settings["synapses"]["presets"] else []

# The models that are edited: all, unless no method is listed whose neurons are.
edited = list(study.instances) if settings["editing"]["methods"] else []

# Jobs run the code of this checkout with the interpreter that runs Snakemake; inside `--sdm conda`
# or a container the interpreter is the environment's own.
deployed = workflow.deployment_settings.deployment_method
job_environment.run_code_in(checkout / "src")
if not deployed:
    job_environment.run_commands_in(Path(sys.executable).parent)
if DeploymentMethod.CONDA in deployed:
    shell.prefix(
        job_environment.prefix_to_run_code_in(checkout / "src", shell._process_prefix)
    )

# Built from the Dockerfile by who wants it; nobody publishes one.
image = "qloc-0.1.0.sif"
if DeploymentMethod.APPTAINER in deployed and not Path(image).exists():
    raise WorkflowError(
        f"There is no image {image} in {Path.cwd()}, which `--sdm apptainer` runs jobs in."
        " Build it there (docs/how-to/workflow.md), or run without `--sdm apptainer`."
    )


container: image


def outside(path: str):
    """A file that no rule makes; it stays where it is where a module's results get a prefix."""
    return path if path.startswith("results/") else local(path)


def shipped(path: str):
    """A file of the checkout."""
    return outside(sources.shipped(path))


study = replace(
    study,
    source_files={
        relation: [outside(path) for path in files]
        for relation, files in study.source_files.items()
    },
    texts={part: outside(path) for part, path in study.texts.items()},
)
for model in study.instances.values():
    model["files"] = [outside(path) for path in model.get("files", [])]


wildcard_constraints:
    model=configuration.one_of(study.instances),
    relation=configuration.one_of(settings["relations"]),
    method=configuration.one_of(settings["methods"]),


# What the report's menu is sorted by: the claims, the explorer, and the chapters' questions.
CLAIMS = "1 The claims"
EXPLORE = "2 Explore"
KNOWLEDGE = "3 What do the models know?"
PLACE = "4 Where is it, and does it stay there?"
CHOICE = "5 Who chooses the neurons?"
CHANGE = "6 Can it be changed?"
TRUST = "7 Can this be trusted?"

forms = {".svg": "figure", ".html": "page", ".csv": "numbers (CSV)"}


def shown(path: str, chapter: str, what: str):
    """A result that the report shows; its caption and its form follow from its name."""
    kind = Path(path).parts[1:-1][:1]
    caption = Path("reports/captions", *kind, f"{Path(path).stem}.rst")
    method = {"method": "{method}"} if "{method}" in path else {}
    return report(
        path,
        caption=checkout / caption,
        category=chapter,
        subcategory="{model}" if "{model}" in path else "all models",
        labels={"what": what, **method, "form": forms[Path(path).suffix]},
    )
