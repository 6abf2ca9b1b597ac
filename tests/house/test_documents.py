"""Pages and pins in step with the code they speak of."""

import ast
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from qloc import contracts
from qloc.chapters.contents import CHAPTERS
from qloc.figures.claim_words import VERDICT_NAME
from qloc.tables import Table

ROOT = Path(__file__).parents[2]
PINS = dict(
    line.split("==")
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if "==" in line
)
CONDA_NAMES = {"pytorch": "torch", "jinja2": "Jinja2", "pyyaml": "PyYAML"}


def generated() -> dict[Path, str]:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages: dict[Path, str] = module.pages()
    return pages


def test_generated_pages_are_in_step() -> None:
    for path, text in generated().items():
        assert path.read_text(encoding="utf-8") == text, (
            f"{path.name} is out of step: run .venv/bin/python docs/generate.py"
        )


def test_pages_on_the_report_use_its_questions_and_the_names_of_its_verdicts() -> None:
    reading = (ROOT / "docs/how-to/read-the-report.md").read_text(encoding="utf-8")
    questions = [f"{chapter.number}. **{chapter.question}**" for chapter in CHAPTERS.values()]
    assert re.findall(r"^\d\. \*\*.*?\*\*", reading, re.M) == questions
    rules = (ROOT / "docs/explanation/verdicts.md").read_text(encoding="utf-8")
    for verdict in VERDICT_NAME.values():
        assert f"| {verdict} |" in reading
        assert f"| {verdict}" in rules


def contract_tables() -> dict[str, Table]:
    folder = Path(contracts.__path__[0])
    modules = {
        path.stem: importlib.import_module(f"qloc.contracts.{path.stem}")
        for path in folder.glob("[!_]*.py")
    }
    return {name: getattr(module, name.upper()) for name, module in modules.items()}


def test_a_contract_is_called_like_its_module_and_its_folder() -> None:
    for name, table in contract_tables().items():
        assert table.name == name
        assert re.match(rf"results/({name}[/.]|models/{{model}}/{name}\.)", table.path), table.path


def test_every_table_is_the_output_of_one_rule(rules: dict[str, Any]) -> None:
    outputs = "".join(rule.part("output") for rule in rules.values())
    for table in contract_tables().values():
        assert outputs.count(f'"{table.path}"') == 1, table.path


def test_a_key_names_columns_and_every_column_says_what_it_means_or_its_name_does() -> None:
    for table in contract_tables().values():
        assert set(table.key) <= set(table.names)
        assert len(set(table.names)) == len(table.names)
        keys = [column for column in table.columns if column.name in table.key]
        assert not any(column.missing for column in keys), table.name


@pytest.mark.parametrize("name", ["model", "statistics", "figures"])
def test_pins_of_environments_are_those_of_the_constraints(name: str) -> None:
    environment = yaml.safe_load((ROOT / f"envs/{name}.yaml").read_text(encoding="utf-8"))
    for requirement in environment["dependencies"]:
        package, version = requirement.split(" =")
        if package != "python":
            assert PINS[CONDA_NAMES.get(package, package)] == version, package


def test_ranges_of_the_package_hold_the_pins() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for package, low in re.findall(r'"([A-Za-z_-]+)(?:\[\w+\])?>=([\d.]+)', text):
        if package != "setuptools":
            pin = [int(part) for part in PINS[package].split(".")[:3]]
            assert pin >= [int(part) for part in low.split(".")], package


def test_every_environment_has_what_its_stages_import(
    rules: dict[str, Any],
) -> None:
    libraries = {"yaml": "PyYAML", "jinja2": "Jinja2"}
    for name, rule in rules.items():
        environment = re.search(r"envs/(\w+)\.yaml", rule.part("conda"))
        assert environment is not None
        text = (ROOT / f"envs/{environment[1]}.yaml").read_text(encoding="utf-8")
        packages = set(re.findall(r"^  - (\S+) =", text, re.M))
        has = {CONDA_NAMES.get(package, package) for package in packages}
        needs = {libraries.get(library, library) for library in reached(f"qloc.stages.{name}")}
        assert needs <= has, f"{name}: envs/{environment[1]}.yaml lacks {needs - has}"


def reached(stage: str) -> set[str]:
    """Libraries that a stage imports, itself or through modules of the package."""
    seen: set[str] = set()
    libraries: set[str] = set()
    queue = [stage]
    while queue:
        module = queue.pop()
        path = ROOT / "src" / Path(*module.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if module in seen or not path.is_file():
            continue
        seen.add(module)
        for name in imported(path):
            if name.startswith("qloc"):
                queue.append(name)
            elif name.split(".")[0] not in sys.stdlib_module_names:
                libraries.add(name.split(".")[0])
    return libraries


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_stages_without_a_model_start_without_torch(rules: dict[str, Any]) -> None:
    for name, rule in rules.items():
        if "envs/model.yaml" not in rule.part("conda"):
            assert {"torch", "transformers"} & reached(f"qloc.stages.{name}") == set(), name
