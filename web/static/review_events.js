/* Clicks, keys and fields of the review page. One listener each, whatever is drawn. */

const actions = {
  save, score, correct, pin, clear: () => setFilters({ status: filters.status || "waiting" }),
  next: () => step(1, { waiting: true }), keys: () => part("keys").showModal(),
  swap: swapSides, setspeakers: setSpeakers,
  speakers: () => { part("speakers").hidden = !part("speakers").hidden; },
  filters: (button) => {
    const box = element.querySelector("#q-filters");
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
  },
};

element.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  const view = at("[data-go]");
  if (view) return go(view.dataset.go, view.dataset.goWith ? JSON.parse(view.dataset.goWith) : {});
  const drill = at("[data-drill]");
  if (drill) return drillDown(JSON.parse(drill.dataset.drill));
  const act = at("[data-act]");
  if (act && actions[act.dataset.act]) return actions[act.dataset.act](act);
  const item = at(".q-item");
  if (item) return openContact(item.dataset.contact, { evaluation: item.dataset.evaluation });
  const page = at("[data-page]");
  if (page) {
    offset = Number(page.dataset.page);
    part("queue").scrollTop = 0;
    return loadQueue();
  }
  const chip = at("[data-unfilter]");
  if (chip) return setFilters({ ...filters, [chip.dataset.unfilter]: "", ...(chip.dataset.unfilter === "criterion" ? { outcome: "" } : {}) });
  const tab = at("[data-open-evaluation]");
  if (tab) return openContact(current, { evaluation: tab.dataset.openEvaluation });
  const back = at("[data-undo]");
  if (back) return undo(back.dataset.undo);
  const note = at("[data-note-turn]");
  if (note) return writeNote(note.dataset.noteTurn);
  const turn = at("[data-turn]");
  if (turn) return goToTurn(turn.dataset.turn);
  const link = at("[data-criterion-link]");
  if (link) return selectCriterion(link.dataset.criterionLink);
  const searched = at("[data-show-searched]");
  if (searched) return showSearched(searched.closest(".n-note"));
  const head = at("[data-select]");
  if (head) return selectFinding(selected === head.dataset.select ? null : head.dataset.select, { from: "note" });
  const mark = at("mark[data-findings]");
  if (mark) return selectMark(mark);
  const tag = at(".m-tag");
  if (tag) return selectFinding(tag.dataset.finding);
  const tone = at(".t-toggle");
  if (tone) return toggleTone(tone.dataset.tone, tone.getAttribute("aria-pressed") !== "true");
  const criterion = at(".r-card .c");
  if (criterion && !at("label, input, select, textarea, details, button")) followCriterion(criterion);
});

element.addEventListener("change", (event) => {
  const filter = event.target.closest("select[data-filter], input[type=date][data-filter]");
  if (filter) return setFilters({ ...filters, [filter.dataset.filter]: filter.value });
  const criterion = event.target.closest(".r-card .c");
  if (criterion && event.target.matches("input[type=radio], input[type=checkbox], .c-field")) {
    if (event.target.matches("[data-kind=number], [data-kind=text], [data-kind=multi]")) criterion.querySelector("[data-kind=instead]").value = "";
    noteChange(criterion);
    recount();
    if (criterion.classList.contains("is-changed")) reasonOf(criterion).scrollIntoView({ block: "nearest" });
  }
  const onChange = event.target.dataset?.change;
  if (onChange && changes[onChange]) changes[onChange](event.target);
});

element.addEventListener("input", (event) => {
  if (event.target.matches("[data-filter=search]")) {
    clearTimeout(setFilters.timer);
    setFilters.timer = setTimeout(() => setFilters({ ...filters, search: event.target.value }), 250);
  } else if (event.target.closest(".r-card .c")) recount();
});

document.addEventListener("keydown", (event) => {
  if (!element.isConnected) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "s") {
    event.preventDefault();
    return void save();
  }
  const writing = event.target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, dialog");
  if (command && event.key.toLowerCase() === "z" && !writing) {
    event.preventDefault();
    return undo();
  }
  if (event.key === "Escape" && !event.target.closest?.("dialog")) {
    if (writing) event.target.blur();
    return selectFinding(null);
  }
  if (writing || command || event.altKey) return;
  /* What is no button in HTML, a mark or a point of a line, is pressed like one. */
  const mark = event.target.closest?.("mark[data-findings], g[data-drill]");
  if (mark && ["Enter", " "].includes(event.key)) {
    event.preventDefault();
    return void mark.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  }
  if (!element.querySelector("[data-view=review]:not([hidden])")) return;
  const choose = (place) => () => {
    const criterion = element.querySelector(".r-card .c.is-selected:not(:disabled)");
    const radio = criterion && all("input[type=radio]", criterion)[place];
    if (radio) radio.click();
  };
  const keys = {
    j: () => stepFinding(1), k: () => stepFinding(-1), n: () => step(1), p: () => step(-1),
    c: () => stepCriterion(1), C: () => stepCriterion(-1), 1: choose(0), 2: choose(1), 3: choose(2), 4: choose(3),
    "/": () => element.querySelector("[data-filter=search]").focus(), "?": () => part("keys").showModal(),
  };
  const action = keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

