// The sentences that a page gave its scripts, in the page's language.

const said = JSON.parse(document.getElementById('words')?.textContent ?? '{}');

/** The sentence of that key, with `{name}` replaced. */
export function word(key, args = {}) {
  const sentence = said[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (mark, name) => args[name] ?? mark);
}
