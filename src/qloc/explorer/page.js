/* The page as a whole: what is shown, and what a reader can do. */

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
  window.addEventListener("resize", () => showFact(shownFact(rowsNow)));
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
    if (matchMedia("(max-width: 900px)").matches) at("fact").scrollIntoView();
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
    ? `${n_shown.toLocaleString("en")} of ${plural(n_all, "studied fact")}, drawn with seed ${seed} from every relation and class; percentages are of these`
    : plural(n_all, "studied fact");
  const lowest = STOPS[0] > DATA.settings.keep
    ? ` Neurons below ${share(STOPS[0])} of the best score were left out to make room; the tables go down to ${share(DATA.settings.keep)}.` : "";
  at("sample").textContent = `Here: ${facts}.${lowest}`;
  chosen.fact = middle(listed(found(OWN_STOP)));
  listen();
  show();
  const shown = at("list").querySelector("[aria-selected=true]"), box = at("facts").parentElement;
  if (shown !== null) box.scrollTop = shown.offsetTop - box.clientHeight / 2;
  document.documentElement.dataset.ready = "true";
}
begin();
