// The screens of a sale. What is seen follows from what was written down of the sale, so that a page
// loaded anew, or after a crash, is where it was, and asks the switch for the truth first.

import { plain } from '../amounts.js';
import { word } from '../words.js';
import { call } from './calls.js';
import { showCode } from './customer.js';
import { facts, title } from './facts.js';
import { follow, rememberCode } from './flow.js';
import { saleOpen } from './frame.js';
import { Amount, hearKeys } from './keys.js';
import { allKept, forget, keep, kept, lastFour, newKey, newSale, onKept, update } from './records.js';
import { showResult, stateWords } from './result.js';
import { clean, hearTyped, startScan, stopScan } from './scan.js';
import { beep } from './sound.js';
import { hearPayments } from './strip.js';

const $ = (name) => document.getElementById(name);
const CURRENT = 'noren.till.current';
const VIEWS = ['amount', 'code', 'scan', 'wait', 'result'];
/** So long without a word, and the clerk is told what happens now. */
const DOUBT_MS = 12_000;

const followers = new Map();
const troubles = new Map();
let current = null;
let view = 'amount';
let leaveScreen = () => {};

const yenOf = (amount) => plain({ amount, currency: 'JPY' });

function show(name) {
  if (view === name) return;
  if (view === 'scan') stopScan();
  view = name;
  for (const other of VIEWS) $(`view-${other}`).hidden = other !== name;
  $('sale').dataset.view = name;
  document.body.classList.toggle('turned', name === 'code' || name === 'result');
  scrollTo(0, 0);
  $(`${name}-title`).focus({ preventScroll: true });
}

function note(text) {
  $('amount-note').textContent = text;
  $('amount-note').hidden = !text;
}

/** Puts a sale on this window's screen, and tells other windows that it is there. */
function take(sale) {
  leaveScreen();
  leaveScreen = () => {};
  current = sale;
  if (sale) {
    try {
      sessionStorage.setItem(CURRENT, sale.id);
    } catch {
      // Loaded anew, this window begins with the newest sale that is open.
    }
    navigator.locks?.request(`noren.till.screen.${sale.id}`, () => new Promise((leave) => {
      if (current?.id !== sale.id) leave();
      else leaveScreen = leave;
    }));
  } else sessionStorage.removeItem(CURRENT);
}

function followThis(sale) {
  if (sale.ended || followers.has(sale.id)) return;
  followers.set(sale.id, null);
  const how = {
    front: () => current?.id === sale.id && document.visibilityState === 'visible',
    changed: () => render(),
    trouble: (of, code) => {
      troubles.set(of.id, code);
      if (current?.id === of.id) showWait();
    },
  };
  follow(sale, how, (follower) => followers.set(sale.id, follower)).finally(() => {
    followers.delete(sale.id);
    render();
  });
}

function begin(present, amount, code) {
  const sale = newSale(amount, present);
  try {
    keep(sale);
  } catch {
    // What cannot be written down is not sent.
    note(word('till-no-other'));
    return show('amount');
  }
  if (code !== undefined) rememberCode(sale, code);
  note('');
  take(sale);
  followThis(sale);
  render();
}

function amountOrFault() {
  const value = amount.value();
  $('amount-fault').textContent = value === null ? word('till-amount-empty') : '';
  if (value === null) {
    $('amount').setAttribute('aria-invalid', 'true');
    $('amount').focus();
  }
  return value;
}

/** Back to the amount. The sale that was on the screen goes on, if it is not over. */
function leave({ park = false, amountStays = false } = {}) {
  const sale = current;
  take(null);
  if (sale && park && !sale.ended) {
    sale.parked = true;
    update(sale);
  } else if (sale?.ended) forget(sale);
  if (!amountStays) amount.set('');
  show('amount');
  render();
}

function cancel() {
  const follower = followers.get(current.id);
  if (follower) follower.cancel();
  else if (!current.ended && !current.cancel) {
    // Another window asks for this sale, and takes this up.
    current.cancel = { key: newKey(), done: false };
    update(current);
  }
  render();
}

