"""The rules of the workflow as texts, and what the stages ask for."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STAGES = ROOT / "src/qloc/stages"


@dataclass(frozen=True)
class Rule:
    """One rule as it stands in its file."""

    name: str
    file: str
    text: str

    @property
    def options(self) -> list[str]:
        """The options it gives to its command."""
        shell = self.text.partition("shell:")[2]
        return re.findall(r"(?<= )--([a-z-]+)", shell)

    @property
    def lookups(self) -> list[tuple[str, str]]:
        """What it looks up, and where."""
        pattern = r'lookup\(\s*dpath="([^"]+)",\s*within=([\w.]+)'
        return re.findall(pattern, self.text)

    def part(self, name: str) -> str:
        """What stands under `log:`, `params:` and the like."""
        found = re.search(rf"^    {name}:(.*?)(?=^    \w+:|\Z)", self.text, re.M | re.S)
        return found[1] if found else ""


@pytest.fixture(scope="session")
def rules() -> dict[str, Rule]:
    """The rules that run a command, by name."""
    found = {}
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        text = path.read_text(encoding="utf-8")
        for block in re.split(r"^(?=rule )", text, flags=re.M)[1:]:
            name = block.removeprefix("rule ").partition(":")[0]
            found[name] = Rule(name, path.name, block)
    return found


@pytest.fixture(scope="session")
def stage_options() -> dict[str, list[str]]:
    """The options of every stage, without importing it."""
    return {path.stem: _options(path) for path in STAGES.glob("[!_]*.py")}


def _options(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [
        argument.value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "option"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]
    return [name[2:] for name in names if name.startswith("--")]
