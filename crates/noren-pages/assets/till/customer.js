// The screen that is turned to the customer: amount, code, time left, in the customer's language.

import { plain } from '../amounts.js';
import { word } from '../words.js';
import { serverNow } from './calls.js';
import { facts, title } from './facts.js';

const view = document.getElementById('view-code');
const customer = document.getElementById('customer');
const place = document.getElementById('code-place');
const left = document.getElementById('code-left');
const note = document.getElementById('code-note');
const over = document.getElementById('code-over');
const languages = view.querySelectorAll('[data-language]');

let language = document.documentElement.lang;
let shown = null;
let drawn = null;

function said(key) {
  return facts.customers[language][key];
}

function speakTo(tag) {
  language = tag;
  customer.lang = tag;
  for (const element of customer.querySelectorAll('[data-say]')) {
    element.textContent = said(element.dataset.say);
  }
  for (const button of languages) {
    button.setAttribute('aria-pressed', String(button.dataset.language === tag));
  }
  if (shown) showAmount();
  tick();
}

function showAmount() {
  const amount = plain({ amount: shown.amount, currency: 'JPY' }, language);
  document.getElementById('code-amount').textContent = amount;
}

/** The picture of the code, drawn by the server. It is asked for again until it is there. */
async function draw(payment) {
  if (drawn === payment) return;
  drawn = payment;
  try {
    const answer = await fetch(`/till/codes/${payment}.svg`, { cache: 'no-store' });
    const drawing = await answer.blob();
    if (drawn !== payment) return;
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    const picture = new Image(320, 320);
    picture.alt = word('till-code-picture', { amount: plain({ amount: shown.amount, currency: 'JPY' }) });
    picture.src = URL.createObjectURL(drawing);
    picture.addEventListener('load', () => URL.revokeObjectURL(picture.src));
    place.replaceChildren(picture);
    note.textContent = '';
  } catch {
    if (drawn !== payment) return;
    drawn = null;
    // Paid meanwhile, or no connection: whoever follows the sale finds out which.
    setTimeout(() => { if (shown?.payment === payment && !shown.ended) draw(payment); }, 1_500);
  }
}

function tick() {
  if (!shown || view.hidden) return;
  const until = shown.last?.expires ? Date.parse(shown.last.expires) : null;
  const ended = shown.ended !== null;
  const seconds = until === null ? null : Math.max(0, Math.floor((until - serverNow()) / 1000));
  over.hidden = !ended;
  place.hidden = ended;
  left.hidden = ended || seconds === null;
  if (!left.hidden) {
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    left.textContent = said('common-time-left').replace('{time}', time);
  }
}

/** Shows a sale's code, or that its time is over. */
export function showCode(sale) {
  const another = shown?.id !== sale.id;
  shown = sale;
  if (another) {
    place.replaceChildren();
    drawn = null;
    note.textContent = word('till-code-making');
    speakTo(document.documentElement.lang);
  }
  const wallet = sale.last?.wallet;
  // The payer has chosen: the code has done its work, and no other wallet can use it.
  if (wallet && !sale.ended) note.textContent = word('till-code-chosen', { wallet: title(wallet) });
  else if (sale.payment && !sale.ended) draw(sale.payment);
  tick();
}

for (const button of languages) {
  button.addEventListener('click', () => speakTo(button.dataset.language));
}
setInterval(tick, 500);
