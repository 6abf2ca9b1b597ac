"""What logic a stage runs, as one short string that Snakemake can compare.

Snakemake notices a changed command or parameter, not a changed import. Every rule
therefore passes ``code_version(<its stage>)`` as a parameter: changed logic anywhere
below the stage reruns the rule; comments, docstrings and layout do not. Nor do the modules
of errors and of outputs: how a stage refuses, and how its files come into place, is never what
it computes. Files of a package that are no modules, a page's script, belong to its logic.
"""

import ast
import hashlib
import re
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[1]
PACKAGE = Path(__file__).parent.name
WITHOUT_RESULTS = {f"{PACKAGE}.errors", f"{PACKAGE}.outputs"}


def stage_versions() -> dict[str, str]:
    """The code version of every stage, by its name."""
    package = SOURCE / PACKAGE / "stages"
    names = sorted(path.stem for path in package.glob("[!_]*.py"))
    return {name: code_version(f"{PACKAGE}.stages.{name}") for name in names}


@cache
def code_version(module: str) -> str:
    """Digest of the logic of ``module`` and of all it imports from this package.

    Read once a process, as files are.
    """
    logic: dict[str, str] = {}
    queue = [module]
    while queue:
        name = queue.pop()
        path = _file(name)
        if name in logic or name in WITHOUT_RESULTS or path is None:
            continue
        imports, logic[name] = read_module(path)
        queue += imports
        logic |= _files_beside(name, path)
    if module not in logic:
        raise ModuleNotFoundError(f"no module {module!r} under {SOURCE}")
    return hashlib.sha256(repr(sorted(logic.items())).encode()).hexdigest()[:12]


@cache
def read_module(path: Path) -> tuple[set[str], str]:
    """What a module imports from this package, and its logic as a text; read once a process."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return _imports(tree), repr(_logic(tree))


def _file(module: str) -> Path | None:
    """Where a module of this package is; None for any other name."""
    stem = SOURCE.joinpath(*module.split("."))
    candidates = (stem.with_suffix(".py"), stem / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


def _files_beside(name: str, path: Path) -> dict[str, str]:
    """Digests of what lies in a package beside its modules, by their names; hidden files do not.

    The outermost package holds no logic, nor do its files.
    """
    if path.name != "__init__.py" or name == PACKAGE:
        return {}
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in path.parent.iterdir()
        if file.is_file() and not re.search(r"^\.|\.pyc?$|~$", file.name)
    }
    return {f"{name}/{file}": digest for file, digest in found.items()}


def _imports(tree: ast.Module) -> set[str]:
    """Names in this package that a module imports, as modules they could be."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{a.name}" for a in node.names}
    ours = {name for name in names if name.split(".")[0] == PACKAGE}
    return ours | {parent for name in ours for parent in _parents(name)}


def _parents(name: str) -> set[str]:
    """The packages a module lies in, which its import runs, too; the outermost holds no logic."""
    parts = name.split(".")
    return {".".join(parts[:length]) for length in range(2, len(parts))}


def _logic(node: object) -> object:
    """A syntax tree as nested lists, without docstrings and empty fields.

    Empty fields are left out because Python versions differ in them.
    """
    if isinstance(node, list):
        return [_logic(child) for child in node if not _is_docstring(child)]
    if isinstance(node, ast.AST):
        fields = ((name, _logic(value)) for name, value in ast.iter_fields(node))
        return [type(node).__name__, *(f for f in fields if f[1] not in ([], "None"))]
    return repr(node)


def _is_docstring(node: object) -> bool:
    """Whether a statement is a bare string."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
