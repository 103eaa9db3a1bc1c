/* Upload: which column of a table is what. A mapping belongs to a file; kept ones are offered to every table. */

const FIELDS = ["contact", "order", "speaker", "text", "time", "end", "agent", "queue"];
const ROLES = ["agent", "customer", "bot", "system", "supervisor", "unknown"];
const mappings = new Map();
let keptMappings = [];

const sameName = (one, other) => one.trim().toLowerCase() === other.trim().toLowerCase();
const hasColumn = (table, name) => table.names.some((one) => sameName(one, name));
const fitsTable = (table, mapping) => Object.values(mapping.columns).every((name) => hasColumn(table, name));

/** What the form of a file says. */
function mappingOf(form) {
  const columns = {};
  const speakers = {};
  for (const field of all("[data-column]", form)) if (field.value) columns[field.dataset.column] = field.value;
  for (const field of all("[data-value]", form)) if (field.value) speakers[field.dataset.value] = field.value;
  return { columns, speakers };
}

function drawSpeakers(form, table, mapping) {
  const chosen = form.querySelector("[data-column=speaker]").value;
  const place = table.names.indexOf(chosen);
  const box = form.querySelector("[data-part=values]");
  const values = place < 0 ? [] : table.values[place];
  const known = Object.entries(mapping.speakers || {});
  box.replaceChildren(...values.map((value) => {
    const role = known.find(([said]) => sameName(said, value))?.[1] || "";
    return h("label", {}, h("span", { class: "w-value" }, value),
      h("select", { "data-value": value },
        h("option", { value: "" }, say("columns_by_word")),
        ROLES.map((one) => h("option", { value: one, selected: one === role }, say(`role_${one}`)))));
  }));
  box.hidden = !values.length;
  form.querySelector("[data-part=values-why]").hidden = place < 0;
  form.querySelector("[data-part=values-why]").textContent = say(values.length ? "columns_values" : "columns_many_values");
}

function fillColumns(form, table, mapping) {
  for (const field of all("[data-column]", form)) {
    const wanted = (mapping.columns || {})[field.dataset.column] || "";
    field.value = table.names.find((name) => wanted && sameName(name, wanted)) || "";
  }
  drawSpeakers(form, table, mapping);
}

function columnsForm(file, one) {
  const table = one.columns;
  const mapping = mappings.get(file) || { columns: {}, speakers: {} };
  const names = table.names.filter(Boolean);
  const fitting = keptMappings.filter((kept) => fitsTable(table, kept));
  const form = h("form", { class: "w-columns" },
    fitting.length ? h("label", {}, h("span", { class: "u-label" }, say("columns_kept")),
      h("select", { "data-part": "kept" }, h("option", { value: "" }, say("choose")), fitting.map((kept) => h("option", { value: kept.name }, kept.name)))) : null,
    h("div", { class: "w-fields" }, FIELDS.map((what) => h("label", {},
      h("span", { class: "u-label" }, say(`column_${what}`)),
      h("select", { "data-column": what }, h("option", { value: "" }, say("columns_none")), names.map((name) => h("option", { value: name }, name)))))),
    h("p", { class: "u-quiet", "data-part": "values-why", hidden: true }),
    h("div", { class: "w-fields", "data-part": "values", hidden: true }),
    h("p", { class: "u-error", "data-part": "columns-problem", role: "alert", hidden: true }),
    h("div", { class: "w-columns-foot" },
      h("button", { class: "u-primary" }, say("columns_look")),
      h("span", { class: "r-space" }),
      h("label", {}, h("span", { class: "u-label" }, say("columns_name")), h("input", { type: "text", maxlength: "60", autocomplete: "off", "data-part": "columns-name" })),
      h("button", { type: "button", "data-part": "keep-columns" }, say("columns_keep"))));
  const problem = (words) => {
    form.querySelector("[data-part=columns-problem]").hidden = !words;
    form.querySelector("[data-part=columns-problem]").textContent = words || "";
  };
  fillColumns(form, table, mapping);
  form.addEventListener("change", (event) => {
    if (event.target.dataset.part === "kept") fillColumns(form, table, fitting.find((kept) => kept.name === event.target.value) || mapping);
    else if (event.target.dataset.column === "speaker") drawSpeakers(form, table, mappingOf(form));
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = mappingOf(form);
    if (!said.columns.text) return problem(say("columns_text_needed"));
    mappings.set(file, said);
    const found = await lookAtFile(file);
    one = Object.assign(one, found);
    showLook();
  });
  form.querySelector("[data-part=keep-columns]").addEventListener("click", async (event) => {
    const answer = await ask("keep_columns", { name: form.querySelector("[data-part=columns-name]").value, ...mappingOf(form) });
    problem(answer.problem);
    if (answer.problem) return;
    keptMappings = answer.kept;
    flash(event.target, say("columns_kept_now"));
  });
  return form;
}

/** The form of a table, folded away when the file reads well without it. */
function columnsOf(file, one) {
  if (!one.columns) return null;
  const title = h("summary", {}, say(mappings.has(file) ? "columns_mapped" : "columns_map"));
  return h("details", { class: "w-map-columns", open: Boolean(one.reason) }, title, columnsForm(file, one));
}

/** Rows that are in no contact, by number and reason. */
function leftOut(one) {
  if (!one.left_out) return null;
  return h("details", {}, h("summary", {}, h("span", { class: "u-chip is-warn" }, many("rows_left_out", one.left_out))),
    h("ul", { class: "w-rows" }, one.rejected.map((row) => h("li", {}, row.reason))));
}

/** A file and its mapping, as a form to send. */
function fileForm(file) {
  const form = new FormData();
  form.append("files", file, file.name);
  if (mappings.has(file)) form.append("columns", JSON.stringify(mappings.get(file)));
  return form;
}
