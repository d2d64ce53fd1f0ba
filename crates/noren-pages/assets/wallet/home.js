// Keeps a wallet's home as it is: balance, orders, codes near by, history.

import { isOffline, lost, part, setOffline, unfinished } from './net.js';

const EVERY_MS = 1500;
const live = document.getElementById('live');

/** Puts in what changed, part by part, and leaves the focus where it was. */
function put(text) {
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  for (const section of fresh.querySelectorAll('[data-part]')) {
    const there = live.querySelector(`[data-part="${section.dataset.part}"]`);
    if (!there) {
      live.append(section);
    } else if (there.innerHTML !== section.innerHTML) {
      const open = there.querySelector('details')?.open;
      const focused = there.contains(document.activeElement) ? document.activeElement : null;
      const same = (one) => (one.getAttribute('href') ?? one.value) === (focused?.getAttribute('href') ?? focused?.value);
      there.replaceChildren(...section.childNodes);
      if (open) there.querySelector('details').open = true;
      if (focused) [...there.querySelectorAll('a, button')].find(same)?.focus();
    }
  }
}

async function look() {
  if (!document.hidden) {
    try {
      put(await part(live.dataset.url));
      lost(false);
    } catch {
      lost(true);
    }
  }
  setTimeout(look, EVERY_MS);
}
setTimeout(look, EVERY_MS);

const offline = document.getElementById('offline');
offline.hidden = false;
offline.setAttribute('aria-pressed', String(isOffline()));
offline.addEventListener('click', () => {
  setOffline(!isOffline());
  offline.setAttribute('aria-pressed', String(isOffline()));
  lost(isOffline());
});
lost(isOffline());

// Only one of this wallet's, and an address of ours.
const open = unfinished.get();
if (open?.startsWith(`${location.pathname}/`)) {
  const note = document.getElementById('unfinished');
  note.querySelector('a').href = open;
  note.hidden = false;
}
