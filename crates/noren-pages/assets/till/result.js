// How a sale ended: in colour, in words, in sound, and said aloud.

import { plain } from '../amounts.js';
import { word } from '../words.js';
import { facts, title } from './facts.js';
import { lastFour } from './records.js';
import { chimePaid, chimeUnpaid, speak } from './sound.js';

const $ = (name) => document.getElementById(name);

/** For each end: its title, the sentence with what to do, and whether the money is the shop's. */
const ENDS = {
  captured: { title: () => word('till-result-paid'), paid: true },
  authorised: { title: () => word('till-result-unpaid'), why: () => word('till-ended-held') },
  declined: { title: () => word('till-result-unpaid'), why: declined },
  cancelled: { title: () => word('till-result-unpaid'), why: () => word('till-ended-cancelled') },
  withdrawn: { title: () => word('till-result-unpaid'), why: () => word('till-ended-cancelled') },
  expired: { title: () => word('till-result-unpaid'), why: () => word('till-ended-expired') },
  voided: { title: () => word('till-result-unpaid'), why: () => word('till-ended-voided') },
  reversed: { title: () => word('till-result-undone'), why: () => word('till-ended-reversed') },
  blocked: { title: () => word('till-result-frozen'), why: () => word('till-ended-blocked') },
  refused: { title: () => word('till-result-unpaid'), why: refused },
};

const DECLINES = {
  funds: () => word('decline-funds'), code: () => word('decline-code'),
  payer: () => word('decline-payer'), gave_up: () => word('decline-gave-up'),
  shop: () => word('decline-shop'), risk: () => word('decline-risk'),
  refund: () => word('decline-refund'), other: () => word('decline-other'),
};

function declined(sale) {
  return (DECLINES[sale.last?.decline] ?? DECLINES.other)();
}

/** What the switch's no means at the counter, and what to do. */
function refused(sale) {
  return facts.problems[sale.ended.code] ?? word('till-no-other');
}

/** What a running sale is, in a word or two. */
export function stateWords(sale) {
  const status = sale.ended?.status ?? sale.last?.status;
  if (!status) return word('till-open-asking');
  if (status === 'refused') return word('till-result-unpaid');
  if (status === 'withdrawn') return word('state-cancelled');
  return word(`state-${status.replaceAll('_', '-')}`);
}

/** Shows the end of a sale; `loud` when it is heard of just now. */
export function showResult(sale, loud) {
  const end = ENDS[sale.ended.status] ?? ENDS.refused;
  const paid = end.paid === true;
  const amount = paid && sale.last?.captured ? sale.last.captured : { amount: sale.amount, currency: 'JPY' };
  const box = $('result-box');
  box.className = paid ? 'card tone-good' : 'card tone-bad';
  $('view-result').classList.toggle('result-paid', paid);
  $('result-mark').textContent = paid ? '✓' : '✕';
  $('result-title').textContent = end.title();
  $('result-amount').textContent = plain(amount);
  $('result-why').textContent = end.why?.(sale) ?? '';
  $('result-wallet').textContent = title(sale.last?.wallet) || '—';
  const at = new Date(sale.last?.at ?? sale.ended.at);
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: 'Asia/Tokyo' };
  $('result-time').textContent = new Intl.DateTimeFormat('en-GB', time).format(at);
  $('result-number').textContent = lastFour(sale.number);
  for (const [name, hash] of [['result-print', '#print'], ['result-receipt', '']]) {
    $(name).hidden = !paid;
    if (paid) $(name).href = `/till/payments/${sale.payment}/receipt${hash}`;
  }
  $('result-retry').hidden = paid || sale.ended.status === 'blocked' || sale.ended.status === 'authorised';
  if (!loud) return;
  if (paid) {
    chimePaid();
    speak(word('till-spoken-paid', { amount: amount.amount }));
  } else {
    chimeUnpaid();
    speak(word('till-spoken-unpaid'));
  }
}
