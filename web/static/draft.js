/* The draft: a textarea over a layer that holds the marks. Nothing typed here is kept or timed. */

function makeDraft({ contact, words }) {
  const { t, counted } = words;
  const area = part("draft-text");
  const mirror = part("draft-mirror");
  const list = part("draft-findings");
  const status = part("draft-status");
  const copyButton = part("draft-copy");
  let asked = 0;
  let timer = 0;
  let findings = [];
  let checked = "";
  let blocked = false;

  /* The words are marked in place, so the list only needs to say which. */
  const shorten = (words) => (words.length > 48 ? `${words.slice(0, 44).replace(/\s+\S*$/, "")}…` : words);
  const nameOf = (label) => t(`label ${label}`);

  function draw() {
    const ranges = findings.map((finding) => ({
      start: finding.span.start,
      end: finding.span.end,
      rank: RANKS[finding.severity],
      class: `d-mark is-${finding.severity}`,
      title: nameOf(finding.label),
    }));
    mirror.replaceChildren(...marked(area.value, ranges), document.createTextNode("\n"));
    mirror.scrollTop = area.scrollTop;
  }

  function say(words, state) {
    status.textContent = words;
    status.dataset.state = state;
  }

  function line(finding) {
    return h(
      "li",
      { class: `d-finding is-${finding.severity}` },
      h("p", {}, h("strong", {}, nameOf(finding.label)), " ",
        h("q", {}, shorten(slicePoints(area.value, finding.span.start, finding.span.end)))),
      h("p", { class: "u-quiet" }, finding.remedy || finding.reason),
    );
  }

  function show(check) {
    checked = area.value;
    findings = check.findings.filter((finding) => finding.span);
    const grave = findings.filter((finding) => RANKS[finding.severity] > 0);
    draw();
    const shown = [...findings].sort((a, b) => RANKS[b.severity] - RANKS[a.severity]);
    list.replaceChildren(...shown.map(line));
    list.hidden = !shown.length;
    const names = (check.blocked_by || []).map(nameOf);
    blocked = Boolean(names.length);
    copyButton.disabled = blocked || !area.value.trim();
    if (blocked) say(t("draft_blocked", { what: names.join(", ") }), "found");
    else if (!check.available) say(t("check_off"), "off");
    else if (grave.length) say(counted("to_look_at", grave.length), "found");
    else if (check.reading && check.reading.advice) say(check.reading.advice, "note");
    else if (findings.length) say(t("close_to_script"), "note");
    else say(t("nothing_found"), "clear");
  }

  async function check() {
    const number = (asked += 1);
    const draft = area.value;
    if (!draft.trim()) {
      findings = [];
      draw();
      list.replaceChildren();
      list.hidden = true;
      return say("", "empty");
    }
    try {
      const answer = await request("POST", "/api/v1/check", { draft, contact: contact() });
      if (number === asked && draft === area.value) show(answer);
    } catch {
      if (number === asked) show({ findings: [], available: false });
    }
  }

  function changed() {
    asked += 1;
    blocked = blocked && Boolean(area.value.trim());
    copyButton.disabled = blocked || !area.value.trim();
    /* Until the next answer, a mark stays where its words still stand unchanged, so that typing does not flicker. */
    findings = findings.filter(
      ({ span }) => slicePoints(checked, 0, span.end) === slicePoints(area.value, 0, span.end),
    );
    draw();
    clearTimeout(timer);
    if (area.value.trim()) say(t("checking"), "busy");
    timer = setTimeout(check, 250);
  }

  async function copy() {
    if (copyButton.disabled) return;
    try {
      await copyText(area.value);
      flash(copyButton, t("copied"));
    } catch {
      say(t("copy_refused"), "off");
    }
  }

  area.addEventListener("input", changed);
  area.addEventListener("scroll", () => {
    mirror.scrollTop = area.scrollTop;
  });
  copyButton.addEventListener("click", copy);
  changed();

  return {
    copy,
    focus: () => area.focus(),
    insert(words) {
      const before = area.value.trimEnd();
      area.value = before ? `${before} ${words}` : words;
      area.focus();
      area.setSelectionRange(area.value.length, area.value.length);
      changed();
    },
    recheck: check,
  };
}
