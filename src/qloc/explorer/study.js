"use strict";
/* The study of this page, and what follows from its thresholds. Nothing here touches the page. */

const DATA = JSON.parse(document.getElementById("data").textContent);
const N_FACTS = DATA.facts.fact_id.length;
const STOPS = DATA.settings.stops;
const OWN_STOP = STOPS.indexOf(DATA.settings.selection_threshold);

const DIGIT = new Uint8Array(128);
[...DATA.alphabet].forEach((letter, digit) => { DIGIT[letter.charCodeAt(0)] = digit; });

/* The neurons of a query in rising order, and how many stops each one's score exceeds. */
function unpacked(text) {
  const neurons = [], levels = [];
  let neuron = -1;
  for (let at = 0; at < text.length; at += 2) {
    let distance = 0, unit = 1, digit = DIGIT[text.charCodeAt(at)];
    for (; digit >= DATA.base; unit *= DATA.base, digit = DIGIT[text.charCodeAt(++at)])
      distance += (digit - DATA.base) * unit;
    neuron += distance + digit * unit + 1;
    neurons.push(neuron);
    levels.push(DIGIT[text.charCodeAt(at + 1)] + 1);
  }
  return { neurons, levels };
}

/* Of every query of a model and method: its neurons, or null where it is not studied. */
const opened = new Map();
function queriesOf(model, method) {
  const key = `${model} ${method}`;
  if (!opened.has(key))
    opened.set(key, DATA.scores[model][method].map(text => text === null ? null : unpacked(text)));
  return opened.get(key);
}

/* The neurons selected for a fact's queries at a stop: how many of any, how many of at least two.
   The consistency score is null with fewer than two queries or without a neuron. */
function scored(model, method, fact, stop) {
  const queries = queriesOf(model, method);
  const counts = scored.counts ??= new Uint16Array(
    Math.max(...DATA.models.map(shape => shape.layers * shape.width)));
  const met = [];
  let studied = 0, shared = 0;
  for (let query = DATA.facts.first[fact]; query < DATA.facts.first[fact + 1]; query++) {
    if (queries[query] === null) continue;
    studied++;
    const { neurons, levels } = queries[query];
    for (let at = 0; at < neurons.length; at++) {
      if (levels[at] <= stop) continue;
      const count = ++counts[neurons[at]];
      if (count === 1) met.push(neurons[at]);
      if (count === 2) shared++;
    }
  }
  for (const neuron of met) counts[neuron] = 0;
  const score = studied > 1 && met.length > 0 ? shared / met.length : null;
  return { fact, studied, any: met.length, shared, score };
}

/* The columns of a fact, those of most queries first, each with the level in its queries. */
function columnsOf(model, method, fact, stop) {
  const queries = queriesOf(model, method), columns = new Map();
  for (let query = DATA.facts.first[fact]; query < DATA.facts.first[fact + 1]; query++) {
    if (queries[query] === null) continue;
    const { neurons, levels } = queries[query];
    neurons.forEach((neuron, at) => {
      if (levels[at] <= stop) return;
      if (!columns.has(neuron)) columns.set(neuron, new Map());
      columns.get(neuron).set(query, levels[at]);
    });
  }
  return [...columns.entries()].sort((one, other) => other[1].size - one[1].size || one[0] - other[0]);
}

/* Of these facts: how many have a score, and how many of those are inconsistent. */
function inconsistent(rows, threshold) {
  const known = rows.filter(row => row.score !== null);
  return { scored: known.length, count: known.filter(row => row.score < threshold).length };
}

/* A table as comma-separated values. A text that a spreadsheet would take for a formula gets an
   apostrophe in front. */
function csv(header, rows) {
  const cell = value => {
    if (typeof value === "number") return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [header, ...rows].map(row => row.map(cell).join(",") + "\n").join("");
}
