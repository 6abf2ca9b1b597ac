/* The page: texts of the data enter it as texts, never as HTML. */

const MOST_COLUMNS = 60;
const at = id => document.getElementById(id);
const share = value => value.toFixed(2);
const percent = part => part.scored ? `${(100 * part.count / part.scored).toFixed(1)} %` : "none";
const plural = (count, noun) => `${count.toLocaleString("en")} ${count === 1 ? noun
  : noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;

function element(tag, given = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given))
    name in made ? made[name] = value : made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

/* A text of the data, which may run from right to left. */
const apart = text => element("bdi", {}, text);
const named = fact => [apart(DATA.facts.subject[fact]), " → ", apart(DATA.facts.object[fact])];

function verdict(score) {
  if (score === null) return element("span", { className: "none" }, "no score");
  const is = score >= thresholdNow();
  return element("b", { className: is ? "kc" : "ki" }, is ? "● consistent" : "◆ inconsistent");
}

const LETTER = { true: "●", false: "◆" }, WORD = { true: " consistent", false: " inconsistent" };

/* The line of a fact, made once; what it says under the present thresholds is put in afterwards. */
const lines = new Map();
function lineOf(fact) {
  if (lines.has(fact)) return lines.get(fact);
  const [score, mark, word, studied, any] = Array.from({ length: 5 }, () => element("span"));
  word.className = "unseen";
  const tr = element("tr", {}, element("td", {}, ...named(fact)),
    element("td", { className: "num" }, element("b", {}, score, " ", mark), word),
    element("td", { className: "num" }, studied), element("td", { className: "num" }, any));
  tr.dataset.fact = fact;
  lines.set(fact, { tr, score, mark, word, studied, any });
  return lines.get(fact);
}

function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function factLine(row, isShown) {
  const line = lineOf(row.fact), is = row.score === null ? "" : row.score >= thresholdNow();
  say(line.score, row.score === null ? "none" : share(row.score));
  say(line.mark, LETTER[is] ?? "");
  say(line.word, WORD[is] ?? "");
  say(line.studied, String(row.studied));
  say(line.any, String(row.any));
  line.score.parentElement.className = is === "" ? "none" : is ? "kc" : "ki";
  line.tr.tabIndex = isShown ? 0 : -1;
  line.tr.setAttribute("aria-selected", isShown);
  return line.tr;
}

/* The share at the study's settings, found once for every choice of facts. */
const known = new Map();
function atStudy() {
  const key = JSON.stringify([chosen.model, chosen.method, chosen.relation, chosen.text, criterionNow()]);
  if (!known.has(key)) known.set(key, inconsistent(found(OWN_STOP), ofStudy()[criterionNow()]));
  return known.get(key);
}

function summary(rows, all) {
  const now = inconsistent(all, thresholdNow()), then = atStudy();
  const without = all.length - now.scored;
  const left = rows.length - MOST_ROWS;
  return [
    `${percent(now)} of ${plural(now.scored, "fact")} inconsistent`,
    ` (at the study's settings, ${CRITERION_NAME[criterionNow()]}: ${percent(then)} of ${then.scored}).`,
    without > 0 ? ` ${plural(without, "fact")} without a score.` : "",
    ` ${plural(rows.length, "fact")} listed`,
    left > 0 ? `, the first ${MOST_ROWS} shown: ${left} more by search.` : ".",
  ].join("");
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
  const columns = evenly(all, MOST_COLUMNS);
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
  const note = all.length > columns.length ? `${MOST_COLUMNS} of ${all.length} neurons, evenly chosen.`
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
    element("p", { className: "note" }, `${DATA.facts.fact_id[row.fact]}, relation `, relation.name,
      " (“", apart(relation.pattern), "”). ", beside(row.fact)));
}

/* Sliders and what stands beside them. */
function showSettings() {
  const stops = thresholds(), now = thresholdNow();
  at("stop").value = chosen.stop;
  at("threshold").max = stops.length - 1;
  at("threshold").value = stops.findIndex(stop => stop >= now);
  const ofStudyNow = Object.entries(ofStudy()).filter(([, value]) => value === now);
  const names = ofStudyNow.map(([name]) => CRITERION_NAME[name]);
  const said = { stop: share(STOPS[chosen.stop]) + (chosen.stop === OWN_STOP ? " (study)" : ""),
    threshold: share(now) + (names.length ? ` (study, ${names.join(" and ")})` : "") };
  for (const [id, text] of Object.entries(said)) {
    at(`${id}-now`).textContent = text;
    at(id).setAttribute("aria-valuetext", text);
  }
  for (const name of Object.keys(CRITERION_NAME)) at(name).disabled = !(name in ofStudy());
}

