"""
The ground of all rules: settings checked and resolved, wildcards constrained, code versions.

Reads   config.yaml (and --configfile), workflow/schemas/config.schema.yaml
"""

import json
import shlex
import subprocess
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

checkout = Path(workflow.basedir)
sys.path.insert(0, str(checkout / "src"))

from qloc import configuration
from qloc.errors import StudyError
from qloc.provenance import code_version

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

# The study runs from a plain checkout, with the interpreter that runs Snakemake; inside
# `--sdm conda` or a container the interpreter is the environment's own.
interpreter = shlex.quote(str(Path(sys.executable).parent))
source = shlex.quote(str(checkout / "src"))
shell.prefix(
    f"export PYTHONPATH={source}; "
    + (
        ""
        if workflow.deployment_settings.deployment_method
        else f"PATH={interpreter}:$PATH; "
    )
)


wildcard_constraints:
    model=configuration.one_of(study.instances),
    relation=configuration.one_of(settings["relations"]),
    method=configuration.one_of(settings["methods"]),


# The report's chapters: questions, sorted by their number.
KNOWLEDGE = "1 What do the models know?"
PLACE = "2 Where is it?"
CONSISTENCY = "3 Does it stay there?"
CHOICE = "4 Who chooses the neurons?"
CHANGE = "5 Can it be changed?"
TRUST = "6 Can this be trusted?"

forms = {".svg": "figure", ".html": "page", ".csv": "numbers (CSV)"}


def shown(path: str, chapter: str, what: str):
    """A result that the report shows; its caption and its form follow from its name."""
    caption = f"reports/captions/{Path(path).parts[1]}/{Path(path).stem}.rst"
    method = {"method": "{method}"} if "{method}" in path else {}
    return report(
        path,
        caption=checkout / caption,
        category=chapter,
        subcategory="{model}" if "{model}" in path else "all models",
        labels={"what": what, **method, "form": forms[Path(path).suffix]},
    )
