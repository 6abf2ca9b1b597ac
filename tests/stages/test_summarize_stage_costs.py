"""`summarize-stage-costs` reads benchmark files and sizes, and sets the plan beside them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from tests.conftest import MANIFEST, ROOT

from qloc.benchmarks import MEASURED_RULES
from qloc.configuration import resolve
from qloc.contracts.answers import ANSWERS
from qloc.contracts.stage_costs import STAGE_COSTS
from qloc.models.manifest import manifest_text
from qloc.planning.estimates import stage_estimates
from qloc.planning.shapes import shape_of_manifest
from qloc.planning.workloads import RelationLoad
from qloc.tables import read_table, read_tables

MODEL = "tiny-gpt2-seed4"
HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


@pytest.fixture
def measured() -> dict[str, object]:
    """What the rule is told of one model of two: settings, benchmarks and tables."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    config |= {"relations": ["P36", "P37", "P17"], "methods": ["ig", "sig"]}
    config["model"]["tiny-gpt2"]["seeds"] = [4, 9]
    return resolve(config, ROOT / "workflow/schemas/config.schema.yaml").measured[MODEL]


@pytest.fixture
def answered(study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A run's folder: benchmarks of 2 s, tables of 1,000 bytes, a manifest; paths of answers."""
    monkeypatch.chdir(tmp_path)
    text = study.write_by_relation(Path(), "answers", MODEL)
    path = Path(f"results/models/{MODEL}/model.json")
    path.parent.mkdir(parents=True)
    path.write_text(manifest_text(replace(MANIFEST, name=MODEL)), encoding="utf-8")
    return [Path(part) for part in text.split()]


@pytest.fixture
def summarize(run_stage, measured, answered):
    """Runs the stage on files of all jobs; its table."""
    files = [*measured["benchmarks"], *measured["tables"]]
    for path in map(Path, files):
        path.parent.mkdir(parents=True, exist_ok=True)
        content = HEADER + "2.0\t0:00:02\t3.01\t1\t1\t1\t0\t0\t90\t1.5\n"
        path.write_text(content if path.suffix == ".tsv" else "x" * 1000)

    def summarized():
        run_stage(
            "summarize-stage-costs",
            model=f"results/models/{MODEL}/model.json",
            answers=" ".join(map(str, answered)),
            benchmarks=" ".join(measured["benchmarks"]),
            tables=" ".join(measured["tables"]),
            settings=measured["settings"],
            costs="costs.parquet",
        )
        return read_table(STAGE_COSTS, Path("costs.parquet")).set_index(["rule", "method"])

    return summarized


def test_every_stage_that_opened_the_model_is_a_row(summarize):
    rows = summarize()
    assert set(rows.index.get_level_values("rule")) == set(MEASURED_RULES) - {"describe_checkpoint"}
    jobs = rows["n_jobs"]
    assert jobs[("attribute_neurons", "sig")] == jobs[("answer_queries", "")] == 3
    assert jobs[("edit_facts", "ig")] == 2
    assert (rows["wall_seconds"] == 2 * jobs).all()
    assert (rows["cpu_seconds"] == 1.5 * jobs).all()
    assert (rows["memory"] == 3_156_214).all()


def test_files_are_added_up_also_those_of_the_model(summarize):
    output = summarize()["output"]
    assert output[("train_tiny_model", "")] == 1234
    assert output[("attribute_neurons", "ig")] == 3 * 3 * 1000
    assert output[("edit_in_sequence", "ig")] == 2 * 1000


def test_a_checkpoint_is_described_in_a_small_file(summarize, measured):
    path = Path(f"results/models/{MODEL}/model.json")
    path.write_text(manifest_text(replace(MANIFEST, name=MODEL, source="hub")), encoding="utf-8")
    described = Path(f"benchmarks/describe_checkpoint/{MODEL}.tsv")
    described.parent.mkdir(parents=True)
    trained = Path(f"benchmarks/train_tiny_model/{MODEL}.tsv")
    described.write_text(trained.read_text())
    measured["benchmarks"][measured["benchmarks"].index(str(trained))] = str(described)
    output = summarize()["output"]
    assert output[("describe_checkpoint", "")] == path.stat().st_size
    assert "train_tiny_model" not in output.index


def test_the_plan_is_that_of_the_formulas_for_what_was_asked_and_known(
    summarize, measured, answered
):
    rows, asked = summarize(), read_tables(ANSWERS, answered)
    assert rows["known_share"].unique().tolist() == [asked["is_studied"].mean()]
    assert 0.7 < asked["is_studied"].mean() < 0.9
    loads = [RelationLoad(relation, 12, 48, 5.0) for relation in ("P1", "P2", "P3")]
    shapes = {MODEL: shape_of_manifest(Path(f"results/models/{MODEL}/model.json"))}
    settings = json.loads(measured["settings"])
    for stage in stage_estimates(settings, shapes, loads, asked["is_studied"].mean()):
        row = rows.loc[(stage.rule, stage.method)]
        assert row["operations"] == pytest.approx(stage.operations)
        assert row["operations_per_second"] == pytest.approx(stage.operations / row["wall_seconds"])
        assert row["planned_memory"] == stage.memory_bytes
        assert (row["n_queries"], row["n_jobs"]) == (stage.n_queries, stage.n_jobs)
