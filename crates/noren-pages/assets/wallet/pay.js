// A payment's sheet: looks again while something is under way, sends its forms, counts the time down.
// The address names the payment; whatever gets lost, looking there again shows the truth.

import { word } from '../words.js';
import { clock, lost, part, unfinished } from './net.js';

const LONG_AFTER_MS = 8000;
const frame = document.getElementById('sheet');
let shown = frame.innerHTML.trim();
let since = null;
let timer = null;
let busy = false;
/** How often something was sent: what was asked before that knows nothing of it. */
let sends = 0;

const sheet = () => frame.querySelector('[data-step]');
const step = () => sheet()?.dataset.step;
const url = () => sheet().dataset.url;

function put(text) {
  const fresh = new DOMParser().parseFromString(text, 'text/html').body;
  const written = fresh.innerHTML.trim();
  if (written === shown) return;
  const before = step();
  const typed = frame.querySelector('#pin')?.value;
  const open = frame.querySelector('.approve')?.open;
  shown = written;
  frame.replaceChildren(...fresh.childNodes);
  dress();
  // What somebody has begun to type stays; what was refused does not.
  const pin = frame.querySelector('#pin');
  if (before === step() && pin && !pin.hasAttribute('aria-invalid')) {
    frame.querySelector('.approve').open = open;
    pin.value = typed;
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

async function send(form, button) {
  if (busy) return;
  busy = true;
  sends += 1;
  const sent = new FormData(form, button);
  for (const one of frame.querySelectorAll('button')) one.disabled = true;
  try {
    const text = await part(form.action, sent);
    lost(false);
    if (text) put(text);
  } catch {
    // It may have arrived or not: the next look says which.
    lost(true);
  }
  for (const one of frame.querySelectorAll('button')) one.disabled = false;
  busy = false;
  again();
}

frame.addEventListener('submit', (event) => {
  event.preventDefault();
  send(event.target, event.submitter);
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
  const left = until - Date.now();
  const text = frame.querySelector('#left');
  if (text) text.textContent = word('common-time-left', { time: clock(left) });
  const renew = frame.querySelector('#renew');
  if (left <= 0 && renew && sheet().dataset.renews && !busy) {
    sheet().removeAttribute('data-until');
    send(renew.form);
  }
}
setInterval(countDown, 500);

dress();
again();
addEventListener('online', look);
addEventListener('pageshow', (event) => event.persisted && look());
