// Payments on the printed code of this store, as they come: a row, a chime and the amount spoken; and a
// warning whenever nobody would notice one.

import { plain } from '../amounts.js';
import { word } from '../words.js';
import { call, serverNow } from './calls.js';
import { facts, title } from './facts.js';
import { connection } from './frame.js';
import { audible, chimeCounter, muted, soundSwitch, speak } from './sound.js';
import { listen } from './stream.js';

const rows = document.getElementById('watch-rows');
const state = document.getElementById('watch-state');
const none = document.getElementById('watch-none');
const ROWS_MAX = rows.classList.contains('watch-large') ? 50 : 3;
/** What is older was not now: it is listed, and not called out. */
const NEWS_MS = 120_000;
/** Hidden so long, and somebody should look at what came meanwhile. */
const HIDDEN_MS = 60_000;
/** So long stands above everything that there was a payment. */
const SHOWN_MS = 20_000;
/** Between two looks that nothing came of. */
const PAUSE_MAX_MS = 10_000;

// Not known yet.
let live = null;
let looking = Promise.resolve();
let wake = () => {};
let hiddenSince = null;
let missed = false;
let news = '';
let newsOver;
const seen = new Set();

function say(name, text) {
  state.dataset.state = name;
  if (state.textContent !== text) state.textContent = text;
}

/** One line at the top of every view: what the clerk has to know first. */
function showState() {
  if (news) say('news', news);
  else if (live === false) say('lost', word('till-watch-lost'));
  else if (muted() || !audible()) say('warning', word('till-watch-silent'));
  else if (missed) say('warning', word('till-watch-hidden'));
  else say('live', live ? word('till-watch-live') : '');
}

/** Above whatever is on the screen, for a while. */
function tellNews(payment) {
  news = word('till-watch-came', { amount: plain(payment.amount_captured), wallet: title(payment.wallet) });
  clearTimeout(newsOver);
  newsOver = setTimeout(() => {
    news = '';
    showState();
  }, SHOWN_MS);
  showState();
}

function heardOf(now) {
  if (now && !live) wake();
  live = now;
  connection(live ? 'on' : 'off');
  showState();
}

/** Paid by what the payer scanned on the counter, without the till. A code that leads to the shop's own
 * page makes orders of names that begin like this. */
function atTheCounter(payment) {
  const printed = payment.way === 'mpm_static' || payment.way === 'push';
  const linked = payment.way === 'mpm_dynamic' && payment.order_number.startsWith('link-');
  return payment.store === facts.store && payment.status === 'captured' && (printed || linked);
}

function add(payment) {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Asia/Tokyo' };
  const at = new Date(payment.ended_at ?? payment.created_at);
  const row = document.createElement('li');
  row.textContent = word('till-watch-row', {
    time: new Intl.DateTimeFormat('en-GB', time).format(at), amount: plain(payment.amount_captured),
    wallet: title(payment.wallet),
  });
  rows.prepend(row);
  while (rows.children.length > ROWS_MAX) rows.lastElementChild.remove();
  if (none) none.hidden = true;
  if (serverNow() - at > NEWS_MS) return;
  row.classList.add('news');
  tellNews(payment);
  // One window calls out, or a shop with two of them hears everything twice.
  const callOut = () => {
    chimeCounter();
    speak(word('till-spoken-counter', { amount: payment.amount_captured.amount }));
    return new Promise((resolve) => setTimeout(resolve, 1_500));
  };
  if (!audible()) return;
  if (navigator.locks) {
    navigator.locks.request(`noren.till.voice.${payment.id}`, { ifAvailable: true }, (lock) => lock && callOut());
  } else callOut();
}

/** Looks at a payment until the switch has said what it is. */
async function look(id) {
  if (seen.has(id)) return;
  seen.add(id);
  for (let pause = 1_000; ; pause = Math.min(pause * 2, PAUSE_MAX_MS)) {
    const said = await call('GET', `/till/v1/payments/${id}`).catch(() => null);
    if (said) {
      if (said.ok && atTheCounter(said.answer)) add(said.answer);
      return;
    }
    await rest(pause);
  }
}

/** So long, or until there may be a connection again. */
function rest(ms) {
  return new Promise((resolve) => {
    const over = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(over);
      resolve();
    };
  });
}

/** Listens; `onEvent(event)` hears of everything else that happens, too, and `onLive()` whenever there
 * is a connection. */
export function hearPayments(onEvent = () => {}, onLive = () => {}) {
  listen({
    onEvent: (event) => {
      onEvent(event);
      // One after the other: what came while the till was closed must not stand in a sale's way. What
      // has not been looked at yet is not over: whoever listens next begins with it.
      if (event.type === 'payment.captured') looking = looking.then(() => look(event.payment));
      return looking;
    },
    onState: (now) => {
      heardOf(now);
      if (live) onLive();
    },
  });
  addEventListener('online', () => wake());
  soundSwitch(document.getElementById('sound'), showState);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') hiddenSince = Date.now();
    else {
      missed ||= hiddenSince !== null && Date.now() - hiddenSince > HIDDEN_MS;
      hiddenSince = null;
    }
    showState();
  });
  // Whoever touches the page has seen it.
  addEventListener('pointerdown', () => {
    missed = false;
    showState();
  });
  setTimeout(() => { if (live === null) heardOf(false); }, 5_000);
  showState();
}
