"""What a run meets when its files are cut or gone: a message with the way out, which works.

Files are cut as a failing disk does it: shorter, with the time they had.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from tests.study.runs import PATIENCE_SECONDS, SAID, digests, start, wait_for_job

STUDY = "small.yaml"
MODEL = "tiny-gpt2-seed0"
ANSWERS = f"results/answers/{MODEL}/P36.parquet"
REVISION = "0123456789abcdef0123456789abcdef01234567"
CHECKPOINT = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")


def run(
    folder: Path, *targets: str, study: str = STUDY, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    options = ["--cores", "2", "--configfile", STUDY]
    options += [study] if study != STUDY else []
    return subprocess.run(
        [sys.executable, "workflow/run.py", *options, "--", *targets],
        cwd=folder,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )


def finish(folder: Path, *targets: str, study: str = STUDY, **more: Mapping[str, str]) -> None:
    ended = run(folder, *targets, study=study, **more)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def fail(folder: Path, *targets: str, study: str = STUDY, **more: Mapping[str, str]) -> str:
    """What a run that fails lets its user see."""
    ended = run(folder, *targets, study=study, **more)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1, said
    assert "Traceback (most recent call last)" not in said
    return said


def cut(path: Path) -> None:
    """Let a file lose its second half."""
    times = path.stat()
    os.truncate(path, times.st_size // 2)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_a_table_that_was_cut_is_made_again(copy_of_finished: Path) -> None:
    before = digests(copy_of_finished)
    table = f"results/class_summaries/{MODEL}/ig.parquet"
    cut(copy_of_finished / table)
    (copy_of_finished / "results/tables/thresholds.html").unlink()
    said = fail(copy_of_finished, "all")
    assert f"Error: {table} cannot be read as a table: it is cut off or damaged" in said
    assert "Delete the file and run `snakemake` again." in said
    (copy_of_finished / table).unlink()
    finish(copy_of_finished, "all")
    assert digests(copy_of_finished) == before


@pytest.mark.parametrize(
    ("file", "complaint", "remedy", "gone"),
    [
        (
            "model.safetensors",
            "is not the file that the study began with (its content has changed)",
            f"Delete results/models/{MODEL} and run `snakemake` again: it trains the same model.",
            f"results/models/{MODEL}",
        ),
        (
            "model.json",
            "cannot be read as a model manifest",
            f"Delete it and run `snakemake results/models/{MODEL}/model.json` to make it again.",
            f"results/models/{MODEL}/model.json",
        ),
    ],
)
def test_a_model_that_was_cut_is_trained_again_to_the_same_bytes(
    copy_of_finished: Path, file: str, complaint: str, remedy: str, gone: str
) -> None:
    before = digests(copy_of_finished)
    cut(copy_of_finished / f"results/models/{MODEL}/{file}")
    (copy_of_finished / ANSWERS).unlink()
    said = fail(copy_of_finished, ANSWERS)
    assert f"results/models/{MODEL}/{file} {complaint}" in said
    assert remedy in said
    lost = copy_of_finished / gone
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    finish(copy_of_finished, ANSWERS)
    assert digests(copy_of_finished) == before


def test_a_benchmark_file_that_was_cut_is_measured_again(copy_of_finished: Path) -> None:
    before = digests(copy_of_finished)
    measured = f"benchmarks/continue_prompts/{MODEL}/ig.tsv"
    costs = f"results/stage_costs/{MODEL}.parquet"
    cut(copy_of_finished / measured)
    (copy_of_finished / costs).unlink()
    said = fail(copy_of_finished, costs)
    assert f"Error: {measured} cannot be read as a benchmark" in said
    assert "Delete the file and run `snakemake` again" in said
    (copy_of_finished / measured).unlink()
    finish(copy_of_finished, costs)
    assert digests(copy_of_finished) == before


def study_of(checkout: Path, **settings: str) -> str:
    """A file of settings that studies one checkpoint, `mine`."""
    overlay = {"models": ["mine"], "model": {"mine": settings}}
    (checkout / "mine.yaml").write_text(yaml.safe_dump(overlay))
    return "mine.yaml"


def copy_checkpoint(finished: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in CHECKPOINT:
        shutil.copy2(finished / f"results/models/{MODEL}/{name}", folder / name)


def test_a_folder_of_a_model_that_is_gone_is_named_and_can_be_put_back(
    copy_of_finished: Path,
) -> None:
    folder, elsewhere = copy_of_finished / "data/mine", copy_of_finished / "elsewhere"
    copy_checkpoint(copy_of_finished, folder)
    study = study_of(copy_of_finished, source="folder", folder="data/mine")
    answers = "results/answers/mine/P36.parquet"
    finish(copy_of_finished, answers, study=study)
    before = digests(copy_of_finished)
    (copy_of_finished / answers).unlink()

    main = start(copy_of_finished, answers, study)
    wait_for_job(copy_of_finished, "answer-queries")
    folder.rename(elsewhere)  # while the job still imports its libraries
    assert main.wait(PATIENCE_SECONDS) == 1
    said = (copy_of_finished / SAID).read_text()
    assert "data/mine/model.safetensors is not the file that the study began with" in said
    assert "(it is missing). Put it back" in said
    assert "data/mine is not a folder" in fail(copy_of_finished, answers, study=study)

    elsewhere.rename(folder)
    finish(copy_of_finished, answers, study=study)
    assert digests(copy_of_finished) == before


def test_a_cache_of_the_hub_that_was_emptied_is_named_with_what_fills_it(
    copy_of_finished: Path,
) -> None:
    cache, elsewhere = copy_of_finished / "cache", copy_of_finished / "elsewhere"
    copy_checkpoint(copy_of_finished, cache / f"hub/models--someone--small/snapshots/{REVISION}")
    study = study_of(copy_of_finished, source="hub", name="someone/small", revision=REVISION)
    offline = {"HF_HOME": str(cache), "HF_HUB_OFFLINE": "1"}
    answers = "results/answers/mine/P36.parquet"
    finish(copy_of_finished, answers, study=study, environment=offline)
    before = digests(copy_of_finished)
    (copy_of_finished / answers).unlink()

    cache.rename(elsewhere)
    said = fail(copy_of_finished, answers, study=study, environment=offline)
    assert f"someone/small at {REVISION} is not in the hub's cache on this machine" in said
    assert f"{cache}/hub. Set HF_HOME to the cache it was fetched into." in said
    assert f"hf download someone/small --revision {REVISION}" in said

    elsewhere.rename(cache)
    finish(copy_of_finished, answers, study=study, environment=offline)
    assert digests(copy_of_finished) == before


def test_records_of_snakemake_that_a_full_disk_emptied_cost_no_result(
    copy_of_finished: Path,
) -> None:
    before = digests(copy_of_finished)
    records = [
        path
        for path in (copy_of_finished / ".snakemake/metadata").rglob("*")
        if path.is_file() and "record_provenance" in path.read_text()
    ]
    assert records
    for path in records:
        assert json.loads(path.read_text())["rule"] == "record_provenance"
        os.truncate(path, 0)
    finish(copy_of_finished, "all")
    assert digests(copy_of_finished) == before
