/* Put into every page before its own scripts: when things were seen, in milliseconds of the wall clock. */
(() => {
  const watch = { heard: [], cards: [], rows: [], checks: [], frames: [], long: [], usable: null };
  window.__watch = watch;
  const now = () => performance.timeOrigin + performance.now();
  const find = (name) => document.querySelector(`[data-part="${name}"]`);
  /* Seen: the frame that holds it has been handed over. */
  const seen = (done) =>
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => done(now());
      after.port2.postMessage(0);
    });

  const Plain = window.EventSource;
  window.EventSource = class extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", (event) => watch.heard.push([now(), event.data.length, event.data.slice(0, 60)]));
    }
  };

  const usable = {
    "/agent/": () => document.querySelector('[data-part=app][data-state=open]') && find("strip")?.textContent && find("live")?.textContent,
    "/qa/": () => document.querySelector(".q-item") && document.querySelector(".t-turn") && document.querySelector(".r-card .c"),
    "/admin/": () => document.querySelector("[data-health]"),
  }[location.pathname];
  const look = () => {
    if (usable && usable()) seen((at) => (watch.usable = at - performance.timeOrigin));
    else requestAnimationFrame(look);
  };
  look();

  /* Every card and every row of the conversation that has not been there before. */
  watch.cardsAndRows = () => {
    const known = new Set();
    const note = (list, id) => {
      if (known.has(id)) return;
      known.add(id);
      seen((at) => list.push([id, at]));
    };
    const walk = () => {
      for (const one of document.querySelectorAll("[data-card]")) note(watch.cards, one.dataset.card);
      for (const one of document.querySelectorAll(".f-turn[data-turn]")) note(watch.rows, Number(one.dataset.turn));
    };
    walk();
    for (const name of ["cards", "feed"]) new MutationObserver(walk).observe(find(name), { childList: true, subtree: true });
  };

  /* From the last keystroke to the verdict on the draft. */
  watch.draft = () => {
    let typed = 0;
    find("draft-text").addEventListener("input", () => (typed = now()), true);
    new MutationObserver(() => {
      if (!["busy", "empty"].includes(find("draft-status").dataset.state)) {
        const began = typed;
        seen((at) => watch.checks.push(at - began));
      }
    }).observe(find("draft-status"), { attributes: true, attributeFilter: ["data-state"] });
  };

  new PerformanceObserver((list) => watch.long.push(...list.getEntries().map((one) => one.duration))).observe({ type: "longtask" });
  watch.film = () => {
    watch.frames = [];
    watch.long = [];
    let last = null;
    const frame = (at) => {
      if (last !== null) watch.frames.push(at - last);
      last = at;
      if (watch.frames !== null && !watch.cut) requestAnimationFrame(frame);
    };
    watch.cut = false;
    requestAnimationFrame(frame);
  };
})();
