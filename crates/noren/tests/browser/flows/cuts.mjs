// The network is cut at every step of a sale. However it is cut: the payer pays once, and the till says
// what is true when the network is back.

import assert from 'node:assert/strict';

import { paidOnce, pay, paymentCode, paymentsOf, shows, tap, tillOf, tillSaysPaid, typed, until, yen } from '../lib.mjs';

const CREATES = 'POST /till/v1/payments';

/** A till behind a network that can be cut, at its amount keys. */
const cuttable = (world) => tillOf(world, { wire: true, shop: 'wagashi' });

/** The order of that amount that waits for its payer, paid by a sandbox user. */
async function payerPays(amount) {
  const waiting = (payment) => payment.status === 'waiting_for_payer';
  const open = await until(`JPY ${amount} is an order`, async () => (await paymentsOf('wagashi', amount)).find(waiting));
  await pay(open.code ?? open.order_number, '--wallet', 'noren');
}

/** At most one order was made, and it was paid once. */
async function one(amount) {
  await paidOnce('wagashi', amount);
  const all = await paymentsOf('wagashi', amount);
  const open = all.filter((payment) => !['captured', 'cancelled', 'expired', 'declined'].includes(payment.status));
  assert.equal(open.length, 0, `JPY ${amount}: an order is left open`);
}

export async function cut_before_the_order_is_made(world) {
  const amount = yen();
  const till = await cuttable(world);
  till.own.wire.cut();
  await typed(till, amount);
  await tap(till, '#show-code');
  await till.waitForTimeout(1_500);
  till.own.wire.restore();
  // It goes on by itself, with the key that it had.
  await till.locator('#code-place img').waitFor({ timeout: 30_000 });
  await payerPays(amount);
  await tillSaysPaid(world, till);
  await one(amount);
}

export async function the_answer_to_the_order_is_lost(world) {
  const amount = yen();
  const till = await cuttable(world);
  const lost = till.own.wire.loseAnswer(CREATES, 2);
  await typed(till, amount);
  await tap(till, '#show-code');
  await lost.hit;
  await till.locator('#code-place img').waitFor({ timeout: 30_000 });
  lost.end();
  assert.equal((await paymentsOf('wagashi', amount)).length, 1, 'a repeat is the same order');
  await payerPays(amount);
  await tillSaysPaid(world, till);
  await one(amount);
}

export async function cut_while_the_code_is_shown(world) {
  const amount = yen();
  const till = await cuttable(world);
  await shows(till, amount);
  till.own.wire.cut();
  await payerPays(amount);
  await till.locator('#connection').filter({ hasText: world.say('till-connection-off') }).waitFor({ timeout: 30_000 });
  assert.ok(await till.locator('#view-result').isHidden(), 'nothing is said that is not known');
  till.own.wire.restore();
  await tillSaysPaid(world, till);
  await one(amount);
}

export async function answers_to_the_polling_are_lost(world) {
  const amount = yen();
  const till = await cuttable(world);
  await shows(till, amount);
  const lost = till.own.wire.loseAnswer(/^GET \/till\/v1\/payments\//);
  await payerPays(amount);
  await lost.hit;
  await till.waitForTimeout(1_000);
  assert.ok(await till.locator('#view-result').isHidden(), 'nothing is said that is not known');
  lost.end();
  await tillSaysPaid(world, till);
  await one(amount);
}

/** A payer's code was scanned, and the network takes the request or the answer. */
async function scanned(world, kind) {
  const amount = yen();
  const till = await cuttable(world);
  const code = await paymentCode('paypay', '--user', `cut-${kind}`);
  const lost = kind === 'request' ? till.own.wire.loseRequest(CREATES, 2) : till.own.wire.loseAnswer(CREATES, 2);
  await typed(till, amount);
  await tap(till, '#scan');
  await till.locator('#typed').fill(code);
  await till.locator('#typed').press('Enter');
  await lost.hit;
  await till.locator('#view-wait').waitFor();
  lost.end();
  await tillSaysPaid(world, till);
  await one(amount);
}

export const the_request_of_a_scan_is_lost = (world) => scanned(world, 'request');
export const the_answer_to_a_scan_is_lost = (world) => scanned(world, 'answer');

export async function the_page_is_loaded_again_while_a_code_is_shown(world) {
  const amount = yen();
  const till = await cuttable(world);
  await shows(till, amount);
  await till.reload();
  await payerPays(amount);
  await finds(world, till, amount);
}

export async function the_page_is_loaded_again_while_the_answer_to_a_scan_is_lost(world) {
  const amount = yen();
  const till = await cuttable(world);
  const code = await paymentCode('paypay', '--user', 'cut-reload');
  const lost = till.own.wire.loseAnswer(CREATES);
  await typed(till, amount);
  await tap(till, '#scan');
  await till.locator('#typed').fill(code);
  await till.locator('#typed').press('Enter');
  await lost.hit;
  lost.end();
  await till.reload();
  await finds(world, till, amount);
}

/** After a reload, the till says what became of its sale: at once, or when its row is opened. */
async function finds(world, till, amount) {
  const row = till.locator('#open-sales button, #open-sales a').first();
  const result = till.locator('#view-result');
  await row.or(result).first().waitFor({ timeout: 30_000 });
  if (!(await result.isVisible())) await tap(till, row);
  await tillSaysPaid(world, till);
  await one(amount);
}

/** The switch says no to a look: that is no word on the payment, and nothing is called paid or unpaid. */
export async function a_look_that_is_refused_says_nothing_of_the_sale(world) {
  const amount = yen();
  const till = await cuttable(world);
  await shows(till, amount);
  till.own.tolerate(/403/);
  const looks = (url) => url.pathname.startsWith('/till/v1/payments/pay_');
  const no = JSON.stringify({ code: 'not-allowed', retry: 'never', status: 403, title: 'no' });
  let refused = 0;
  await till.route(looks, (route) => {
    refused += 1;
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: no });
  });
  await payerPays(amount);
  await until('a look is refused', () => refused > 0);
  await till.waitForTimeout(1_000);
  assert.ok(await till.locator('#view-result').isHidden(), 'nothing is said that is not known');
  await till.unroute(looks);
  await tillSaysPaid(world, till);
  await one(amount);
}

