// Gives money back, once. What is about to be sent is written down first, with its key; whatever
// happens to the network, the page or the hand that taps twice, it is sent again with the same key
// until the switch has said what became of it. By itself only for a minute, and while its page stays
// open: whoever opens the page later sees what the switch has on record, and decides.

import { plain, yen } from '../amounts.js';
import { connection } from '../till/frame.js';
import { word } from '../words.js';

const AGAIN_MS = [1000, 2000, 4000, 8000];
const LOOK_MS = 2000;
/** So long it is sent again by itself. */
const ALONE_MS = 60_000;
/** So long a supervisor may take to come. */
const COMES_MS = 10 * 60_000;
/** The switch keeps keys for 30 days. Later, the same key would be a second refund. */
const KNOWN_MS = 29 * 86_400_000;

const find = (id) => document.getElementById(id);
const form = find('refund-form');
const sure = find('refund-sure');
const open = find('refund-open');
const result = find('refund-result');
const supervisor = find('refund-supervisor');
const { payment } = open.dataset;
const here = `/till/payments/${payment}`;
const kept = `refund:${payment}`;

let running = false;

/** What was written down: `key`, `amount`, `store`; `at`, when it was agreed to; `lost`, when a request
 * may have arrived; `asked`, when a supervisor was called; `refund`, once the switch has it. */
const read = () => JSON.parse(localStorage.getItem(kept) ?? 'null');
const forget = () => localStorage.removeItem(kept);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function write(intent, changes = {}) {
  localStorage.setItem(kept, JSON.stringify(Object.assign(intent, changes)));
}

function say(text, tone) {
  result.hidden = false;
  result.className = `result state ${tone}`;
  result.textContent = text;
}

function show(part) {
  if (form) form.hidden = part !== 'form';
  if (sure) sure.hidden = part !== 'sure';
  open.hidden = part !== 'open';
}

/** What a problem says to the counter, in the page's language. */
function told(problem) {
  const language = document.documentElement.lang === 'zh-Hans' ? 'zh' : document.documentElement.lang;
  return problem.say?.[language] ?? problem.title ?? word('counter-refund-refused');
}

const isProblem = ({ status, body }) =>
  status >= 400 && typeof body?.code === 'string' && typeof body.retry === 'string';

const isRefund = (body) =>
  body?.object === 'refund' && body.payment === payment && typeof body.id === 'string' && typeof body.status === 'string';

/** An answer of the switch, with a problem or with what `wanted` knows. Nothing else says what became
 * of a request: between us and the switch, others answer too. Then there is none. */
async function call(path, wanted, options = {}) {
  try {
    const init = { ...options, cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(20_000) };
    const response = await fetch(path, init);
    const answer = { status: response.status, body: await response.json() };
    if (isProblem(answer) || wanted(answer)) {
      connection('on');
      return answer;
    }
  } catch {
    // As one that is not the switch's.
  }
  connection('off');
  return null;
}

/** Leads to where somebody signs in, when that is what the problem is. */
function isSignedOut(answer) {
  if (answer?.status !== 401) return false;
  location.assign(`/till/sign-in?next=${here}`);
  return true;
}

/** Sends it until there is an answer that ends it, or too much time has passed. */
async function send(intent) {
  if (running) return;
  running = true;
  show('none');
  supervisor.hidden = true;
  say(word(intent.lost ? 'counter-refund-lost' : 'counter-refund-sending'), 'tone-wait');
  const until = Date.now() + ALONE_MS;
  for (let attempt = 0; attempt === 0 || Date.now() < until; attempt += 1) {
    const { lost } = intent;
    // From here on it may arrive, even if this page does not live to see it.
    write(intent, { lost: true });
    const answer = await call('/till/v1/refunds', ({ status, body }) => status === 201 && isRefund(body), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': intent.key },
      body: JSON.stringify({ payment, amount: intent.amount }),
    });
    if (answer?.status === 201) {
      write(intent, { refund: answer.body.id });
      return follow(intent, answer.body);
    }
    if (answer && ends(answer, intent, lost)) {
      running = false;
      return;
    }
    say(word('counter-refund-lost'), 'tone-wait');
    await pause(AGAIN_MS[Math.min(attempt, AGAIN_MS.length - 1)]);
  }
  running = false;
  decide(intent);
}

/** True when this problem is the end of it, or somebody has to do something first. `lost`: what an
 * earlier request left. */
