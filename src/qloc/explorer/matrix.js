/* The fact that is shown: its queries by neurons. */

const FEWEST_COLUMNS = 20, MOST_COLUMNS = 60;
const COLUMN_WIDTH = 18, PROMPT_WIDTH = 260;

/* As many columns as fit beside the prompts: then the bars' share of the width is seen. */
const room = () => Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS,
  Math.floor((at("fact").clientWidth - PROMPT_WIDTH) / COLUMN_WIDTH)));

function verdict(score) {
  if (score === null) return element("span", { className: "none" }, "no score");
  const is = score >= thresholdNow();
  return element("b", { className: is ? "kc" : "ki" }, is ? "● consistent" : "◆ inconsistent");
}

/* What a neuron's place and a query's cell say. */
const place = neuron => {
  const width = DATA.models[chosen.model].width;
  return [Math.floor(neuron / width), neuron % width];
};
const cell = level => {
  if (level === undefined) return element("td");
  const reached = STOPS[level - 1], grey = Math.round(200 - 155 * reached);
  const td = element("td", { className: grey < 118 ? "dark" : "",
    title: `more than ${share(reached)} of the query's best score` },
  element("span", { "aria-hidden": true, className: "dot" }, "•"),
  element("span", { className: "reached" }, share(reached).slice(1)));
  td.style.background = `rgb(${grey}, ${grey}, ${grey})`;
  return td;
};

function queryRow(query, columns) {
  const probability = DATA.answer_probability[chosen.model][query];
  const said = probability === null ? "not studied" : `p ${share(probability)}`;
  const head = element("th", { scope: "row" }, apart(DATA.queries.prompt[query]),
    element("span", { className: "side" }, ` ${said}`));
  return element("tr", { className: probability === null ? "out" : "" }, head,
    ...columns.map(([, levels]) => cell(levels.get(query))));
}

/* So many of a row, such that each part of it keeps its share. */
const evenly = (all, most) => all.length <= most ? all
  : Array.from({ length: most }, (_, place) => all[Math.floor((place + .5) * all.length / most)]);

function matrix(fact) {
  const all = columnsOf(chosen.model, chosen.method, fact, chosen.stop);
  const columns = evenly(all, room());
  const heads = columns.map(([neuron, levels]) => {
    const [layer, unit] = place(neuron);
    const head = element("th", { scope: "col", className: levels.size > 1 ? "shared" : "",
      title: `layer ${layer}, neuron ${unit}: ${plural(levels.size, "query")}` });
    head.append(element("span", {}, `${layer}·${unit}`));
    return head;
  });
  const body = element("tbody");
  for (let query = DATA.facts.first[fact]; query < DATA.facts.first[fact + 1]; query++)
    body.append(queryRow(query, columns));
  const what = element("th", { scope: "col" }, "query \\ neuron (layer·number)");
  const note = all.length > columns.length ? `${columns.length} of ${all.length} neurons, evenly chosen.`
    : all.length ? "" : "No neuron of this fact exceeds the threshold.";
  return [element("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": "Queries by neurons" },
    element("table", { id: "grid" }, element("thead", {}, element("tr", {}, what, ...heads)), body)),
  element("p", { className: "note" }, note)];
}

/* What the study says of a fact beside what this page computes. */
function beside(fact) {
  const chance = DATA.chance[chosen.model][chosen.method][fact];
  const adjusted = DATA.adjusted[chosen.model][chosen.method][fact];
  if (chance === null || adjusted === null) return "What chance gives is not known for this fact.";
  return `At the study's settings, queries of mixed facts share ${share(chance)}; adjusted for that`
    + ` the score is ${share(adjusted).replace("-", "−")} (1: all shared, 0: as by chance).`;
}

function showFact(row) {
  if (row === null) {
    const why = N_FACTS === 0 ? "No fact of this study was asked often enough to have a score: see the funnel."
      : "No fact fits the search and the choices above.";
    at("fact").replaceChildren(element("p", {}, why));
    return;
  }
  const relation = DATA.relations[DATA.facts.relation[row.fact]];
  const score = row.score === null ? "" : ` = ${row.score.toFixed(3)} `;
  at("fact").replaceChildren(
    element("h2", {}, ...named(row.fact)),
    element("p", {}, `${row.shared} of ${plural(row.any, "neuron")} shared by at least two of `
      + `${plural(row.studied, "query")}: CS${score || " "}`, verdict(row.score)),
    ...matrix(row.fact),
    element("p", { className: "note" }, `${DATA.models[chosen.model].name}, `
      + `${DATA.methods[chosen.method].toUpperCase()}, selection threshold ${share(STOPS[chosen.stop])}, `
      + `CS threshold ${share(thresholdNow())}.`),
    element("p", { className: "note" }, `${DATA.facts.fact_id[row.fact]}, relation `, relation.name,
      " (“", apart(relation.pattern), "”). ", beside(row.fact)));
}
