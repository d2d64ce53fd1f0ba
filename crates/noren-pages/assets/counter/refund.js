// Gives money back, once. What is about to be sent is written down first, with its key; whatever
// happens to the network, the page or the hand that taps twice, it is sent again with the same key
// until the switch has said what became of it.

import { plain, yen } from '../amounts.js';
import { connection } from '../till/frame.js';
import { word } from '../words.js';

const AGAIN_MS = [1000, 2000, 4000, 8000];
const LOOK_MS = 2000;

const form = document.getElementById('refund-form');
const sure = document.getElementById('refund-sure');
const result = document.getElementById('refund-result');
const supervisor = document.getElementById('refund-supervisor');
const payment = form?.dataset.payment ?? location.pathname.split('/').pop();
const here = `/till/payments/${payment}`;
const kept = `refund:${payment}`;

let running = false;

const read = () => JSON.parse(localStorage.getItem(kept) ?? 'null');
const write = (intent) => localStorage.setItem(kept, JSON.stringify(intent));
const forget = () => localStorage.removeItem(kept);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function say(text, tone) {
  result.hidden = false;
  result.className = `result state ${tone}`;
  result.textContent = text;
}

function show(part) {
  if (form) form.hidden = part !== 'form';
  if (sure) sure.hidden = part !== 'sure';
}

/** What a problem says to the counter, in the page's language. */
function told(problem) {
  const language = document.documentElement.lang === 'zh-Hans' ? 'zh' : document.documentElement.lang;
  return problem.say?.[language] ?? problem.title ?? word('counter-refund-refused');
}

async function call(path, options = {}) {
  const answer = await fetch(path, { ...options, signal: AbortSignal.timeout(20_000) });
  connection('on');
  return { status: answer.status, body: await answer.json() };
}

/** Sends it until there is an answer that ends it. */
async function send(intent) {
  if (running) return;
  running = true;
  show('none');
  supervisor.hidden = true;
  say(word(intent.lost ? 'counter-refund-lost' : 'counter-refund-sending'), 'tone-wait');
  for (let attempt = 0; ; attempt += 1) {
    let answer;
    try {
      answer = await call('/till/v1/refunds', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': intent.key },
        body: JSON.stringify({ payment, amount: intent.amount }),
      });
    } catch {
      // It may have arrived.
      connection('off');
    }
    if (answer?.status === 201) return follow(answer.body);
    if (answer && !(await goesOn(answer, intent))) {
      running = false;
      return;
    }
    if (!answer) {
      write({ ...intent, lost: true });
      say(word('counter-refund-lost'), 'tone-wait');
    }
    await pause(AGAIN_MS[Math.min(attempt, AGAIN_MS.length - 1)]);
  }
}

/** True when it is to be sent again by itself. */
async function goesOn({ status, body }, intent) {
  if (status === 401) {
    location.assign(`/till/sign-in?next=${here}`);
    return false;
  }
  if (body.code === 'supervisor-needed') {
    if (!intent.asked) {
      write({ ...intent, asked: true });
      location.assign(supervisor.href);
    } else {
      say(word('counter-refund-again'), 'tone-wait');
      supervisor.hidden = false;
    }
    return false;
  }
  if (body.retry === 'same_key' || status >= 500 || status === 429) {
    write({ ...intent, lost: true });
    say(word('counter-refund-lost'), 'tone-wait');
    return true;
  }
  // A definite no: nothing was given back under this key.
  forget();
  say(told(body), 'tone-bad');
  show('form');
  return false;
}

/** Looks at a refund that the switch has taken until its wallet has answered. */
async function follow(refund) {
  const amount = plain(refund.amount);
  for (;;) {
    if (refund.status === 'refunded') {
      forget();
      say(word('counter-refund-done', { amount }), 'tone-good');
      await pause(1500);
      return location.replace(here);
    }
    if (refund.status === 'declined' || refund.status === 'impossible') {
      forget();
      say(word('counter-refund-refused'), 'tone-bad');
      await pause(4000);
      return location.replace(here);
    }
    say(word('counter-refund-doubt'), 'tone-wait');
    await pause(LOOK_MS);
    try {
      const seen = await call(`/till/v1/refunds/${refund.id}`);
      if (seen.status === 401) return location.assign(`/till/sign-in?next=${here}`);
      if (seen.status === 200) refund = seen.body;
    } catch {
      connection('off');
    }
  }
}

function ask(event) {
  event.preventDefault();
  const left = { amount: Number(form.dataset.left), currency: form.dataset.currency };
  const amount = yen(document.getElementById('refund-amount').value);
  if (!amount || amount > left.amount) {
    say(word('counter-refund-amount-faulty', { amount: plain(left) }), 'tone-bad');
    document.getElementById('refund-amount').focus();
    return;
  }
  result.hidden = true;
  const money = { amount, currency: left.currency };
  sure.dataset.amount = String(amount);
  const question = document.getElementById('refund-question');
  question.textContent = word('counter-refund-confirm', { amount: plain(money) });
  show('sure');
  question.focus();
}

function agreed() {
  // A second tap, or another window with the same payment, finds what the first has written.
  const intent = read() ?? {
    key: crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(''),
    amount: { amount: Number(sure.dataset.amount), currency: form.dataset.currency },
  };
  write(intent);
  send(intent);
}

if (form) {
  form.addEventListener('submit', ask);
  document.getElementById('refund-yes').addEventListener('click', agreed);
  document.getElementById('refund-no').addEventListener('click', () => show('form'));
}

const before = read();
if (before) {
  const supervised = form?.dataset.supervised === 'true';
  // Asked for a supervisor, and none came: nothing was ever sent that could have been taken.
  if (before.asked && !before.lost && !supervised) forget();
  else send({ ...before, lost: before.lost ?? false });
}
