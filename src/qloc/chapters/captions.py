"""Captions: the same texts as in Snakemake's own report, as parts of a page."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import jinja2
from docutils.core import publish_parts

ENVIRONMENT = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
READING = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 2,
    "halt_level": 2,
    "embed_stylesheet": False,
    "smart_quotes": False,
}


def caption(text: str, model: str, method: str, config: Mapping[str, Any]) -> tuple[str, str]:
    """A caption as HTML: what is drawn, which its first line says, and all the rest.

    Args:
        text: Its template, in reStructuredText.
        model: Whose figure it is.
        method: By which way of attributing.
        config: The settings that it speaks of, as Snakemake's `config`.
    """
    seen = SimpleNamespace(wildcards=SimpleNamespace(model=model, method=method), config=config)
    rendered = ENVIRONMENT.from_string(text).render(snakemake=seen)
    first, _, rest = rendered.strip().partition("\n")
    return _html(first), _html(rest)


def _html(text: str) -> str:
    parts = publish_parts(text, writer="html5", settings_overrides=READING)
    return str(parts["body"]).strip()