function ends(answer, intent, lost) {
  const { status, body } = answer;
  if (status === 401 || body.code === 'supervisor-needed') {
    const again = intent.asked;
    write(intent, { lost, asked: status === 401 ? undefined : Date.now() });
    if (isSignedOut(answer)) return true;
    if (!again) {
      location.assign(supervisor.href);
    } else {
      say(word('counter-refund-again'), 'tone-wait');
      supervisor.hidden = false;
    }
    return true;
  }
  if (body.retry === 'same_key' || status >= 500 || status === 429) return false;
  // A definite no: nothing was given back under this key.
  forget();
  say(told(body), 'tone-bad');
  show('form');
  return true;
}

/** Looks at a refund that the switch has taken until its wallet has answered. */
async function follow(intent, refund) {
  running = true;
  show('none');
  const amount = plain(intent.amount);
  for (;;) {
    if (refund?.status === 'refunded') {
      forget();
      say(word('counter-refund-done', { amount }), 'tone-good');
      await pause(1500);
      return location.replace(here);
    }
    if (refund?.status === 'declined' || refund?.status === 'impossible') {
      forget();
      say(word('counter-refund-refused'), 'tone-bad');
      await pause(4000);
      return location.replace(here);
    }
    say(word('counter-refund-doubt'), 'tone-wait');
    if (refund) await pause(LOOK_MS);
    const seen = await call(`/till/v1/refunds/${intent.refund}`, ({ status, body }) => status === 200 && isRefund(body));
    if (isSignedOut(seen)) return;
    if (seen?.status === 200) refund = seen.body;
    else await pause(LOOK_MS);
  }
}

/** A refund of which nobody knows whether it arrived: what is on record, and what to do. */
async function decide(intent) {
  const amount = plain(intent.amount);
  const time = new Date(intent.at).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: 'Asia/Tokyo' });
  const [again, drop, known] = [find('refund-open-again'), find('refund-open-drop'), find('refund-open-known')];
  find('refund-open-say').textContent = word('counter-refund-open-say', { amount, time });
  known.textContent = word('counter-refund-open-look');
  again.textContent = word('counter-refund-open-again', { amount });
  again.hidden = Date.now() - intent.at > KNOWN_MS;
  drop.hidden = true;
  result.hidden = true;
  again.onclick = () => {
    write(intent, { asked: undefined });
    send(intent);
  };
  drop.onclick = () => {
    forget();
    location.replace(here);
  };
  show('open');
  find('refund-open-title').focus();
  // Nobody drops it without having seen what went back.
  while (!running) {
    const list = ({ status, body }) => status === 200 && Array.isArray(body?.data) && body.data.every(isRefund);
    const answer = await call(`/till/v1/refunds?payment=${payment}&limit=100`, list);
    if (running || isSignedOut(answer)) return;
    if (answer?.status === 200) {
      const counted = answer.body.data.filter(({ status }) => status !== 'declined' && status !== 'impossible');
      const sum = counted.reduce((all, refund) => all + refund.amount.amount, 0);
      const back = plain({ ...intent.amount, amount: sum });
      const args = { amount: back, count: String(counted.length) };
      known.textContent = counted.length ? word('counter-refund-open-some', args) : word('counter-refund-open-none');
      drop.hidden = false;
      return;
    }
    await pause(LOOK_MS);
  }
}

function ask(event) {
  event.preventDefault();
  const left = { amount: Number(form.dataset.left), currency: form.dataset.currency };
  const amount = yen(find('refund-amount').value);
  if (!amount || amount > left.amount) {
    say(word('counter-refund-amount-faulty', { amount: plain(left) }), 'tone-bad');
    find('refund-amount').focus();
    return;
  }
  result.hidden = true;
  const money = { amount, currency: left.currency };
  sure.dataset.amount = String(amount);
  const question = find('refund-question');
  question.textContent = word('counter-refund-confirm', { amount: plain(money) });
  show('sure');
  question.focus();
}

function agreed() {
  if (running) return;
  // Another window with the same payment has sent one that is not at its end: that comes first.
  const other = read();
  if (other?.lost || other?.refund) return takeUp(other);
  const intent = {
    key: crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(''),
    amount: { amount: Number(sure.dataset.amount), currency: form.dataset.currency },
    at: Date.now(),
    store: open.dataset.store,
  };
  write(intent);
  send(intent);
}

function takeUp(intent) {
  const supervised = open.dataset.supervised === 'true';
  if (intent.refund) follow(intent);
  else if (intent.lost) decide(intent);
  // Called for this, the supervisor has come.
  else if (supervised && Date.now() - intent.asked < COMES_MS) send(intent);
  // No request has left that could have been taken.
  else forget();
}

if (form) {
  form.addEventListener('submit', ask);
  find('refund-yes').addEventListener('click', agreed);
  find('refund-no').addEventListener('click', () => show('form'));
}

const before = read();
if (before) takeUp(before);