let rowsNow = [];
function show() {
  const all = found(chosen.stop);
  rowsNow = listed(all);
  const row = shownFact(rowsNow);
  const made = rowsNow.slice(0, MOST_ROWS).map(one => factLine(one, one === row));
  const list = at("list"), there = list.children;
  if (made.length !== there.length || made.some((tr, place) => tr !== there[place])) list.replaceChildren(...made);
  at("summary").textContent = summary(rowsNow, all);
  for (const head of document.querySelectorAll("#facts th")) {
    if (head.dataset.sort !== chosen.sort) head.removeAttribute("aria-sort");
    else head.setAttribute("aria-sort", chosen.down ? "descending" : "ascending");
  }
  showSettings();
  showFact(row);
}

/* Choosing a fact by mouse or keys: the list stays, only what is shown changes. */
function choose(tr) {
  chosen.fact = Number(tr.dataset.fact);
  for (const old of document.querySelectorAll("#list [aria-selected=true]")) {
    old.setAttribute("aria-selected", false);
    old.tabIndex = -1;
  }
  tr.setAttribute("aria-selected", true);
  tr.tabIndex = 0;
  showFact(rowsNow.find(row => row.fact === chosen.fact));
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
function walk(event) {
  if (!(event.key in STEPS)) return;
  event.preventDefault();
  const rows = [...at("list").rows], from = rows.indexOf(event.target.closest("tr"));
  const to = rows[Math.min(rows.length - 1, Math.max(0, from + STEPS[event.key]))];
  choose(to);
  to.focus();
}

function save() {
  const file = new Blob([listAsCsv(rowsNow)], { type: "text/csv;charset=utf-8" });
  const name = `facts_${DATA.models[chosen.model].name}_${DATA.methods[chosen.method]}.csv`;
  const link = element("a", { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function useCriterion(name) {
  Object.assign(chosen, { stop: OWN_STOP, criterion: name, threshold: null });
  show();
}

function listen() {
  const on = (id, name) => at(id).addEventListener("input", event => { name(event.target.value); show(); });
  on("model", value => { chosen.model = Number(value); });
  on("method", value => { chosen.method = Number(value); });
  on("relation", value => { chosen.relation = value === "" ? null : Number(value); });
  on("class", value => { chosen.isConsistent = value === "" ? null : value === "consistent"; });
  on("search", value => { chosen.text = value; });
  on("stop", value => { chosen.stop = Number(value); });
  on("threshold", value => { Object.assign(chosen, { criterion: null, threshold: thresholds()[value] }); });
  for (const name of Object.keys(CRITERION_NAME)) at(name).addEventListener("click", () => useCriterion(name));
  at("numbers").addEventListener("input", event => at("fact").classList.toggle("numbers", event.target.checked));
  at("save").addEventListener("click", save);
  at("list").addEventListener("keydown", walk);
  at("list").addEventListener("click", event => {
    const tr = event.target.closest("tr");
    if (!tr) return;
    choose(tr);
    if (matchMedia("(max-width: 760px)").matches) at("fact").scrollIntoView();
  });
  for (const head of document.querySelectorAll("#facts th"))
    head.firstElementChild.addEventListener("click", () => {
      const sort = head.dataset.sort;
      Object.assign(chosen, { sort, down: chosen.sort === sort && !chosen.down });
      show();
    });
}

function begin() {
  const fill = (id, names) => at(id).append(...names.map((name, value) => element("option", { value }, name)));
  fill("model", DATA.models.map(shape => shape.name));
  fill("method", DATA.methods.map(name => name.toUpperCase()));
  fill("relation", DATA.relations.map(({ name, pattern }) => `${name}: ${pattern}`));
  at("stop").max = STOPS.length - 1;
  const { n_all, n_shown, seed } = DATA.sampled;
  const facts = n_shown < n_all
    ? `${n_shown.toLocaleString("en")} of ${plural(n_all, "studied fact")}, drawn with seed ${seed} from every relation and class`
    : plural(n_all, "studied fact");
  const lowest = STOPS[0] > DATA.settings.keep
    ? ` Shares below ${share(STOPS[0])} were left out to make room; the tables go down to ${share(DATA.settings.keep)}.` : "";
  at("sample").textContent = `Here: ${facts}.${lowest}`;
  chosen.fact = middle(listed(found(OWN_STOP)));
  listen();
  show();
  const shown = at("list").querySelector("[aria-selected=true]"), box = at("facts").parentElement;
  if (shown !== null) box.scrollTop = shown.offsetTop - box.clientHeight / 2;
  document.documentElement.dataset.ready = "true";
}
begin();
