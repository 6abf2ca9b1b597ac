"""A study on a file system that is full or read-only says so, and ends well once that is mended.

Small file systems in memory stand for such disks; they are mounted for the processes of one
test alone, where the system allows it.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

pytestmark = pytest.mark.slow

TARGET = "results/queries/P36.parquet"
MADE = ("facts", "queries", "filter_steps")
UNWRITABLE = 74

Snakemake = Callable[..., "CompletedProcess[str]"]
InMounts = Callable[..., list["CompletedProcess[str]"]]


def python(*words: str) -> str:
    return shlex.join([sys.executable, *words])


RUN = python("workflow/run.py", "--cores", "1", "--", TARGET)
BY_HAND = python("-m", "snakemake", "--cores", "1", "--", TARGET)


def mount(folder: str, size: str) -> str:
    return f"mkdir -p {folder} && mount -t tmpfs -o size={size} tmpfs {folder}"


def change(folder: str, options: str) -> str:
    return f"mount -o remount,{options} {folder}"


@pytest.fixture
def in_mounts(checkout: Path, tmp_path: Path) -> InMounts:
    """Run commands one after another where mounts are theirs alone; what each said and returned.

    The results are copied to `results of <test>` beside the checkout at the end.
    """
    own = ["unshare", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*own, "true"], check=False).returncode:
        pytest.skip("no file systems can be mounted here: unshare is missing or not allowed")

    def run(*commands: str) -> list["CompletedProcess[str]"]:
        said, kept = tmp_path / "said", tmp_path / "kept"
        said.mkdir()
        lines = [
            f'( {command} ) > "$SAID/{number}.out" 2> "$SAID/{number}.err";'
            f' echo $? > "$SAID/{number}.code"'
            for number, command in enumerate(commands)
        ]
        lines.append('if test -d results; then cp -r results "$KEPT"; fi')
        environment = os.environ | {"SAID": str(said), "KEPT": str(kept)}
        script = [*own, "bash", "-c", "\n".join(lines)]
        subprocess.run(script, cwd=checkout, env=environment, check=True)
        return [
            CompletedProcess(
                command,
                int((said / f"{number}.code").read_text()),
                *((said / f"{number}.{kind}").read_text() for kind in ("out", "err")),
            )
            for number, command in enumerate(commands)
        ]

    return run


@pytest.fixture
def made(in_mounts: InMounts, checkout: Path, snakemake: Snakemake) -> Callable[[Path], None]:
    """Compare what was made after mending with what is made where nothing was wrong."""

    def compare(kept: Path) -> None:
        assert snakemake("--cores", "1", "--", TARGET).returncode == 0
        for table in MADE:
            path = f"{table}/P36.parquet"
            assert (kept / path).read_bytes() == (checkout / "results" / path).read_bytes()
        assert [path for path in kept.rglob("*") if "draft" in path.name] == []

    return compare


def test_a_job_that_meets_a_full_disk_says_so_and_is_done_when_there_is_room(
    in_mounts: InMounts, made: Callable[[Path], None], tmp_path: Path
) -> None:
    _, full, _, mended = in_mounts(
        mount("results", "8k"), BY_HAND, change("results", "size=4m"), RUN
    )
    said = full.stdout + full.stderr
    assert full.returncode == 1
    assert "Error: results/" in said
    assert "P36.parquet cannot be written: its file system is full: " in said
    assert "Make room there, then run again" in said
    after = full.stderr.partition("Error in rule filter_facts")[2]
    assert "\nresults cannot be written: its file system is full: 0.0 of 0 MB" in after
    assert mended.returncode == 0, mended.stderr
    made(tmp_path / "kept")


def test_a_run_does_not_start_on_a_full_disk(in_mounts: InMounts) -> None:
    _, full = in_mounts(mount("results", "900k"), RUN)
    assert full.returncode == UNWRITABLE
    assert full.stderr.startswith("results cannot be written: its file system is full: 0.9 of 1 MB")
    assert len(full.stderr.splitlines()) == 1


def test_read_only_results_are_named_and_the_run_goes_on_when_they_can_be_written(
    in_mounts: InMounts, made: Callable[[Path], None], tmp_path: Path
) -> None:
    _, _, refused, by_hand, _, mended = in_mounts(
        mount("results", "4m"), change("results", "ro"), RUN, BY_HAND,
        change("results", "rw"), RUN,
    )  # fmt: skip
    assert refused.returncode == UNWRITABLE
    assert refused.stderr.startswith("results cannot be written: its file system is read-only.")
    assert by_hand.returncode == 1
    assert "Read-only file system: 'results/" in by_hand.stderr
    assert mended.returncode == 0, mended.stderr
    made(tmp_path / "kept")


def test_a_full_temporary_folder_is_named(in_mounts: InMounts) -> None:
    _, refused, mended = in_mounts(
        mount("small", "100k"), f"TMPDIR=$PWD/small {RUN}", f"TMPDIR=/tmp {RUN}"
    )
    assert refused.returncode == UNWRITABLE
    assert "my study/small cannot be written: its file system is full" in refused.stderr
    assert mended.returncode == 0, mended.stderr


def test_a_disk_of_results_that_is_not_mounted_is_named(checkout: Path) -> None:
    (checkout / "results").symlink_to(checkout / "not mounted")
    run = subprocess.run(
        shlex.split(RUN), cwd=checkout, capture_output=True, text=True, check=False
    )
    assert run.returncode == UNWRITABLE
    assert run.stderr.startswith("results cannot be written: where its folder should be")
    assert not (checkout / ".snakemake").exists()


def test_a_report_that_cannot_be_written_is_no_traceback(in_mounts: InMounts) -> None:
    _, _, report = in_mounts(
        mount("logs", "4m"), change("logs", "ro"), python("workflow/report.py")
    )
    assert report.returncode == 1
    assert report.stderr.startswith(
        "logs/report.log cannot be written: its file system is read-only"
    )
