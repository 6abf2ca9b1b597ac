"""What jobs ask a cluster for grows with the model and its queries, within what clusters give."""

import subprocess
import sys
from pathlib import Path

import pytest

from qloc.models.manifest import Manifest, manifest_text
from qloc.planning.requests import memory_mb, minutes

EDITING = ("calibrate_edits", "edit_facts", "edit_in_sequence", "continue_prompts")
OF_A_RELATION = ("answer_queries", "attribute_neurons", "map_queries", "manipulate_synapses")


def manifest(folder: Path, name: str, **sizes: int) -> Path:
    path = folder / f"{name}.json"
    known = {"is_tied": False, "dtype": "float16", "special_tokens": "$A", "weights_sha256": {}}
    found = Manifest(
        name=name,
        source="hub",
        folder="",
        hub_name="a/b",
        revision="",
        architecture="llama",
        context_length=4096,
        weights_bytes={},
        trained_queries=None,
        **known,
        **sizes,
    )
    path.write_text(manifest_text(found), encoding="utf-8")
    return path


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return manifest(
        tmp_path,
        "tiny",
        n_layers=4,
        n_neurons=336,
        hidden_size=128,
        n_heads=4,
        n_vocabulary=4000,
        n_parameters=1_737_856,
    )


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return manifest(
        tmp_path,
        "large",
        n_layers=32,
        n_neurons=14336,
        hidden_size=4096,
        n_heads=32,
        n_vocabulary=128_256,
        n_parameters=8_030_261_248,
    )


def queries(folder: Path, n_bytes: int) -> Path:
    path = folder / f"{n_bytes}.parquet"
    path.write_bytes(bytes(n_bytes))
    return path


def test_memory_is_that_of_imports_and_of_float32_weights_with_room(tiny: Path, large: Path):
    assert memory_mb(tiny) == 2000 + round(1.25 * 4 * 1_737_856 / 2**20)
    assert memory_mb(large) == pytest.approx(2000 + 1.25 * 30_633, rel=1e-3)


def test_a_tiny_model_asks_for_the_least(tiny: Path, tmp_path: Path):
    for rule in (*OF_A_RELATION, *EDITING, "compare_quadratures", "measure_costs"):
        assert minutes(rule, tiny, [queries(tmp_path, 6000)]) == 30, rule


@pytest.mark.parametrize("rule", [rule for rule in OF_A_RELATION if rule != "attribute_neurons"])
def test_more_queries_take_longer(rule: str, large: Path, tmp_path: Path):
    few, many = (minutes(rule, large, [queries(tmp_path, n)]) for n in (100_000, 30_000_000))
    assert 30 <= few < many <= 480


@pytest.mark.parametrize("rule", [*EDITING, "compare_quadratures", "measure_costs"])
def test_rules_that_work_on_some_queries_do_not_ask_by_all_of_them(
    rule: str, large: Path, tmp_path: Path
):
    """Their input are the queries of every relation."""
    few, many = (minutes(rule, large, [queries(tmp_path, n)]) for n in (1000, 30_000_000))
    assert few == many < 480


def test_nothing_asks_for_more_than_a_third_of_a_day(large: Path, tmp_path: Path):
    assert minutes("attribute_neurons", large, [queries(tmp_path, 10**7)] * 9) == 480


def test_parsing_the_workflow_needs_no_heavy_library():
    code = (
        "import sys, qloc.planning.requests;"
        "print(sorted({'torch', 'pandas', 'numpy', 'transformers'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
