/* The live channel: pushed by the server, resumed from the last version, in words when it is not well. */

function makeLive({ contact, t, onState, onStatus }) {
  let source = null;
  let seen = 0;
  let lastHeard = null;
  let retry = 0;
  let wait = 1000;
  let stopped = false;

  const clock = (at) => at.toTimeString().slice(0, 8);

  /* A stream that is refused looks like one that broke; a plain request tells which it was. */
  async function refused() {
    const answer = await fetch(`/api/live/${encodeURIComponent(contact)}/state?since=${seen}`, { cache: "no-store" }).catch(() => null);
    if (!answer || ![401, 403].includes(answer.status)) return false;
    stopped = true;
    onStatus("stale", t(answer.status === 401 ? "signed_out" : "no_panel"));
    return true;
  }

  async function lost() {
    if (stopped) return;
    onStatus(lastHeard ? "stale" : "reconnecting", lastHeard ? t("stale_since", { time: clock(lastHeard) }) : t("reconnecting"));
    close();
    clearTimeout(retry);
    if (await refused()) return;
    retry = setTimeout(open, wait);
    wait = Math.min(wait * 2, 15000);
  }

  function heard(event) {
    let message;
    try {
      message = JSON.parse(event.data);
    } catch {
      return;
    }
    lastHeard = new Date();
    wait = 1000;
    onStatus("live", t("live"));
    if (typeof message.v === "number") seen = message.v;
    if (message.json) onState(message.region, message.json);
  }

  function open() {
    if (stopped || document.hidden) return;
    close();
    const asked = query.has("lang") ? `&lang=${encodeURIComponent(query.get("lang"))}` : "";
    source = new EventSource(`/api/live/${encodeURIComponent(contact)}?since=${seen}${asked}`);
    source.addEventListener("open", () => {
      lastHeard = new Date();
      onStatus("live", t("live"));
    });
    source.addEventListener("message", heard);
    source.addEventListener("error", lost);
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  /* A browser allows six connections to one host: a hidden tab gives its own back. */
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      clearTimeout(retry);
      close();
    } else if (!source) open();
  });
  open();
  return {
    stop() {
      stopped = true;
      clearTimeout(retry);
      close();
    },
  };
}
