"""Definitions of environments that cannot be built here: read, and their versions compared.

Files of conda are held to the constraints by test_documents.py.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.cli import get_argument_parser

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
KUBERNETES = ROOT / "profiles/kubernetes"
# Some of snakemake-executor-plugin-kubernetes 0.5.1, as `snakemake --help` names them there.
PLUGIN_OPTIONS = {"kubernetes-namespace", "kubernetes-persistent-volumes"}


def instructions() -> list[tuple[str, str]]:
    """What the Dockerfile tells to do, in order: instruction and argument."""
    text = re.sub(r"\\\n\s*", "", DOCKERFILE)
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def arguments(instruction: str) -> list[str]:
    return [argument for word, argument in instructions() if word == instruction]


def test_the_image_starts_from_one_python_of_the_version_of_the_environments() -> None:
    (base,) = arguments("FROM")
    found = re.fullmatch(r"python:(3\.\d+)\.\d+-slim-\w+@sha256:[0-9a-f]{64}", base)
    assert found, base
    for name in ("model", "statistics", "figures"):
        environment = yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text(encoding="utf-8"))
        assert f"python ={found[1]}" in environment["dependencies"]


def test_the_image_has_known_instructions_and_its_libraries_at_the_constraints() -> None:
    known = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "CMD"}
    assert {word for word, _ in instructions()} <= known
    installs = [argument for argument in arguments("RUN") if "pip install" in argument]
    assert installs
    for install in installs:
        assert "-c constraints.txt" in install or "--no-deps" in install


def test_all_that_the_image_copies_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for argument in arguments("COPY"):
        *sources, _ = argument.split()
        for source in sources:
            assert (ROOT / source).exists(), source
            assert source not in ignored


def test_no_image_carries_results_data_or_secrets() -> None:
    ignored = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())
    kept_out_of_git = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {line.rstrip("/") for line in kept_out_of_git} <= {
        line.removeprefix("**/") for line in ignored
    }
    assert {"**/.env", ".git"} <= ignored


@pytest.mark.parametrize(
    "file",
    ["Dockerfile", "workflow/rules/common.smk", "docs/how-to/workflow.md"]
    + [f"profiles/kubernetes/{name}" for name in ("profile.yaml", "job.yaml")],
)
def test_images_are_named_by_the_version_of_the_package(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    named = re.findall(r"qloc[:-](\d+\.\d+\.\d+)", text)
    assert set(named) == {PROJECT["version"]}


def test_the_catalog_finds_what_it_asks_of_a_standardized_workflow() -> None:
    """https://snakemake.github.io/snakemake-workflow-catalog: about, adding workflows."""
    shown = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))
    assert set(shown["usage"]) == {"mandatory-flags", "software-stack-deployment", "report"}
    assert set(shown["usage"]["mandatory-flags"]) == {"desc", "flags"}
    deployment = shown["usage"]["software-stack-deployment"]
    assert deployment == {"conda": True, "apptainer": True, "apptainer+conda": False}
    assert (ROOT / "workflow/Snakefile").is_file()
    assert all(path.suffix == ".smk" for path in (ROOT / "workflow/rules").iterdir())
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    assert {"snakemake", "workflow"} <= set(re.findall(r"[a-z]+", readme))
    assert (ROOT / "config/README.md").read_text(encoding="utf-8").startswith("# Settings\n")


def test_the_settings_that_snakedeploy_copies_are_those_of_the_study() -> None:
    assert (ROOT / "config/config.yaml").read_bytes() == (ROOT / "config.yaml").read_bytes()


def test_every_setting_named_by_the_config_readme_is_one() -> None:
    text = (ROOT / "config/README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    settings = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    assert named == set(settings) - {"seed"}


def test_the_profile_for_kubernetes_is_understood_by_snakemake(tmp_path: Path) -> None:
    profile = without_plugin(KUBERNETES)
    (tmp_path / "profile.yaml").write_text(yaml.safe_dump(profile))
    settings = get_argument_parser(profiles=[tmp_path]).parse_args([])
    assert settings.default_storage_provider == "s3"
    assert settings.retries == 2
    assert settings.set_resources["answer_queries"]["gpu"].value == 1


def without_plugin(folder: Path) -> dict[str, Any]:
    """A profile without the options of a plugin that is not installed here."""
    profile = yaml.safe_load((folder / "profile.yaml").read_text(encoding="utf-8"))
    assert profile.pop("executor") == "kubernetes"
    of_plugin = {key for key in profile if key.startswith("kubernetes-")}
    assert of_plugin <= PLUGIN_OPTIONS
    return {key: value for key, value in profile.items() if key not in of_plugin}


def test_kubernetes_gives_a_gpu_to_the_rules_that_have_one_on_slurm() -> None:
    given = {}
    for name in ("kubernetes", "slurm"):
        text = (ROOT / f"profiles/{name}/profile.yaml").read_text(encoding="utf-8")
        resources = yaml.safe_load(text)["set-resources"]
        given[name] = {rule for rule, asked in resources.items() if asked.get("gpu") == 1}
    assert given["kubernetes"] == given["slurm"] != set()


def test_the_one_pod_mounts_what_it_names() -> None:
    job = yaml.safe_load((KUBERNETES / "job.yaml").read_text(encoding="utf-8"))
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert [volume["name"] for volume in pod["volumes"]] == [
        mount["name"] for mount in container["volumeMounts"]
    ]
    (mount,) = container["volumeMounts"]
    assert container["workingDir"] == mount["mountPath"]
    assert (ROOT / container["command"][1]).is_file()


@pytest.mark.parametrize("file", ["profile.yaml", "job.yaml"])
def test_what_was_not_run_says_so(file: str) -> None:
    text = " ".join((KUBERNETES / file).read_text(encoding="utf-8").replace("#", " ").split())
    assert "NOT RUN BY US" in text
