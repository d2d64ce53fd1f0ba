// What the page tells its scripts: which till of which store, the wallets' titles, words for customers
// and for problems.

export const facts = JSON.parse(document.getElementById('facts')?.textContent ?? '{}');

/** A wallet as people know it. */
export function title(wallet) {
  return facts.wallets?.[wallet] ?? wallet ?? '';
}