/** The clerk cancels an order whose answer was lost and that was paid meanwhile; `answer` is what the cancel
 * is told, given the payment. */
async function cancelled_when_it_was_paid(world, amount, answer) {
  const till = await cuttable(world);
  till.own.tolerate(/409/);
  const lost = till.own.wire.loseAnswer(CREATES);
  await typed(till, amount);
  await tap(till, '#show-code');
  await lost.hit;
  await payerPays(amount);
  const payment = await paidOnce('wagashi', amount);
  await till.route(/\/till\/v1\/orders\//, (route) => route.fulfill(answer(payment)));
  await tap(till, '#code-cancel');
  return till;
}

/** Nothing was cancelled: the till finds the payment, and that is the truth. */
export async function an_order_that_was_paid_is_not_cancelled_any_more(world) {
  const amount = yen();
  const no = JSON.stringify({ code: 'payment-captured', retry: 'never', status: 409, title: 'no' });
  const till = await cancelled_when_it_was_paid(world, amount, () => (
    { status: 409, contentType: 'application/problem+json', body: no }));
  await tillSaysPaid(world, till);
  await one(amount);
}

/** The order is withdrawn, and what was captured goes back: the till never says paid. */
export async function money_that_goes_back_is_not_said_to_be_paid(world) {
  const till = await cancelled_when_it_was_paid(world, yen(), (payment) => (
    { json: { object: 'order', order_number: payment.order_number, status: 'withdrawn', payment } }));
  const title = till.locator('#view-result #result-title');
  await title.waitFor();
  assert.equal((await title.textContent()).trim(), world.say('till-result-undone'));
}

/** On a slow network a clerk taps "Check again" again and again: the call under way goes on, once. */
export async function checking_again_on_a_slow_network_repeats_no_call(world) {
  const amount = yen();
  const till = await tillOf(world, { shop: 'wagashi' });
  const code = await paymentCode('paypay', '--user', `slow-${amount}`);
  let sent = 0;
  await till.route((url) => url.pathname === '/till/v1/payments', async (route) => {
    sent += 1;
    await new Promise((later) => setTimeout(later, 3_000));
    await route.continue().catch(() => {});
  });
  await typed(till, amount);
  await tap(till, '#scan');
  await till.locator('#typed').fill(code);
  await till.locator('#typed').press('Enter');
  await until('the sale is sent', () => sent === 1);
  for (let taps = 0; taps < 3; taps += 1) {
    await tap(till, '#wait-again');
    await till.waitForTimeout(400);
  }
  await tillSaysPaid(world, till);
  assert.equal(sent, 1, `the sale was sent ${sent} times`);
}

/** The browser's store is full in the middle of a sale: the till still says what became of it. */
export async function a_full_store_hides_no_result(world) {
  const amount = yen();
  const till = await tillOf(world, { shop: 'wagashi' });
  await shows(till, amount);
  await till.evaluate(() => {
    Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
  });
  await pay((await paymentsOf('wagashi', amount))[0].order_number, '--wallet', 'noren');
  await tillSaysPaid(world, till);
  await tap(till, '#result-next');
  await till.locator('#view-amount').waitFor();
  assert.ok(await till.locator('#open-sales').isHidden(), 'the sale is over');
}
