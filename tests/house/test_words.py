"""The house speaks the words of the glossary, and no others for the same things."""

import ast
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/qloc"

# Words of earlier code for things that have a name here.
NOT_SAID = {
    "bag",
    "bags",
    "coarse",
    "cas",
    "cs",
    "ffn",
    "garns",
    "gt",
    "idx",
    "ki",
    "kc",
    "kn",
    "kns",
    "ks",
    "lbl",
    "paraphrase",
    "paraphrases",
    "uuid",
}
NOT_MODULES = {"utils", "helpers", "common", "misc", "new", "tmp", "final", "v2"}


def names(path: Path) -> set[str]:
    """Every name that a module gives to something."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def test_no_name_says_a_word_that_the_glossary_replaces() -> None:
    said = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in names(path)
        if set(re.split(r"_|(?<=[a-z])(?=[A-Z])", name.lower())) & NOT_SAID
    }
    assert said == set()


def test_no_module_is_a_drawer_for_all_sorts_of_things() -> None:
    files = {path.stem for part in ("src", "workflow") for path in (ROOT / part).rglob("*.py")}
    assert files & NOT_MODULES == set()


def test_the_glossary_has_the_words_of_the_settings_and_tables() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").lower()
    words = {"fact", "relation", "template", "query", "prompt", "answer", "neuron", "attribution"}
    words |= {"method", "knowledge neuron", "selection threshold", "consistency score"}
    words |= {"criterion", "funnel", "neuron set", "chance", "quadrature"}
    words |= {"manipulation", "effect", "knowledge synapse", "preset", "mass-matched", "contrast"}
    words |= {"edit", "operation", "target", "strength", "reliability", "generalization"}
    words |= {"locality", "held out", "scorer", "sequence"}
    words |= {"claim", "region", "verdict", "direction", "simultaneous interval", "chapter"}
    assert {word for word in words if f"**{word}**" not in glossary} == set()


def test_rules_are_called_by_a_verb_and_an_object() -> None:
    stages = [path.stem for path in (PACKAGE / "stages").glob("[!_]*.py")]
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", stage) for stage in stages)


def test_keys_of_the_config_are_explained_where_they_stand() -> None:
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    assert text.count("#") >= len(config)
    for key in config:
        above = text[: re.search(rf"^{key}:", text, re.M).start()]  # type: ignore[union-attr]
        is_group = isinstance(config[key], dict)
        assert is_group or above.rstrip().rpartition("\n")[2].startswith("#"), key
