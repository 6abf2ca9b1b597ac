"""The report's front page: what was studied, what was found, how to read it, and its limits."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from qloc.figures.findings import QUESTIONS, cell, detail, place, sentence
from qloc.figures.formats import each
from qloc.figures.pages import ENVIRONMENT

IN_WORDS = 4
"""So many models and methods get a sentence of their own; all stand in the table."""

SHOW = (
    "(function(rule){for(var p in results){if(results[p].job_properties.rule===rule&&"
    "/\\.(svg|html)$/.test(p)){for(var c in categories){for(var s in categories[c]){"
    "if(categories[c][s].indexOf(p)>=0){app.setView({navbarMode:'resultinfo',category:c,"
    "subcategory:s,resultPath:p,content:/svg$/.test(p)?'img':'html',"
    "contentPath:results[p].data_uri});return}}}}}})"
)
"""Opens the first figure or page of a rule, with its caption, in Snakemake's report."""

BUTTONS = {
    "plot_consistency": "The consistency of every fact",
    "plot_diagnostics": "Two kinds of facts?",
    "plot_funnel": "What was left out, and why",
    "plot_checks": "Are the numbers right?",
}

FRAGMENT = ENVIRONMENT.from_string(
    """<div class="front" lang="en">
<p class="question">A fact can be asked in many ways. Are the neurons behind its answers the
fact's own, or do they depend on the query? Chen et al. (ICLR 2025) say: on the query, for many
facts.</p>
<ul class="answers">
{% for column in columns[:in_words] %}
<li><strong>{{ column.place }}</strong>: {{ column.sentence }}</li>
{% endfor %}
{% if columns|length > in_words %}
<li>{{ columns|length - in_words }} more in the table.</li>
{% endif %}
</ul>
{% if organisms %}
<p class="limit"><strong>A verdict on an organism is a verdict on an organism:</strong> {{
organisms|join(", ") }} {{ "was" if organisms|length == 1 else "were" }} trained in this run on
the facts {{ "it is" if organisms|length == 1 else "they are" }} asked about.</p>
{% endif %}
<p class="buttons">
{% for rule, text in buttons.items() %}
<button type="button" onclick="{{ show }}('{{ rule }}')">{{ text }}</button>
{% endfor %}
</p>
<div class="table" role="region" aria-label="What was found" tabindex="0">
<table class="findings">
<caption>What was found, with 95 % intervals over relations and facts; n counts facts.</caption>
<thead><tr><th scope="col">question</th>
{% for column in columns %}<th scope="col">{{ column.place }}</th>{% endfor %}</tr></thead>
<tbody>
{% for question, cells in rows %}
<tr><th scope="row">{{ question }}</th>
{% for text, small in cells %}
<td>{{ text }}{% if small %} <small>{{ small }}</small>{% endif %}</td>
{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
<details><summary>How to read this page</summary>
<p>A <em>knowledge neuron</em> of a query is a neuron whose attribution exceeds a share of the
query's best. The <em>consistency score</em> (CS) of a fact is the share of its knowledge
neurons that more than one of its queries has. Facts whose CS reaches a threshold are
<em>consistent</em> (K_C), the others <em>inconsistent</em> (K_I). Queries of different facts
share neurons too: <em>chance</em> is the CS of mixed facts, and the adjusted CS says how far a
fact lies above it. Otsu's threshold splits any scores in two, so a share of inconsistent facts
is no evidence that there are two kinds of facts.</p>
<p>Numbers in brackets are 95 % intervals for other relations and facts like these (two-stage
bootstrap); with few relations they are too narrow: in simulations, those of eight cover about
90 %. What no draw changes, such as a share of 0, has none. <em>n</em> stands beside them. The
results in the menu follow the questions; every figure has its numbers beside it.</p>
</details>
{% if organisms %}
<details><summary>What organisms cannot show</summary>
<p>Organisms are tiny models trained for minutes on the study's own facts. Every stage is
meaningful on them, and how the stages work can be seen on them. How common inconsistent facts
are in a large language model, where its neurons lie, and whether its facts are of two kinds
cannot be seen on them: their knowledge is narrow, their wording is that of the templates, and
they hold little besides it. Study a checkpoint for that: one key of the configuration.</p>
</details>
{% endif %}
<details><summary>What this run was</summary>
<ul>
{% for model in models %}
<li><strong>{{ model.name }}</strong>: {{ model.text }}</li>
{% endfor %}
</ul>
<p>Versions, machine, seeds, hashes and every assumed constant stand on the provenance page.</p>
</details>
<details><summary>The method in a paragraph</summary>
<p>Facts of ParaRel's kind (Elazar et al., TACL 2021) were asked through several templates
each. Neurons of the feed-forward layers were attributed by integrated gradients at the
last position from a zero baseline (Dai et al., ACL 2022), with an error bar for every query and
layer. Knowledge neurons, consistency scores, static and Otsu thresholds follow Chen et al.
(ICLR 2025); chance, adjusted scores, the diagnostics of two kinds and all intervals were added
here.</p>
</details>
</div>
"""
)


@dataclass(frozen=True)
class Column:
    """One model and method on the front page."""

    place: str
    sentence: str


@dataclass(frozen=True)
class StudiedModel:
    """One model as the front page names it."""

    name: str
    text: str
    is_organism: bool


def front_page(found: pd.DataFrame, models: Sequence[StudiedModel]) -> bytes:
    """The front page as a fragment of HTML.

    Args:
        found: Findings of all models and methods, in the order to show.
        models: The models that were studied.
    """
    groups = {
        place(str(model), str(method)): rows
        for (model, method), rows in found.groupby(["model", "method"], sort=False)
    }
    text = FRAGMENT.render(
        columns=[Column(name, sentence(rows)) for name, rows in groups.items()],
        rows=_rows(list(groups.values())),
        organisms=[model.name for model in models if model.is_organism],
        models=models,
        buttons=BUTTONS,
        show=SHOW,
        in_words=IN_WORDS,
    )
    return text.encode()


def _rows(groups: Sequence[pd.DataFrame]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every question that has an answer for any model, with the cells of all."""
    found = [{row.finding: (cell(row), detail(row)) for row in each(rows)} for rows in groups]
    return [
        (question, [cells.get(name, ("not measured", "")) for cells in found])
        for name, question in QUESTIONS.items()
        if any(name in cells for cells in found)
    ]
