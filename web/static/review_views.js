/* The views beside the review: dashboards, disputes, calibration, upload, exports. */

const LOADED = {};
const changes = {};
let started = false;

/* A view's HTML comes when it is opened; what was there stays until the new one is. */
async function loadView(view, asked = {}) {
  const pane = byId("data-view", view);
  if (!pane.childElementCount) pane.replaceChildren(...skeleton(8));
  pane.setAttribute("aria-busy", "true");
  const answer = await ask(view, asked);
  pane.removeAttribute("aria-busy");
  pane.querySelector(":scope > .u-error")?.remove();
  if (answer.problem) {
    const retry = h("button", { onclick: () => loadView(view, asked) }, say("try_again"));
    const note = h("div", { class: "u-error v-error", role: "alert" }, h("p", {}, answer.problem), retry);
    if (pane.querySelector(".v-body")) pane.prepend(note);
    else pane.replaceChildren(note);
    return answer;
  }
  pane.innerHTML = answer.html;
  colourIn(pane);
  LOADED[view] = asked;
  if (answer.open !== undefined) showCount(answer.open);
  return answer;
}

function showCount(open) {
  part("dispute-count").hidden = !open;
  part("dispute-count").textContent = String(open);
}

async function go(view, asked) {
  for (const pane of all("[data-view]")) pane.hidden = pane.dataset.view !== view;
  for (const tab of all(".r-tab")) tab.dataset.go === view ? tab.setAttribute("aria-current", "page") : tab.removeAttribute("aria-current");
  remember({ view: view === "review" ? "" : view });
  if (view === "review") {
    /* Back at the queue with nothing open, such as after an upload: the riskiest is. */
    if (started && !current) loadQueue({ open: true, facets: true });
    return;
  }
  await loadView(view, asked || LOADED[view] || {});
}

/* A point of a dashboard: the contacts behind it, in the queue. */
function drillDown(wanted) {
  go("review");
  const { contact, evaluation: id = "", ...rest } = wanted;
  if (contact) {
    if (Object.keys(rest).length) setFilters(rest);
    return openContact(contact, { evaluation: id });
  }
  return setFilters(wanted, { open: true });
}

/** The fields of a form by name, as an object. */
function fieldsOf(form) {
  const found = {};
  for (const field of all("[data-field]", form)) found[field.dataset.field] = field.type === "checkbox" ? field.checked : field.value;
  return found;
}

function problemIn(form, problem) {
  const line = form.querySelector("[data-problem]");
  line.hidden = !problem;
  line.textContent = problem || "";
}

changes.dashboards = (field) => loadView("dashboards", fieldsOf(field.closest("[data-form]")));

async function start() {
  const answer = await ask("open", "");
  if (answer.problem) {
    part("app").replaceChildren(h("p", { class: "u-error", role: "alert" }, answer.problem));
    return;
  }
  words = answer.words;
  app.innerHTML = answer.html;
  app.removeAttribute("aria-busy");
  document.documentElement.lang = answer.language;
  document.title = `${answer.client} · Unscripted`;
  for (const sign of all(".r-client, .t-client")) sign.style.setProperty("--client", part("client").dataset.colour);
  showCount(answer.disputes);
  const query = new URLSearchParams(location.search);
  const asked = query.get("contact");
  const view = query.get("view") || "review";
  showFilters();
  if (asked) openContact(asked, { evaluation: query.get("evaluation") || "" });
  loadQueue({ open: !asked, facets: true });
  go(byId("data-view", view) ? view : "review");
  started = true;
}
