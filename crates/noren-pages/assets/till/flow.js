// One sale from its first call to its end. Nothing here guesses: a sale is paid or not when the switch
// has said so, and until then it is asked again and again, by the same key or by the payment's id.

import { Again, Lost, call, serverNow } from './calls.js';
import { kept, newKey, update } from './records.js';

const FINAL = ['captured', 'voided', 'declined', 'cancelled', 'expired', 'reversed', 'blocked'];
// While the code is shown the switch is asked often: a wait ends only when all is over, and the
// customer is to see at once that the wallet is at work.
const WAIT_SHOWN = 2;
const WAIT = 15;
/** When a look is refused: how long until the next. */
const REFUSED_SECONDS = 5;

/** Payments' codes of customers, for as long as this page lives. They are written down nowhere. */
const scanned = new Map();

/** The code to ask with for a sale that scanned one. */
export function rememberCode(sale, code) {
  scanned.set(sale.id, code);
}

/** Takes over what the switch says of a payment. What is over does not change any more. */
function apply(sale, payment) {
  if (sale.ended) return;
  sale.payment = payment.id;
  sale.last = {
    status: payment.status, wallet: payment.wallet, expires: payment.expires_at, at: payment.ended_at,
    captured: payment.amount_captured, decline: payment.decline?.reason ?? null,
  };
  const asked = payment.status !== 'waiting_for_payer' && payment.status !== 'created';
  if (asked) sale.confirming ??= Date.now();
  // Of an order that is withdrawn, what is captured goes back: that is not the shop's money.
  if (sale.withdrawn && payment.status === 'captured') return end(sale, { status: 'reversed' });
  // Money that is held is for people to look at: this till never asks for it.
  if (FINAL.includes(payment.status) || payment.status === 'authorised') {
    end(sale, { status: payment.status });
  }
}

function end(sale, how) {
  sale.ended = { at: new Date(serverNow()).toISOString(), ...how };
  scanned.delete(sale.id);
}

async function ask(sale) {
  const code = scanned.get(sale.id);
  if (sale.present === 'consumer' && code === undefined) return recover(sale);
  const body = {
    order_number: sale.number, store: sale.store, amount: { amount: sale.amount, currency: 'JPY' },
    present: sale.present,
  };
  if (sale.present === 'consumer') body.payment_code = code;
  const { ok, answer } = await call('POST', '/till/v1/payments', { key: sale.key, body });
  if (ok) apply(sale, answer);
  else end(sale, { status: 'refused', code: answer.code });
}

/** The customer's code went with an earlier life of this page. If the call arrived, the switch has a
 * payment of this number; if not, none shall begin any more. */
async function recover(sale) {
  const path = `/till/v1/payments?order_number=${encodeURIComponent(sale.number)}`;
  const { ok, answer } = await call('GET', path);
  // A look that is refused says nothing of the payment.
  if (!ok) throw new Again(answer.code, REFUSED_SECONDS);
  if (answer.data.length > 0) apply(sale, answer.data[0]);
  else if (sale.cancel?.done) throw new Again(sale.cancel.problem ?? 'unknown', REFUSED_SECONDS);
  else sale.cancel ??= { key: newKey(), done: false };
}

async function look(sale, { wait, signal }) {
  const { ok, answer } = await call('GET', `/till/v1/payments/${sale.payment}`, { wait, signal });
  // There is a payment, and what it is only the switch can say: no refusal of a look ends the sale.
  if (!ok) throw new Again(answer.code, REFUSED_SECONDS);
  apply(sale, answer);
}

async function undo(sale) {
  const { key } = sale.cancel;
  const path = sale.payment
    ? `/till/v1/payments/${sale.payment}/cancel`
    : `/till/v1/orders/${encodeURIComponent(sale.number)}/cancel`;
  const { ok, answer } = await call('POST', path, { key, body: {} });
  sale.cancel.done = true;
  if (!ok) {
    // Too late, or nothing to undo: what the payment is says the rest.
    sale.cancel.problem = answer.code;
    if (!sale.payment) await recover(sale);
  } else if (answer.object === 'payment') apply(sale, answer);
  else {
    sale.withdrawn = true;
    if (answer.payment) apply(sale, answer.payment);
    else end(sale, { status: 'withdrawn' });
  }
}

/** One who follows a sale. `front()` says whether it is on the screen; `changed(sale)` hears of news. */
export class Follower {
  constructor(sale, { front, changed, trouble }) {
    Object.assign(this, { sale, front, changed, trouble });
    this.hurry = false;
    this.held = null;
    this.wake = () => {};
  }

  /** Asks at once; a call that the switch was not asked to hold answers soon enough, and goes on. */
  poke() {
    this.hurry = true;
    this.held?.abort();
    this.wake();
  }

  /** Lets the sale not stand. The switch has the last word. */
  cancel() {
    const { sale } = this;
    if (sale.ended || sale.cancel) return;
    sale.cancel = { key: newKey(), done: false };
    this.note();
    this.poke();
  }

  note() {
    update(this.sale);
    this.changed(this.sale);
  }

  async step() {
    const { sale, hurry } = this;
    this.hurry = false;
    if (sale.cancel && !sale.cancel.done) return undo(sale);
    if (!sale.payment) return ask(sale);
    const shown = sale.last?.status === 'waiting_for_payer';
    const wait = hurry || !this.front() ? 0 : shown ? WAIT_SHOWN : WAIT;
    const before = Date.now();
    this.held = wait > 0 ? new AbortController() : null;
    try {
      await look(sale, { wait, signal: this.held?.signal });
    } finally {
      this.held = null;
    }
    // A server that answers at once although it was asked to wait is not asked without a pause.
    const pause = this.front() ? 700 : 4_000;
    if (!sale.ended && Date.now() - before < pause) await this.sleep(pause);
  }

  sleep(ms) {
    if (this.hurry) return Promise.resolve();
    return new Promise((resolve) => {
      const over = setTimeout(resolve, ms);
      this.wake = () => { clearTimeout(over); resolve(); };
    });
  }

  /** Until the sale is over. */
  async run() {
    const online = () => this.poke();
    addEventListener('online', online);
    let pause = 500;
    while (!this.sale.ended) {
      try {
        await this.step();
        pause = 500;
        this.trouble(this.sale, null);
        this.note();
      } catch (error) {
        if (error instanceof Again) {
          this.trouble(this.sale, error.code);
          await this.sleep(error.seconds * 1000);
        } else if (error instanceof Lost) {
          if (this.hurry) continue;
          this.trouble(this.sale, 'lost');
          await this.sleep(pause);
          pause = Math.min(pause * 2, 5_000);
        } else throw error;
      }
    }
    removeEventListener('online', online);
  }
}

/** Follows a sale, unless another window does; resolves when it is over, or when that is so. */
export async function follow(sale, how, started) {
  const run = async () => {
    // Another window may have got further since this one has read it.
    Object.assign(sale, kept(sale.id) ?? {});
    const follower = new Follower(sale, how);
    started(follower);
    await follower.run();
  };
  // Without a secure context there are no locks; the same keys make the same sale of two followers.
  if (!navigator.locks) return run();
  return navigator.locks.request(`noren.till.${sale.id}`, { ifAvailable: true }, (lock) => lock && run());
}
