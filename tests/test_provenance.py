"""A code version changes with logic, and with nothing else."""

from pathlib import Path

import pytest

from qloc import provenance

FILES = {
    "qloc/__init__.py": '"""Package."""\n',
    "qloc/errors.py": "class StudyError(Exception):\n    pass\n",
    "qloc/outputs.py": "def write(a):\n    return a\n",
    "qloc/stages/__init__.py": "",
    "qloc/stages/count.py": (
        '"""Stage."""\nfrom qloc.errors import StudyError\nfrom qloc.outputs import write\n'
        "from qloc.sums import add\n"
        "def command():\n    return add(1, 2)\n"
    ),
    "qloc/stages/other.py": "def command():\n    return 3\n",
    "qloc/sums.py": (
        '"""Sums."""\nimport math\nimport qloc.deep.words\n'
        'def add(a, b):\n    """Sum."""\n    return a + b\n'
    ),
    "qloc/deep/__init__.py": "DEPTH = 1\n",
    "qloc/deep/words.py": "WORD = 'a'\n",
    "qloc/deep/page.js": "let page = 1\n",
    "qloc/deep/.page.js.swp": "let page = 1\n",
    "qloc/deep/page.js~": "let page = 1\n",
    "qloc/config.yaml": "seed: 1\n",
}


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(provenance, "SOURCE", tmp_path)
    return tmp_path


def version(stage: str = "qloc.stages.count") -> str:
    provenance.read_module.cache_clear()
    provenance.code_version.cache_clear()
    return provenance.code_version(stage)


def edit(source: Path, name: str, old: str, new: str) -> None:
    path = source / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("qloc/stages/count.py", "add(1, 2)", "add(1, 3)"),
        ("qloc/sums.py", "a + b", "a - b"),
        ("qloc/sums.py", "def add(a, b)", "def add(a, b=0)"),
        ("qloc/deep/words.py", "'a'", "'b'"),
        ("qloc/deep/__init__.py", "1", "2"),
        ("qloc/deep/page.js", "1", "2"),
    ],
)
def test_changed_logic_changes_the_version(source: Path, name: str, old: str, new: str) -> None:
    before = version()
    edit(source, name, old, new)
    assert version() != before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("qloc/sums.py", '"""Sum."""', '"""The sum of two numbers."""'),
        ("qloc/sums.py", '"""Sums."""', '"""Adding."""'),
        ("qloc/sums.py", "    return a + b", "    # Why.\n    return (a\n        + b)"),
        ("qloc/errors.py", "pass", "code = 3"),
        ("qloc/outputs.py", "return a", "return [a]"),
        ("qloc/__init__.py", '"""Package."""', "__version__ = '2'"),
        ("qloc/stages/other.py", "return 3", "return 4"),
        ("qloc/deep/.page.js.swp", "1", "2"),
        ("qloc/deep/page.js~", "1", "2"),
        ("qloc/config.yaml", "1", "2"),
    ],
)
def test_words_errors_and_other_stages_do_not(source: Path, name: str, old: str, new: str) -> None:
    before = version()
    edit(source, name, old, new)
    assert version() == before


def test_a_new_module_that_nothing_imports_changes_no_version(source: Path) -> None:
    before = version()
    (source / "qloc/deep/more.py").write_text("X = 1\n")
    assert version() == before


def test_two_stages_have_two_versions(source: Path) -> None:
    assert version() != version("qloc.stages.other")


def test_a_stage_that_does_not_exist_has_no_version(source: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"qloc\.stages\.gone"):
        version("qloc.stages.gone")


def test_an_import_inside_a_function_counts(source: Path) -> None:
    edit(source, "qloc/stages/other.py", "    return 3", "    import qloc.sums\n    return 3")
    before = version("qloc.stages.other")
    edit(source, "qloc/sums.py", "a + b", "a * b")
    assert version("qloc.stages.other") != before


def test_every_stage_has_its_version(source: Path) -> None:
    expected = {"count": version(), "other": version("qloc.stages.other")}
    assert provenance.stage_versions() == expected


def test_settings_beside_the_package_are_no_logic_even_of_who_imports_it(source: Path) -> None:
    edit(source, "qloc/sums.py", "import math", "from qloc import __doc__")
    before = version()
    edit(source, "qloc/config.yaml", "1", "2")
    assert version() == before
