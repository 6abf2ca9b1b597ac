"""Write the HTML report of a finished study; say how many claims hold, and name it.

Options are handed to Snakemake (`--configfile studies/smoke.yaml`). With `-` as the first, the
settings are read from standard input as JSON: so a run that ended well passes on its own.
(Snakemake's `--report-after-run` will not do: with it, a dry run in a fresh checkout fails.)
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import places
import sample

CHECKOUT = Path(__file__).resolve().parents[1]
REPORT = Path("results/report.html")
DRAFT = REPORT.with_name(".draft.report.html")
LOG = Path("logs/report.log")


def main(options: list[str]) -> int:
    """Write the report; the exit code of Snakemake."""
    with tempfile.TemporaryDirectory() as folder:
        if options[:1] == ["-"]:
            settings = Path(folder, "settings.json")
            settings.write_text(sys.stdin.read(), encoding="utf-8")
            options = ["--configfile", str(settings), *options[1:]]
        code = snakemake(sample.with_sample(options))
    if code:
        DRAFT.unlink(missing_ok=True)
        sys.stderr.write(why_not(LOG.read_text(encoding="utf-8")))
        places.main()
        return code
    os.replace(DRAFT, REPORT)
    sys.stderr.write(verdicts())
    sys.stderr.write(f"Report: {REPORT} ({REPORT.stat().st_size / 1e6:.1f} MB)\n")
    return 0


def snakemake(options: list[str]) -> int:
    """Let Snakemake write the draft of the report, its talk into the log."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "snakemake", "--nolock", "--cores", "1", *options]
    command += ["--report", str(DRAFT)]
    command += ["--report-stylesheet", str(CHECKOUT / "reports/report.css")]
    command += ["--report-metadata", str(CHECKOUT / "reports/metadata.yaml")]
    with LOG.open("w", encoding="utf-8") as log:
        return subprocess.run(command, stdout=log, stderr=log, check=False).returncode


def verdicts() -> str:
    """How many claims have which verdict, a line for every model.

    Nothing where this interpreter cannot read tables, as where jobs have environments of their own.
    """
    command = [sys.executable, "-m", "qloc", "show", "claims", "--brief"]
    code = os.environ | {"PYTHONPATH": str(CHECKOUT / "src")}
    run = subprocess.run(command, env=code, capture_output=True, text=True, check=False)
    return "" if run.returncode else run.stdout


def why_not(said: str) -> str:
    """Why there is no report: most often, a part of the study was asked for."""
    if "marked for report but does not exist" in said:
        return "No report: not all of what it shows is made yet. `make` makes it.\n"
    last = "".join(f"  {line}\n" for line in said.splitlines()[-5:])
    return f"No report was written; {LOG} says why. The last of it:\n{last}"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except sample.SampleError as error:
        sys.exit(str(error))
    except OSError as refusal:
        sys.exit(str(places.unwritable(refusal.filename or REPORT, refusal)))