function charge(text) {
  const code = clean(text);
  const value = amount.value();
  if (value === null) {
    show('amount');
    amountOrFault();
    return;
  }
  beep();
  stopScan();
  $('wait-wallet').textContent = '';
  begin('consumer', value, code);
  issuer(code, current);
}

/** Whose code it is, so that the clerk can say it; the sale itself does not wait for this. */
async function issuer(code, sale) {
  try {
    const body = { payment_code: code };
    const { ok, answer } = await call('POST', '/till/v1/payment_codes/issuer', { body });
    if (!ok) return;
    sale.read = answer.title;
    if (current?.id === sale.id) showWait();
  } catch {
    // The sale says by itself what is wrong.
  }
}

function showWait() {
  const sale = current;
  if (!sale || sale.ended) return;
  const status = sale.last?.status;
  const trouble = troubles.get(sale.id);
  const since = Date.now() - (sale.confirming ?? sale.begun);
  $('wait-amount').textContent = yenOf(sale.amount);
  $('wait-elapsed').textContent = word('till-wait-elapsed', { seconds: Math.floor(since / 1000) });
  const wallet = sale.last?.wallet ? title(sale.last.wallet) : sale.read;
  let says = wallet ? word('till-scan-read', { wallet }) : '';
  if (sale.present === 'merchant') says = wallet ?? '';
  if (!sale.payment) says = says || word('till-wait-sending');
  if (sale.cancel) says = word('till-wait-undoing');
  if (trouble && trouble !== 'lost') says = word('till-no-busy');
  if ($('wait-wallet').textContent !== says) $('wait-wallet').textContent = says;
  const doubt = status === 'in_doubt' || since > DOUBT_MS;
  const sentence = doubt ? word('till-wait-doubt') : '';
  if ($('wait-doubt').textContent !== sentence) $('wait-doubt').textContent = sentence;
  $('wait-cancel').hidden = Boolean(sale.cancel) || status === 'reversing';
}

function showEnd(sale) {
  const { status } = sale.ended;
  const undone = sale.cancel && (status === 'cancelled' || status === 'withdrawn');
  if (undone) {
    const digits = lastFour(sale.number);
    leave({ amountStays: true });
    amount.set(String(sale.amount));
    return note(word('till-cancelled', { digits }));
  }
  if (status === 'expired' && sale.present === 'merchant') {
    showCode(sale);
    return show('code');
  }
  const loud = !sale.seen;
  if (view !== 'result' || loud) {
    showResult(sale, loud);
    show('result');
  }
  if (loud) {
    sale.seen = true;
    update(sale);
  }
}

function render() {
  showOpen();
  const sale = current;
  if (!sale) {
    if (view !== 'scan') show('amount');
    return;
  }
  for (const place of document.querySelectorAll('[data-number]')) {
    place.textContent = word('till-number', { digits: lastFour(sale.number) });
  }
  if (sale.ended) return showEnd(sale);
  const status = sale.last?.status ?? 'waiting_for_payer';
  if (!sale.cancel && sale.present === 'merchant' && status === 'waiting_for_payer') {
    showCode(sale);
    return show('code');
  }
  showWait();
  show('wait');
}

/** Sales that are not over, and such as ended while nobody looked; not what another window shows. */
async function showOpen() {
  const running = [...allKept(), current].some((sale) => sale && !sale.ended);
  saleOpen(running);
  const query = await navigator.locks?.query();
  const held = new Set((query?.held ?? []).map((lock) => lock.name));
  const open = allKept().filter((sale) => {
    const elsewhere = !sale.parked && held.has(`noren.till.screen.${sale.id}`);
    return sale.id !== current?.id && !elsewhere;
  });
  const list = $('open-sales');
  list.hidden = open.length === 0;
  const rows = open.map((sale) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.sale = sale.id;
    button.className = 'wide';
    const digits = lastFour(sale.number);
    const name = document.createElement('span');
    name.textContent = word('till-open-look', { amount: yenOf(sale.amount), digits });
    const state = document.createElement('strong');
    state.textContent = stateWords(sale);
    button.append(name, ' ', state);
    const row = document.createElement('li');
    row.append(button);
    return row;
  });
  if (list.textContent !== rows.map((row) => row.textContent).join('')) list.replaceChildren(...rows);
}

