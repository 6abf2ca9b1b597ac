"""The words of the report's front page: a fragment of HTML with places for what was found."""

from qloc.figures.pages import ENVIRONMENT

OPEN = (
    "(function(e){var b=e.target.closest('button[data-opens]');if(!b)return;"
    "var to=b.dataset.opens.split('#'),said=e.currentTarget.querySelector('.said');"
    "said.textContent='';try{for(var c in categories)for(var s in categories[c])"
    "for(var i=0;i<categories[c][s].length;i++){var p=categories[c][s][i];"
    "if(('/'+p).endsWith('/results/'+to[0])){app.setView({navbarMode:'resultinfo',category:c,"
    "subcategory:s,resultPath:p,content:/svg$/.test(p)?'img':'html',"
    "contentPath:results[p].data_uri+(to[1]?'#'+to[1]:'')});return}}}catch(x){}"
    "said.textContent='Not part of this report: '+b.dataset.opens})(event)"
)
"""Opens what a button names, with its caption, in Snakemake's report; says so where it cannot.

Another page that shows the fragment has neither `app` nor `results`: nothing breaks there.
"""

FRAGMENT = ENVIRONMENT.from_string(
    """<div class="front" lang="en" onclick="{{ open }}">
<p class="question">One fact can be asked in many wordings. A model's knowledge of it is
<em>consistent</em> (K_C) if the same neurons answer whatever the wording, <em>inconsistent</em>
(K_I) if each wording has its own. Chen et al. (ICLR 2025) claim that much is inconsistent, that
attention chooses the neurons, and that edits should heed it.</p>
<p class="answer">{% for place, said in sentences %}
{{ "On" if loop.first else "; on" }} {{ place }}, {{ said }}{% endfor %}.</p>
{% if organisms %}
<p class="limit"><strong>A verdict on an organism is a verdict on an organism:</strong> {{
organisms|join(", ") if organisms|length < models|length else "these toy models"
if models|length > 1 else "this toy model" }} {{ "was" if organisms|length == 1 else "were" }}
trained on the study's own facts.</p>
{% endif %}
<div class="table" role="region" aria-label="The paper's claims" tabindex="0">
<table class="claims">
<caption>{% if several %}By {{ first_method }}. {% endif %}?: the interval decides neither way.
Verdicts open {{ "all parts" if counted else "chapters" }}.</caption>
<thead><tr><th scope="col">#</th><th scope="col">claim</th>
<th scope="col">found{% if models|length > 1 %} on {{ models[0] }}{% endif %} [95&nbsp;%]</th>
<th scope="col">points&nbsp;as<br>claimed?</th>
<th scope="col">n</th>
{% for name in models if not counted %}
<th scope="col">{{ name if models|length > 1 else "verdict" }}</th>
{% else %}
<th scope="col">verdicts of {{ models|length }} models</th>
{% endfor %}</tr></thead>
<tbody>
{% for row in claims %}
<tr><td>{{ row.number }}</td>
<th scope="row">{{ row.name }}<br><small>{{ row.measured }}{% if row.printed
%}<br>{{ row.printed }}{% endif %}</small></th>
<td class="number">{{ row.estimate }}</td>
<td>{{ row.as_paper }}</td>
<td class="number">{{ row.n }}</td>
{% for verdict in row.verdicts %}
<td><button type="button" class="{{ verdict.kind }}" data-opens="{{ verdict.opens }}"><span
class="unseen">{{ row.number }}: </span>{{ verdict.text }}</button>{% if not loop.first %}<br><small
>{{ verdict.n }}</small>{% endif %}</td>
{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
<p class="buttons">
{% for opens, text in buttons.items() %}
<button type="button" data-opens="{{ opens }}">{{ text }}</button>
{% endfor %}
<span class="said" role="status"></span></p>
<details><summary>How to read this page</summary>
<p>Each claim was turned into a number and a region where the claim says that it lies, before
anything was computed. It is <em>supported</em> (✓) if the whole 95 % interval lies in that
region, <em>not supported</em> (✗) if all of it lies outside, and <em>undecided</em> (?) if it
crosses the limit, or another condition of the rule is open: more facts may decide. <em>Not
tested</em> (–) means that a stage is off, or that there are too few facts. Of a claim of several
parts the weakest decides, and is the one shown; the chapter has all of them.
{% if is_starred %} A star marks verdicts that change if ten claims are
to hold at once (99.5 % intervals).{% endif %}</p>
<p>Numbers in brackets are 95 % intervals for other relations and facts like these (two-stage
bootstrap); over two to four relations they are too narrow. <em>n</em> counts facts. <em>Points
as claimed?</em> says whether the number itself, without its interval, lies where the paper claims.
Where
the paper prints a number that a run can give too, both stand under the claim; it prints no
intervals, so a difference from it is never a verdict.</p>
<p>A <em>knowledge neuron</em> of a query is a neuron whose attribution exceeds a share of the
query's best. The <em>consistency score</em> (CS) of a fact is the share of its knowledge neurons
that more than one of its queries has. Facts whose CS reaches a threshold are consistent (K_C), the
others inconsistent (K_I). Queries of different facts share neurons too: <em>chance</em> is the CS
of mixed facts, and the adjusted CS says how far a fact lies above it. Otsu's threshold splits any
scores in two, so a share of inconsistent facts is no evidence that there are two kinds of facts
(claim 1b).</p>
{% if why %}
<p>Why claims are undecided or were not tested:</p>
<ul dir="auto">
{% for model, number, verdict, reason in why %}
<li>{{ model }}, {{ number }} ({{ verdict }}): {{ reason }}</li>
{% endfor %}
</ul>
{% endif %}
</details>
<details><summary>What this run was</summary>
<ul>
{% for model in run.models %}
<li><strong>{{ model.name }}</strong>: {{ model.text }}</li>
{% endfor %}
{% for sentence in run.facts %}
<li>{{ sentence }}</li>
{% endfor %}
<li>Seed {{ run.settings["seed"] }}; methods {{ method_names|join(", ") }}.</li>
</ul>
{% if run.own_settings %}
<table class="own"><caption>Settings of this run that differ from those shipped</caption>
<thead><tr><th scope="col">setting</th><th scope="col">here</th><th scope="col">shipped</th></tr>
</thead>
<tbody>
{% for key, here, shipped in run.own_settings %}
<tr><th scope="row" dir="auto">{{ key }}</th><td dir="auto">{{ here }}</td><td dir="auto">{{ shipped
}}</td></tr>
{% endfor %}
</tbody></table>
{% else %}
<p>All settings are those shipped.</p>
{% endif %}
{% if organisms %}
<p>Organisms are tiny models trained for minutes on the study's own facts. Every stage is
meaningful on them, and how the stages work can be seen on them. How common inconsistent facts
are in a large language model, where its neurons lie, and whether its facts are of two kinds
cannot be seen on them. Study a checkpoint for that: one key of the configuration.</p>
{% endif %}
</details>
<details><summary>A methods paragraph, ready to paste</summary>
<p>{{ paragraph }}</p>
<ul class="citations">
{% for citation in citations %}
<li>{{ citation }}</li>
{% endfor %}
</ul>
</details>
<details><summary>Software versions, hardware, time</summary>
<p>{{ run.software }}.</p>
<p>{{ run.hardware }}.</p>
<p>{{ run.time }}. All versions, seeds, hashes, code and assumed constants stand on the page of
<button type="button" data-opens="tables/provenance.html">provenance</button>, the time of every
stage under <button type="button" data-opens="tables/stage_costs.html">what it cost</button>.</p>
</details>
</div>
"""
)
