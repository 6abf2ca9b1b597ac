"""Which jobs of a run failed for good: their rule, wildcards and logs, on one line each.

Snakemake says all of it, but in pieces between the lines of other jobs: a job's wildcards where it
starts, its logs where it fails. What is read is Snakemake's own log of the run.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

STARTED = re.compile(r"(?:local)?(?:rule|checkpoint) (\w+):")
FAILED = re.compile(r"Error in rule (\w+)(?:, jobid: \d+)?:")
FINISHED = re.compile(r"Finished jobid: (\d+)")
# Above and below a log that is shown.
FENCE = re.compile(r"={60,}")
# Another thing is said: the time of day stands before it.
NEXT = re.compile(r"\[\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}\]")
LOOK = r" \(check log file\(s\) for error details\)"
DETAIL = re.compile(rf"    (jobid|log|wildcards): (.*?)(?:{LOOK})?")
REFUSED = re.compile(r".*?(sbatch: error: .+?)(?:'\.)?")


@dataclass
class Job:
    """A job, as far as the log has told of it."""

    rule: str
    wildcards: str = ""
    starts: int = 0
    refusals: dict[str, None] = field(default_factory=dict)
    logs: dict[str, None] = field(default_factory=dict)
    has_failed: bool = False

    def __str__(self) -> str:
        wildcards = f" ({self.wildcards})" if self.wildcards else ""
        tried = f", tried {self.starts} times" if self.starts > 1 else ""
        logs = [log for log in self.logs if Path(log).is_file()]
        see = "" if self.refusals or not logs else " See"
        below = "".join(f"\n  {line}" for line in self.refusals or logs)
        return f"Failed: {self.rule}{wildcards}{tried}.{see}{below}\n"


def failed_jobs(said: str) -> list[Job]:
    """The jobs that failed and did not finish later, in the order in which they started."""
    jobs: dict[str, Job] = {}
    lines = list(own_lines(said.splitlines()))
    for place, line in enumerate(lines):
        if finished := FINISHED.match(line):
            jobs[finished[1]].has_failed = False
        elif opened := STARTED.fullmatch(line) or FAILED.match(line):
            below = block(lines[place + 1 :])
            details = {found[1]: found[2] for found in map(DETAIL.fullmatch, below) if found}
            job = jobs.setdefault(details.get("jobid", ""), Job(opened[1]))
            if opened.re is STARTED:
                job.starts += 1
                job.wildcards = details.get("wildcards", "")
            else:
                job.has_failed = True
                job.logs |= dict.fromkeys(details.get("log", "").split(", "))
                refusals = [found[1] for found in map(REFUSED.fullmatch, below) if found]
                job.refusals |= dict.fromkeys(refusals)
    return [job for job in jobs.values() if job.has_failed]


def own_lines(lines: list[str]) -> Iterator[str]:
    """What the run itself said, without the logs of failed jobs that it shows.

    On a cluster each of them is the log of a Snakemake of its own, whose job has number 0.
    """
    depth, before = 0, ""
    for line in lines:
        if FENCE.fullmatch(line):
            opens = before.startswith("Logfile ") and before.endswith(":")
            depth = depth + 1 if opens else max(0, depth - 1)
        elif depth == 0:
            yield line
        before = line


def block(lines: list[str]) -> list[str]:
    """What is said of one job, up to where something else is said."""
    ends = (place for place, line in enumerate(lines) if NEXT.fullmatch(line))
    return lines[: next(ends, len(lines))]


def main(logs: list[Path]) -> None:
    """Say which jobs failed; nothing where there is no log."""
    here = f"{Path.cwd()}/"
    for log in filter(Path.is_file, logs):
        for job in failed_jobs(log.read_text(encoding="utf-8", errors="replace")):
            sys.stderr.write(str(job).replace(here, ""))


if __name__ == "__main__":
    main([Path(log) for log in sys.argv[1:]])