/** Sales that nobody follows: after a crash, or when another window was closed. */
function followAll() {
  for (const sale of allKept()) {
    if (sale.ended) continue;
    followThis(current?.id === sale.id ? current : sale);
  }
}

const amount = new Amount($('amount'), document.querySelectorAll('[data-key]'), () => {
  $('amount-fault').textContent = '';
  $('amount').removeAttribute('aria-invalid');
});

$('amount-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const value = amountOrFault();
  if (value !== null) begin('merchant', value);
});
$('scan').addEventListener('click', () => {
  const value = amountOrFault();
  if (value === null) return;
  $('scan-amount').textContent = yenOf(value);
  show('scan');
  startScan(charge);
});
hearTyped(charge);
$('scan-back').addEventListener('click', () => show('amount'));
$('code-cancel').addEventListener('click', () => {
  if (current.ended) return leave({ amountStays: true });
  cancel();
});
$('code-new').addEventListener('click', () => {
  const again = current.amount;
  forget(current);
  begin('merchant', again);
});
$('wait-again').addEventListener('click', () => followers.get(current.id)?.poke());
$('wait-next').addEventListener('click', () => leave({ park: true }));
$('wait-cancel').addEventListener('click', cancel);
$('result-next').addEventListener('click', () => leave());
$('result-retry').addEventListener('click', () => {
  const again = current.amount;
  leave({ amountStays: true });
  amount.set(String(again));
});
$('open-sales').addEventListener('click', (event) => {
  const id = event.target.closest('button')?.dataset.sale;
  const sale = followers.get(id)?.sale ?? kept(id);
  if (!sale) return;
  sale.parked = false;
  update(sale);
  take(sale);
  followThis(sale);
  render();
});

hearKeys({
  before: () => amount.field.value,
  undo: (value) => {
    amount.set(value ?? '');
    $('typed').value = '';
  },
  takesShort: () => view === 'scan',
  onScan: (code) => {
    if (view === 'amount' || view === 'scan') charge(code);
  },
  onKey: (key) => {
    if (view === 'result') {
      if (key === 'enter') leave();
      return;
    }
    // A scanner that types as slowly as a person.
    if (view === 'scan' && key === 'enter') $('typed-form').requestSubmit();
    else if (view === 'scan' && key !== 'back') $('typed').value += key;
    if (view !== 'amount') return;
    if (key === 'enter') $('amount-form').requestSubmit();
    else amount.press(key);
  },
});

onKept((id, theirs) => {
  const follower = followers.get(id);
  if (follower && theirs?.cancel && !follower.sale.cancel) {
    follower.sale.cancel = theirs.cancel;
    follower.poke();
  } else if (!follower && theirs && current?.id === id) Object.assign(current, theirs);
  render();
});

setInterval(() => { if (view === 'wait') showWait(); }, 1_000);
setInterval(() => {
  followAll();
  showOpen();
}, 3_000);

/** Keeps the page for times without a connection; to be fetched while there is one. */
let worker = null;
function keepPage() {
  worker ??= navigator.serviceWorker?.register('/till/sw.js', { scope: '/till' }).catch(() => {
    worker = null;
  });
}

hearPayments((event) => {
  for (const follower of followers.values()) {
    if (follower?.sale.payment === event.payment) follower.poke();
  }
}, keepPage);

/** Where this window was; else the newest sale that was on a screen when its window went. */
async function resume() {
  const mine = kept(sessionStorage.getItem(CURRENT) ?? '');
  const query = await navigator.locks?.query();
  const held = new Set((query?.held ?? []).map((lock) => lock.name));
  const left = allKept().filter((sale) => {
    return !sale.ended && !sale.parked && !held.has(`noren.till.screen.${sale.id}`);
  });
  const sale = mine?.store === facts.store ? mine : left.at(-1);
  if (sale) take(sale);
  followAll();
  render();
}
resume();
// Until now a tap would have been lost.
$('amount-fields').disabled = false;
