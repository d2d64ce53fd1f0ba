// A payment's sheet: looks again while something is under way, sends its forms, counts the time down.
// The address names the payment; whatever gets lost, looking there again shows the truth.

import { word } from '../words.js';
import { clock, lost, part, unfinished } from './net.js';

const LONG_AFTER_MS = 8000;
const frame = document.getElementById('sheet');
/** How much the server's clock is before this phone's. */
const skew = Number(frame.dataset.now) - Date.now();
let shown = frame.innerHTML.trim();
let since = null;
let timer = null;
let busy = false;
/** What was tapped while something else was on its way. */
let tapped = null;
/** What stood on the sheet that asked for an approval: a new rate may come between it and the next. */
let left = null;
/** How often something was sent: what was asked before that knows nothing of it. */
let sends = 0;

const sheet = () => frame.querySelector('[data-step]');
const step = () => sheet()?.dataset.step;
const url = () => sheet().dataset.url;
const payer = () => frame.querySelector('[name="payer"]')?.value;

function put(text) {
  const fresh = new DOMParser().parseFromString(text, 'text/html').body;
  const written = fresh.innerHTML.trim();
  if (written === shown) return;
  const before = step();
  if (before === 'approve') {
    left = { payer: payer(), typed: frame.querySelector('#pin').value, open: frame.querySelector('details').open };
  } else if (before !== 'looking') {
    left = null;
  }
  shown = written;
  frame.replaceChildren(...fresh.childNodes);
  dress();
  // What somebody has begun to type stays; what was refused does not, nor what was for another amount.
  const pin = frame.querySelector('#pin');
  if (pin && left && left.payer === payer() && !pin.hasAttribute('aria-invalid')) {
    frame.querySelector('details').open = left.open;
    pin.value = left.typed;
  }
  if (before !== step()) frame.querySelector('.result h1, #amount')?.focus();
  if (pin?.hasAttribute('aria-invalid')) pin.focus();
}

/** What a script adds to a fresh sheet. */
function dress() {
  const pad = frame.querySelector('.pad');
  if (pad) {
    pad.hidden = false;
    frame.querySelector('.plain').hidden = true;
  }
  const under = step() === 'working' || step() === 'looking';
  since = under ? (since ?? performance.now()) : null;
  if (step() === 'working') unfinished.set(url());
  else unfinished.clear(url());
  // At once: a line that comes later moves what is under the finger.
  countDown();
}

/** How soon to look again. */
function pause() {
  switch (step()) {
    case 'working':
    case 'looking':
      return 500;
    case 'amount':
    case 'approve':
      return 2500;
    default:
      return null;
  }
}

function again() {
  clearTimeout(timer);
  const wait = pause();
  if (wait !== null) timer = setTimeout(look, wait);
}

async function look() {
  if (busy) return again();
  const long = since !== null && performance.now() - since > LONG_AFTER_MS;
  const target = url();
  const before = sends;
  const joint = target.includes('?') ? '&' : '?';
  try {
    const text = await part(long ? `${target}${joint}long=true` : target);
    if (sends === before && text) put(text);
    lost(false);
  } catch {
    lost(true);
  }
  again();
}

function able(yes) {
  for (const one of frame.querySelectorAll('button')) one.disabled = !yes;
}

async function send(form) {
  busy = true;
  for (let next = form; next; [next, tapped] = [tapped, null]) {
    sends += 1;
    try {
      const text = await part(next.action, next.fields);
      lost(false);
      if (text) put(text);
    } catch {
      // It may have arrived or not: the next look says which.
      lost(true);
    }
    if (tapped) able(false);
  }
  able(true);
  busy = false;
  again();
}

frame.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = { action: event.target.action, fields: new FormData(event.target, event.submitter) };
  able(false);
  if (busy) tapped = form;
  else send(form);
});

frame.addEventListener('click', (event) => {
  const key = event.target.closest('[data-digit], [data-delete]');
  const pin = frame.querySelector('#pin');
  if (!key || !pin) return;
  pin.value = key.dataset.digit ? (pin.value + key.dataset.digit).slice(0, 8) : pin.value.slice(0, -1);
});

/** The time that is left; a rate that ended is had anew by itself, as long as nobody typed a PIN. */
function countDown() {
  const until = Number(sheet()?.dataset.until);
  if (!until || step() !== 'approve') return;
  const rest = until - Date.now() - skew;
  const text = frame.querySelector('#left');
  if (text) text.textContent = word('common-time-left', { time: clock(rest) });
  const renew = frame.querySelector('#renew');
  if (rest <= 0 && renew && sheet().dataset.renews && !busy && !frame.querySelector('#pin').value) {
    sheet().removeAttribute('data-until');
    send({ action: renew.form.action, fields: new FormData(renew.form) });
  }
}
setInterval(countDown, 500);

dress();
again();
addEventListener('online', look);
addEventListener('pageshow', (event) => event.persisted && look());
