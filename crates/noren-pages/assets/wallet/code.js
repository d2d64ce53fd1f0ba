// The user's own code: a new one each minute, the ones before still watched, until a till charges one.

import { word } from '../words.js';
import { clock, lost, part } from './net.js';

const LASTS_MS = 60_000;
const LOOK_EVERY_MS = 700;
const WATCHED = 4;
const place = document.getElementById('code');
const next = document.getElementById('next');
const base = place.dataset.url;
let ids = [place.querySelector('[data-id]').dataset.id];
let until = Date.now() + LASTS_MS;
let renewing = false;

async function renew() {
  if (renewing) return;
  renewing = true;
  try {
    const text = await part(`${base}/part`);
    place.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').body.childNodes);
    ids = [place.querySelector('[data-id]').dataset.id, ...ids].slice(0, WATCHED);
    until = Date.now() + LASTS_MS;
    lost(false);
  } catch {
    // The code on the screen can still be charged.
    lost(true);
  }
  renewing = false;
}

async function look() {
  try {
    const query = ids.map((id) => `id=${id}`).join('&');
    const text = await part(`${base}/seen?${query}`);
    lost(false);
    if (text) {
      const found = new DOMParser().parseFromString(text, 'text/html');
      // From here on it is a payment like any other, at an address of its own.
      location.assign(found.querySelector('[data-url]').dataset.url);
      return;
    }
  } catch {
    lost(true);
  }
  setTimeout(look, LOOK_EVERY_MS);
}

setInterval(() => {
  const left = until - Date.now();
  next.textContent = word('wallet-code-next', { time: clock(left) });
  if (left <= 0) renew();
}, 500);
document.getElementById('renew').addEventListener('click', (event) => {
  event.preventDefault();
  renew();
});
look();
