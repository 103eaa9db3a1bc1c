/* What the page says, in the reader's language. Words come from `web/texts/`, never from here. */

function makeWords(catalogues, fallback) {
  let words = catalogues[fallback];

  /** The first of the reader's languages that the page speaks. */
  function preferred(...asked) {
    for (const code of asked.filter(Boolean)) {
      const short = code.toLowerCase().split("-")[0];
      const known = ["no", "nn"].includes(short) ? "nb" : short;
      if (catalogues[known]) return known;
    }
    return fallback;
  }

  /** A text by its key, with its `{slots}` filled. A key without words shows itself, so that it is seen. */
  function t(key, slots = {}) {
    const text = words[key] ?? catalogues[fallback][key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in slots ? String(slots[name]) : whole));
  }

  /** One or many: `key_one` and `key_many`, with `{n}`. */
  const counted = (key, n) => t(`${key}_${n === 1 ? "one" : "many"}`, { n });

  function use(language) {
    words = catalogues[language] || catalogues[fallback];
    element.lang = language;
    for (const node of element.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
    for (const node of element.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
    for (const node of element.querySelectorAll("[data-t-placeholder]")) node.placeholder = t(node.dataset.tPlaceholder);
  }

  return { t, counted, use, preferred };
}
