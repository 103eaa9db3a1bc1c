/* Building blocks of both pages. Data reaches the page as text nodes only, never as markup. */

/** An element with attributes, listeners (`onclick: fn`) and children; strings become text nodes. */
function h(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Characters `[start, end)` of a text, counted as Python counts them: in code points, not UTF-16 units. */
function slicePoints(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

/**
 * A text as nodes, with `<mark>`s over ranges in code points. Ranges may overlap: the text is cut at
 * every border, and a piece is marked once with the classes of the gravest range over it.
 */
function marked(text, ranges) {
  const points = Array.from(text);
  const borders = new Set([0, points.length]);
  const kept = ranges.filter((range) => range.start < range.end && range.start < points.length);
  for (const range of kept) {
    borders.add(range.start);
    borders.add(Math.min(range.end, points.length));
  }
  const cuts = [...borders].sort((a, b) => a - b);
  const nodes = [];
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const piece = points.slice(cuts[i], cuts[i + 1]).join("");
    const over = kept.filter((range) => range.start <= cuts[i] && cuts[i + 1] <= range.end);
    if (!over.length) nodes.push(document.createTextNode(piece));
    else {
      const gravest = over.reduce((a, b) => (b.rank > a.rank ? b : a));
      nodes.push(h("mark", { class: gravest.class, title: over.map((range) => range.title).join(", ") }, piece));
    }
  }
  return nodes;
}

/** The language that the page speaks, which reasons and problems shall have too. */
const pageLanguage = () => element.lang || document.documentElement.lang;

/** JSON to or from our own REST, same origin. Throws with words that may be shown. */
async function request(method, path, body) {
  const form = body instanceof FormData;
  const answer = await fetch(path, {
    method,
    credentials: "same-origin",
    cache: "no-store",
    headers: {
      ...(body && !form ? { "Content-Type": "application/json" } : {}),
      ...(pageLanguage() ? { "Accept-Language": pageLanguage() } : {}),
    },
    body: body && !form ? JSON.stringify(body) : body,
  });
  if (answer.status === 204) return null;
  const type = answer.headers.get("Content-Type") || "";
  const content = type.includes("json") ? await answer.json() : null;
  if (answer.ok) return content;
  const said = content && (typeof content.detail === "string" && answer.status !== 401 ? content.detail : content.title);
  const problem = new Error(said || `HTTP ${answer.status}`);
  problem.status = answer.status;
  throw problem;
}

/** To the clipboard; where the browser forbids it (an insecure origin), by way of a selection. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { class: "u-visually-hidden", "aria-hidden": "true", tabindex: "-1" });
    area.value = text;
    element.append(area);
    const focused = document.activeElement;
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (focused) focused.focus();
    if (!done) throw new Error("copy refused");
  }
}

/** A button that says for a moment what it has done. */
function flash(button, words) {
  const label = button.querySelector("[data-say]") || button;
  if (label.dataset.was === undefined) label.dataset.was = label.textContent;
  label.textContent = words;
  clearTimeout(label.flashTimer);
  label.flashTimer = setTimeout(() => {
    label.textContent = label.dataset.was;
  }, 1600);
}

/** `1 Jan 2026`; empty for no date. */
function dayOf(iso) {
  if (!iso) return "";
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number);
  const names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  return `${day} ${names[month - 1]} ${year}`;
}

const RANKS = { note: 0, minor: 1, major: 2, critical: 3 };
const part = (name) => element.querySelector(`[data-part="${name}"]`);
const count = (n, one, many) => `${n} ${n === 1 ? one : many || `${one}s`}`;
