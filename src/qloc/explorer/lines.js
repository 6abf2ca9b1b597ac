/* The lines of the list, and what stands above them. */

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
