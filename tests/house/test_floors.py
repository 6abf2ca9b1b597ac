"""The house stands: imports only go down, files and models are met in one place."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
PACKAGE = SOURCE / "qloc"
WORKFLOW = SOURCE.parent / "workflow"

GROUND = {
    "__version__",
    "benchmarks",
    "circumstances",
    "columns",
    "contradictions",
    "defaults",
    "errors",
    "job_environment",
    "named_numbers",
    "outputs",
    "pieces",
    "tables",
    "contracts",
    "randomness",
    "options",
    "progress",
    "provenance",
    "terminal",
    "wording",
}
# Which floors each floor may import.
FLOORS = {
    **dict.fromkeys(GROUND, GROUND),
    "measures": GROUND | {"measures"},
    "datasets": GROUND | {"datasets"},
    "models": GROUND | {"measures", "models"},
    "figures": GROUND | {"measures", "figures"},
    "chapters": GROUND | {"measures", "figures", "chapters"},
    "explorer": GROUND | {"measures", "figures", "explorer"},
    "inspection": GROUND | {"measures", "models", "inspection"},
    "editing": GROUND | {"measures", "models", "inspection", "editing"},
    "planning": GROUND | {"measures", "datasets", "models", "sources", "configuration", "planning"},
    "comparison": GROUND | {"figures", "comparison"},
    "checking": GROUND | {"configuration", "planning"},
    "showing": GROUND | {"measures", "figures", "comparison", "showing"},
    "looks": GROUND
    | {
        "measures",
        "models",
        "inspection",
        "editing",
        "comparison",
        "planning",
        "checking",
        "showing",
    },
    "stages": GROUND
    | {"measures", "datasets", "models", "figures", "planning", "explorer", "chapters"},
    "sources": GROUND | {"datasets", "sources"},
    "configuration": GROUND | {"datasets", "models", "sources", "configuration"},
    "cli": GROUND,
    "__main__": GROUND | {"cli"},
}
# Libraries that are met on these floors only.
MET_ON = {
    "transformers": {"models"},
    "tokenizers": {"models"},
    "safetensors": {"models"},
    "huggingface_hub": {"models"},
    "torch": {"measures", "models", "stages"},
    "matplotlib": {"figures"},
    "seaborn": {"figures"},
    "sklearn": set(),
    "scipy": {"measures", "figures", "planning"},
    "pooch": {"datasets"},
    "requests": {"datasets"},
    "click": {"stages", "looks", "showing", "options", "cli"},
    "pandas": {
        "tables",
        "measures",
        "datasets",
        "figures",
        "stages",
        "editing",
        "pieces",
        "comparison",
        "planning",
        "showing",
        "explorer",
        "chapters",
    },
    "docutils": {"chapters"},
    "pyarrow": {"tables", "pieces"},
    "snakemake": set(),
}
FILES = sorted(PACKAGE.rglob("*.py"))


def floor(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Full names of what a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports are not seen by code_version"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_go_down(path: Path) -> None:
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("qloc.")}
    allowed = FLOORS[floor(path)] if floor(path) != "__init__" else set()
    assert ours <= allowed


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_are_met_on_their_floors(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imports(path)} & set(MET_ON)
    assert {library for library in libraries if floor(path) not in MET_ON[library]} == set()


def test_no_stage_imports_another() -> None:
    for path in PACKAGE.glob("stages/*.py"):
        assert not any(name.startswith("qloc.stages") for name in imports(path)), path


def test_the_workflow_imports_settings_and_code_versions_only() -> None:
    lines = [
        line
        for path in [SOURCE.parent / "Snakefile", *WORKFLOW.rglob("*")]
        if path.suffix in {"", ".smk", ".py"} and path.is_file()
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(("from qloc", "import qloc"))
    ]
    assert sorted(lines) == [
        "from qloc import configuration, job_environment, sources",
        "from qloc.chapters.contents import CHAPTERS",
        "from qloc.errors import StudyError",
        "from qloc.errors import unwritable",
        "from qloc.planning import requests",
        "from qloc.provenance import code_version",
        "from qloc.provenance import stage_versions",
    ]


def test_parsing_settings_loads_no_heavy_library() -> None:
    code = (
        "import sys, qloc.configuration, qloc.provenance, qloc.planning.requests;"
        "print(sorted({'torch', 'pandas', 'numpy', 'transformers', 'scipy'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_package_itself_holds_its_version_only() -> None:
    """`code_version` follows every module and package below it, but not `qloc` itself."""
    body = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")).body
    assert [ast.unparse(node).split(" = ")[0] for node in body[1:]] == ["__version__"]


def test_modules_and_functions_are_of_a_readable_size() -> None:
    too_long = []
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > 300:
            too_long.append(str(path))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.body[0].lineno + 1
                if length > 50:
                    too_long.append(f"{path}:{node.name}")
    assert too_long == []


def test_nothing_runs_foreign_code_or_swallows_every_error() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert "trust_remote_code=True" not in text.replace(" ", ""), path
        assert "import pickle" not in text, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"print", "eval", "exec"}, path
