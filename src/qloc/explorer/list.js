/* The list of facts: which are listed under the present choices, in which order. */

const MOST_ROWS = 200;
const CRITERION_NAME = { static: "static", otsu: "Otsu" };

/* What the reader has chosen. The threshold of a criterion is that of the model and method. */
const chosen = {
  model: 0, method: 0, relation: null, isConsistent: null, text: "",
  stop: OWN_STOP, criterion: "static", threshold: null, fact: null, sort: "score", down: false,
};

const ofStudy = () => DATA.thresholds[chosen.model]?.[chosen.method] ?? {};
const criterionNow = () => chosen.criterion in ofStudy() ? chosen.criterion : "static";
const thresholdNow = () => chosen.criterion === null ? chosen.threshold : ofStudy()[criterionNow()];

/* Places of the slider: hundredths, and the thresholds of the study. */
function thresholds() {
  const hundredths = Array.from({ length: 101 }, (_, number) => number / 100);
  return [...new Set([...hundredths, ...Object.values(ofStudy())])].sort((one, other) => one - other);
}

const factName = fact => `${DATA.facts.subject[fact]} → ${DATA.facts.object[fact]}`;

function isFound(fact) {
  if (chosen.relation !== null && DATA.facts.relation[fact] !== chosen.relation) return false;
  const place = `${factName(fact)} ${DATA.facts.fact_id[fact]}`;
  return place.toLowerCase().includes(chosen.text.trim().toLowerCase());
}

const SORT_KEY = {
  fact: row => DATA.facts.subject[row.fact], score: row => row.score,
  studied: row => row.studied, any: row => row.any,
};

/* The studied facts of the present relation and search at a stop. */
function found(stop) {
  const facts = Array.from({ length: N_FACTS }, (_, fact) => fact).filter(isFound);
  return facts.map(fact => scored(chosen.model, chosen.method, fact, stop))
    .filter(row => row.studied > 0);
}

/* Those that are listed, in their order, also of the present class; without a score they are last. */
function listed(rows) {
  const key = SORT_KEY[chosen.sort], threshold = thresholdNow(), turn = chosen.down ? -1 : 1;
  const order = (one, other) => one < other ? -1 : one > other ? 1 : 0;
  return rows
    .filter(row => chosen.isConsistent === null
      || (row.score !== null && (row.score >= threshold) === chosen.isConsistent))
    .sort((one, other) => (key(one) === null) - (key(other) === null)
      || turn * order(key(one), key(other)) || one.fact - other.fact);
}

/* The fact that is shown: the chosen one while it is listed, or the first of the list. */
const shownFact = rows => rows.find(row => row.fact === chosen.fact) ?? rows[0] ?? null;

/* The fact in the middle of the list: what a reader sees first is no extreme. */
function middle(rows) {
  const known = rows.filter(row => row.score !== null);
  return (known[known.length >> 1] ?? rows[0])?.fact ?? null;
}

function listAsCsv(rows) {
  const header = ["fact_id", "relation", "subject", "object", "model", "method",
    "selection_threshold", "consistency_threshold", "n_queries", "n_neurons", "n_shared",
    "consistency_score", "class"];
  const threshold = thresholdNow();
  return csv(header, rows.map(row => [
    DATA.facts.fact_id[row.fact], DATA.relations[DATA.facts.relation[row.fact]].name,
    DATA.facts.subject[row.fact], DATA.facts.object[row.fact],
    DATA.models[chosen.model].name, DATA.methods[chosen.method],
    STOPS[chosen.stop], threshold, row.studied, row.any, row.shared,
    row.score ?? "", row.score === null ? "" : row.score < threshold ? "inconsistent" : "consistent",
  ]));
}
