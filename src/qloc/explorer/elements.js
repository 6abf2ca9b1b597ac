/* Pieces of the page: texts of the data enter it as texts, never as HTML. */

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

function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
