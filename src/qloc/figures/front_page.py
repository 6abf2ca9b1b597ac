"""The report's front page: the paper's claims, which of them hold here, and what this run was."""

import pandas as pd

from qloc.figures.claim_front import COLUMNS, claim_rows, reasons, verdict_sentences
from qloc.figures.front_text import FRAGMENT, OPEN
from qloc.figures.methods_words import citations, methods_paragraph
from qloc.figures.run_words import Run
from qloc.figures.style import METHOD_NAME


def front_page(claims: pd.DataFrame, methods: list[str], run: Run) -> bytes:
    """The front page as a fragment of HTML.

    Args:
        claims: Claims of all models, with the column `model`, in the order of the study.
        methods: Attribution methods; the page has the verdicts of the first.
        run: What it was.
    """
    first = methods[0]
    models = [str(name) for name in claims["model"].unique()]
    is_counted = len(models) > COLUMNS
    rows = claim_rows(claims, first)
    text = FRAGMENT.render(
        open=OPEN,
        sentences=verdict_sentences(claims, first),
        organisms=[model.name for model in run.models if model.is_organism],
        several=len(methods) > 1,
        first_method=METHOD_NAME[first],
        method_names=[METHOD_NAME[method] for method in methods],
        models=models,
        counted=is_counted,
        claims=rows,
        is_starred=any("*" in verdict.text for row in rows for verdict in row.verdicts),
        buttons=_buttons(models[0]),
        why=[] if is_counted else reasons(claims, first),
        run=run,
        paragraph=methods_paragraph(run.settings, [m.name for m in run.models], methods),
        citations=citations(run.settings, methods),
    )
    return text.encode()


def _buttons(model: str) -> dict[str, str]:
    """What the buttons under the table open, and what they say."""
    return {
        "figures/claims.svg": "All claims, drawn",
        "explorer.html": "Explorer",
        f"chapters/{model}/know.html#funnel": "What was left out",
        f"chapters/{model}/trust.html#checks": "Are the numbers right?",
    }
