"""Tables as pages that read well, also on a phone, without a network and without scripts.

Every text is escaped: what stands in somebody's data is shown, never run. The report shows a
page inside a frame, as an address of at most two million characters, which is empty without a
word beyond that; hence the limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import jinja2
import pandas as pd

from qloc.errors import StudyError

LARGEST = 1_400_000
"""Bytes of a page."""

ENVIRONMENT = jinja2.Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
)

SHORT = 24
"""Letters of a cell that stands on one line."""

PAGE = ENVIRONMENT.from_string(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body { margin: 0; color: #1a1a1a;
       font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 84rem; margin: 0 auto; padding: 1.2rem 1rem 3rem; }
h1 { font-size: 1.4rem; margin: 0 0 .4rem; }
p { margin: .4rem 0; max-width: 46rem; }
.table { overflow-x: auto; margin: 1.2rem 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #595959; padding-bottom: .3rem; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #d5d9de; text-align: left;
         vertical-align: top; font-weight: 400; overflow-wrap: break-word; max-width: 26rem; }
thead th { font-weight: 600; vertical-align: bottom; }
.short { white-space: nowrap; }
.notes { color: #595959; font-size: .88rem; }
@media print { .table { overflow: visible; } }
</style>
</head>
<body>
<main>
<h1>{{ title }}</h1>
<p>{{ lead }}</p>
{% for table in tables %}
<div class="table" role="region" aria-label="{{ table.caption }}" tabindex="0">
<table>
<caption>{{ table.caption }}</caption>
<thead><tr>{% for name in table.columns %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in table.rows %}
<tr><th scope="row" dir="auto"{% if row[0]|length <= short %} class="short"{% endif %}>{{
row[0] }}</th>
{% for cell in row[1:] %}
<td dir="auto"{% if cell|length <= short %} class="short"{% endif %}>{{ cell }}</td>
{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
{% endfor %}
<div class="notes">
{% for note in notes %}
<p>{{ note }}</p>
{% endfor %}
</div>
</main>
</body>
</html>
"""
)


@dataclass(frozen=True)
class PageTable:
    """One table of a page: what it shows, its columns, and its cells as texts."""

    caption: str
    cells: pd.DataFrame

    @property
    def columns(self) -> list[str]:
        return [str(name) for name in self.cells.columns]

    @property
    def rows(self) -> list[list[str]]:
        return [[str(cell) for cell in row] for row in self.cells.to_numpy().tolist()]


def page(title: str, lead: str, tables: Sequence[PageTable], notes: Sequence[str]) -> bytes:
    """A page of tables as HTML.

    Raises:
        StudyError: The page is larger than a report can show.
    """
    text = PAGE.render(title=title, lead=lead, tables=tables, notes=notes, short=SHORT).encode()
    if len(text) > LARGEST:
        n_rows = sum(len(table.rows) for table in tables)
        raise StudyError(
            f"The page “{title}” has {n_rows:,} rows and {len(text):,} bytes, but a report shows"
            f" pages of at most {LARGEST:,} bytes. Study fewer models or relations at a time."
        )
    return text
