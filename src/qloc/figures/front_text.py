"""The words of the report's front page: a fragment of HTML with places for what was found."""

from qloc.figures.pages import ENVIRONMENT

SHOW = (
    "(function(rule){for(var p in results){if(results[p].job_properties.rule===rule&&"
    "/\\.(svg|html)$/.test(p)){for(var c in categories){for(var s in categories[c]){"
    "if(categories[c][s].indexOf(p)>=0){app.setView({navbarMode:'resultinfo',category:c,"
    "subcategory:s,resultPath:p,content:/svg$/.test(p)?'img':'html',"
    "contentPath:results[p].data_uri});return}}}}}})"
)
"""Opens the first figure or page of a rule, with its caption, in Snakemake's report."""

METHOD_WORDS = {
    "ig": "integrated gradients (IG; Dai et al., ACL 2022), at the last position from zero",
    "sig": "sequential integrated gradients (SIG; Enguehard, 2023), at each word from another token"
    " in its place, added over words and normalised",
    "amig": "AMIG (Chen et al., AAAI 2024), at the last position from prompts with words replaced,"
    " added over words and normalised",
}

FRAGMENT = ENVIRONMENT.from_string(
    """<div class="front" lang="en">
<p class="question">A fact can be asked in many ways. Are the neurons behind its answers the
fact's own, or do they depend on the query? Chen et al. (ICLR 2025) say: on the query, for many
facts, called <em>inconsistent</em>. {% for model, said in sentences[:in_words] %}On
<strong>{{ model }}</strong>, {{ said }}. {% endfor %}</p>
{% if organisms %}
<p class="limit"><strong>A verdict on an organism is a verdict on an organism:</strong> {{
organisms|join(", ") }} {{ "was" if organisms|length == 1 else "were" }} trained in this run on
the facts {{ "it is" if organisms|length == 1 else "they are" }} asked about.</p>
{% endif %}
<div class="table" role="region" aria-label="The paper's claims" tabindex="0">
<table class="claims">
<caption>The paper's claims, each judged by a rule set before looking{% if several %}, by {{
groups[0].methods[0] }}{% endif %}; with 95 % intervals over relations and facts.</caption>
<thead><tr><th scope="col">#</th><th scope="col">claim</th>
<th scope="col">{{ groups[0].model }} [95 %]</th>
{% for group in groups %}
<th scope="col">{{ group.model }}</th>
{% endfor %}</tr></thead>
<tbody>
{% for row in claims %}
<tr><td>{% if row.where %}<button type="button" title="Show the figure" onclick="{{ show }}('{{
row.where }}')">{{ row.number }}</button>{% else %}{{ row.number }}{% endif %}</td>
<th scope="row">{{ row.name }}<br><small>{{ row.measured }}</small></th>
<td>{{ row.estimate }}</td>
{% for verdict in row.verdicts %}
<td><span class="{{ verdict.kind }}">{{ verdict.text }}</span> <small>{{ verdict.n }}</small></td>
{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
<p class="buttons">
{% for rule, text in buttons.items() %}
<button type="button" onclick="{{ show }}('{{ rule }}')">{{ text }}</button>
{% endfor %}
</p>
<details><summary>What was found, in numbers</summary>
<ul class="answers">
{% for group in groups[:in_words] %}
<li><strong>{{ group.place }}</strong>: {{ group.sentence }}
{% if group.interventions %}<br>{{ group.interventions }}{% endif %}
{% if group.edits %}<br>{{ group.edits }}{% endif %}</li>
{% endfor %}
{% if groups|length > in_words %}
<li>{{ groups|length - in_words }} more in the table.</li>
{% endif %}
</ul>
<div class="table" role="region" aria-label="What was found" tabindex="0">
<table class="findings">
<caption>What was found, with 95 % intervals over relations and facts; n counts facts.</caption>
<thead><tr><th scope="col" rowspan="2">question</th>
{% for group in groups %}
<th scope="colgroup" colspan="{{ group.methods|length }}">{{ group.model }}</th>
{% endfor %}</tr>
<tr>{% for group in groups %}
{% for method in group.methods %}<th scope="col">{{ method }}</th>{% endfor %}
{% endfor %}</tr></thead>
<tbody>
{% for question, cells in rows %}
<tr><th scope="row">{{ question }}</th>
{% for cell in cells %}
<td{% if cell.width > 1 %} colspan="{{ cell.width }}"{% endif %}>{{ cell.text }}
{% if cell.small %} <small>{{ cell.small }}</small>{% endif %}</td>
{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
</details>
<details><summary>How to read this page</summary>
<p>A claim is <em>supported</em> if the whole interval lies where it says that the number lies,
<em>not supported</em> if all of it lies elsewhere, and <em>undecided</em> if it crosses the limit.
Of a claim of several parts the weakest decides, and is the one shown. A star marks verdicts that
change if ten claims are to hold at once. The button in front shows a figure; <em>All claims</em>
has every part, method and model, and why a claim is undecided or was not tested.</p>
<p>A <em>knowledge neuron</em> of a query is a neuron whose attribution exceeds a share of the
query's best. The <em>consistency score</em> (CS) of a fact is the share of its knowledge
neurons that more than one of its queries has. Facts whose CS reaches a threshold are
<em>consistent</em> (K_C), the others <em>inconsistent</em> (K_I). Queries of different facts
share neurons too: <em>chance</em> is the CS of mixed facts, and the adjusted CS says how far a
fact lies above it. Otsu's threshold splits any scores in two, so a share of inconsistent facts
is no evidence that there are two kinds of facts.{% if several %} Methods that know nothing of
each other would still call some facts inconsistent at once, more so where classes follow the
relation; only what exceeds that is agreement on facts.{% endif %}</p>
{% if intervened %}
<p>Neurons are <em>suppressed</em> by setting them to 0 at the last word of the prompt; how far the
answer falls is a share of its probability before. A <em>knowledge synapse</em> is a column of a
head's attention: a word from which more is taken than a threshold. Suppressed, nothing is taken
from it; doubled, twice as much; how far neurons shrink (or grow) is a share of the size of their
values. Compared are effects on the same facts; above 0, the first of the two moves more. Synapses
are those of the preset that the study lists first. Any loss
of attention moves neurons, so beside the synapses stands the same loss in every row, in proportion
over all words that the row sees.</p>
{% endif %}
{% if edited %}
<p>An <em>edit</em> changes the value vectors of a set of neurons: an <em>update</em> writes another
object, an <em>erasure</em> takes the object away. <em>Reliability</em> is how far that works on the
query that is edited, <em>generalization</em> how far on the fact's other queries, and
<em>locality</em> the share of unrelated queries that are answered as before; perplexity is that of
held-out text, and its change a share of what it was. The <em>average</em> is that of the first
three. The sets are the query's own neurons, the union over queries, and the
<em>consistency-aware</em> ones, whose scores are high and even over queries. The last two are
chosen with half of the queries, and generalization is that to the others. Edits are of the preset
that the study lists last, as strong as facts that are not evaluated asked for.</p>
{% endif %}
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
each. Neurons of the feed-forward layers were attributed by {{ methods|join("; by ") }}. Every
query and layer has an error bar. Knowledge neurons, consistency scores, static and Otsu
thresholds{% if intervened %}, the manipulated neuron sets and synapses{% endif %}{% if edited %},
the edited neuron sets and how edits are judged{% endif %} follow
Chen et al. (ICLR 2025); chance, adjusted scores, the diagnostics of two kinds{% if intervened %},
equal-sized and mass-matched controls{% endif %}{% if edited %}, sets chosen without the queries
they are judged by{% endif %} and all intervals were added here.</p>
</details>
</div>
"""
)
