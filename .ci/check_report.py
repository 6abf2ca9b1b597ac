"""Check that a finished study left its report, and every page and table in it.

.venv/bin/python .ci/check_report.py results
"""

import re
import sys
from pathlib import Path

FIGURES_PER_METHOD = 10
FIGURES_PER_MODEL = 10  # training, agreement, quadratures, five of interventions, two of edits
FIGURES_OF_ALL = 1  # claims
PAGES_PER_MODEL = 5  # the chapters
PAGES_OF_ALL = 14  # twelve tables, the findings, the explorer
NOT_IN_THE_MENU = {"report.html", "front_page.html", "synapse_examples.csv"}
OF_A_METHOD = {"ig", "sig", "amig"}  # numbers of their figures are files beside the report
LARGEST_REPORT_MB = 12


def main(results: Path) -> int:
    """Say what the report holds; 1 if something lacks."""
    report = (results / "report.html").read_text(encoding="utf-8")
    models = [path.parent.name for path in results.glob("models/*/model.json")]
    figures = list(results.glob("figures/**/*.svg"))
    files = [path for path in results.rglob("*.*") if path.name not in NOT_IN_THE_MENU]
    pages = [path for path in files if path.suffix == ".html"]
    numbers = [path for path in files if path.suffix == ".csv"]
    shown = [*pages, *(path for path in numbers if not OF_A_METHOD & set(path.parts))]
    lacking = [str(path) for path in shown if f"results/{path.relative_to(results)}" not in report]
    drafts = [str(path) for path in results.rglob("*.draft.*")]
    errors = re.findall(r"system-message|Traceback \(most", report)
    sys.stdout.write(
        f"{len(models)} models, {len(figures)} figures, {len(pages)} pages,"
        f" report of {len(report) / 1e6:.1f} MB\n"
    )
    sys.stdout.write("".join(f"not in the report: {name}\n" for name in lacking))
    sys.stdout.write("".join(f"draft left: {name}\n" for name in drafts))
    placed = list(results.glob("consistency_scores/*/*.parquet"))
    n_figures = FIGURES_PER_METHOD * len(placed) + FIGURES_PER_MODEL * len(models) + FIGURES_OF_ALL
    n_pages = PAGES_PER_MODEL * len(models) + PAGES_OF_ALL
    is_whole = len(figures) == n_figures and len(pages) == n_pages
    is_small = len(report) <= LARGEST_REPORT_MB * 1e6
    return int(bool(lacking or drafts or errors) or not models or not (is_whole and is_small))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
