"""Write a chapter of the report: one question, its verdicts, figures, numbers and limits."""

import logging
from pathlib import Path
from typing import Any

import click
import pandas as pd

from qloc.chapters.card import Record, Tick, checklist, study_card
from qloc.chapters.contents import CHAPTERS
from qloc.chapters.page import chapter_page
from qloc.chapters.sections import Files, Study, sections
from qloc.chapters.verdicts import verdicts
from qloc.contracts.claims import CLAIMS
from qloc.contracts.funnels import FUNNELS
from qloc.contracts.provenance import PROVENANCE
from qloc.contracts.stage_costs import STAGE_COSTS
from qloc.figures.formats import counted
from qloc.options import INPUT, OUTPUT, PATHS, SETTINGS
from qloc.outputs import write_files
from qloc.tables import read_table

logger = logging.getLogger(__name__)


@click.command()
@click.option("--chapter", required=True, type=click.Choice(list(CHAPTERS)), help="Which.")
@click.option("--model", required=True, help="Whose.")
@click.option("--models", required=True, help="All of the study, with blanks between them.")
@click.option("--claims", required=True, type=INPUT, help="Of the model.")
@click.option("--funnel", required=True, type=INPUT, help="Of the model and the first method.")
@click.option("--figures", required=True, type=PATHS, help="SVG.")
@click.option("--numbers", required=True, type=PATHS, help="CSV of each figure.")
@click.option("--captions", required=True, type=PATHS, help="Text of each figure.")
@click.option("--tables", required=True, type=PATHS, help="Pages of tables.")
@click.option(
    "--record", required=True, type=PATHS, help="Provenance, and costs of the model; or none."
)
@click.option("--settings", required=True, type=SETTINGS, help="What the numbers follow from.")
@click.option("--page", required=True, type=OUTPUT, help="HTML.")
def command(
    chapter: str,
    model: str,
    models: str,
    claims: Path,
    funnel: Path,
    figures: list[Path],
    numbers: list[Path],
    captions: list[Path],
    tables: list[Path],
    record: list[Path],
    settings: dict[str, Any],
    page: Path,
) -> None:
    """Write a chapter of the report: one question, its verdicts, figures, numbers and limits."""
    contents = CHAPTERS[chapter]
    study = Study(model, models.split(), settings["methods"], settings)
    files = [{path.stem: path for path in of} for of in (figures, numbers, captions, tables)]
    judged, steps = read_table(CLAIMS, claims), read_table(FUNNELS, funnel)
    steps = steps[steps["relation"] == "all"].sort_values("step")
    found = verdicts(judged, contents.claims, study.methods[0])
    last = steps.iloc[-1]
    basis = (
        f"{counted(last['n_facts'], 'fact')}, {counted(last['n_queries'], 'query')} with a score"
    )
    parts = list(sections(contents, study, Files(*files)))
    filled = _filled(record, judged, steps, study)
    write_files({page: chapter_page(contents, model, basis, found, parts, settings, *filled)})
    logger.info("%d verdicts, %d figures and tables", len(found), len(parts))


def _filled(
    record: list[Path], claims: pd.DataFrame, steps: pd.DataFrame, study: Study
) -> tuple[list[tuple[str, str]], list[Tick]]:
    """The study card and the checklist, where the chapter has them."""
    if not record:
        return [], []
    provenance, costs = record
    known = Record(
        read_table(PROVENANCE, provenance),
        read_table(STAGE_COSTS, costs),
        claims,
        steps,
        study.settings,
    )
    return study_card(known, study.model), list(checklist(known))
