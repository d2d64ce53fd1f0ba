// Money goes back at the till: a part of a payment, then the rest, by a supervisor's word.

import assert from 'node:assert/strict';

import { api, order, paidOnce, pay, switchUrl, tap, tillOf, until, written, yen } from '../lib.mjs';

const SUPERVISOR = { name: 'Ken', pin: '4321' };

/** A payment of that shop, paid by a sandbox user; gives its id. */
async function paid(shop, amount) {
  const made = await order(shop, amount);
  await pay(made.code, '--wallet', 'noren');
  return (await paidOnce(shop, amount)).id;
}

/** The page of a payment, found in today's list as a clerk finds it. */
async function found(till, amount) {
  await till.goto(`${switchUrl()}/till/today`);
  const row = till.locator('main a[href*="/till/payments/"]').filter({ hasText: written(amount) }).first();
  await tap(till, row);
  await till.locator('#refund-form').waitFor();
}

/** A supervisor's PIN, where it is asked for. */
async function supervises(till) {
  await tap(till, till.locator('label.person').filter({ hasText: SUPERVISOR.name }));
  await till.locator('#pin').fill(SUPERVISOR.pin);
  await till.locator('#pin').press('Enter');
  await till.waitForURL(/\/till\/payments\//);
}

/** Gives that much back; a supervisor comes when one is asked for. */
async function givesBack(till, amount) {
  await till.locator('#refund-amount').fill(String(amount));
  await tap(till, '#refund-ask');
  await tap(till, '#refund-yes');
  const asked = till.locator('#pin');
  const done = till.locator('#refund-result.tone-good');
  await asked.or(done).first().waitFor({ timeout: 20_000 });
  if (await asked.isVisible()) await supervises(till);
  // Written down before the supervisor came, it goes on by itself.
  await done.waitFor({ timeout: 20_000 });
}

/** All that was given back of a payment, once it is `amount`. */
const back = (shop, payment, amount) =>
  until(`JPY ${amount} is given back`, async () => {
    const { data } = await api(shop, 'GET', `/v1/refunds?payment=${payment}`);
    const done = data.filter((refund) => refund.status === 'refunded');
    return done.reduce((sum, refund) => sum + refund.amount.amount, 0) === amount ? data : null;
  });

export async function a_part_and_then_the_rest_by_a_supervisors_word(world) {
  const amount = yen();
  const payment = await paid('ryokan', amount);
  const till = await tillOf(world, { shop: 'ryokan' });
  // The supervisor is asked for by an answer, which a browser tells as an error.
  till.own.tolerate(/status of 403/);
  await found(till, amount);
  await givesBack(till, 300);
  await back('ryokan', payment, 300);
  await found(till, amount);
  await givesBack(till, amount - 300);
  const refunds = await back('ryokan', payment, amount);
  assert.equal(refunds.length, 2, 'two refunds, and no third');
}
a_part_and_then_the_rest_by_a_supervisors_word.languages = 'all';

/** Tapped twice, its answer lost, the page loaded again: the money goes back once. */
export async function once_whatever_happens_to_the_answer(world) {
  const amount = yen();
  const payment = await paid('ryokan', amount);
  const till = await tillOf(world, { shop: 'ryokan', wire: true });
  await till.goto(`${switchUrl()}/till/supervisor?next=/till/payments/${payment}`);
  await supervises(till);
  await till.locator('#refund-form').waitFor();
  const lost = till.own.wire.loseAnswer('POST /till/v1/refunds');
  await till.locator('#refund-amount').fill('300');
  await tap(till, '#refund-ask');
  await till.locator('#refund-yes').evaluate((yes) => {
    yes.click();
    yes.click();
  });
  await lost.hit;
  await till.locator('#refund-result').filter({ hasText: world.say('counter-refund-lost') }).waitFor();
  await till.reload();
  await until('it is sent again', () => lost.count > 1);
  lost.end();
  await till.locator('#refund-result.tone-good').waitFor({ timeout: 20_000 });
  // The page shows what is left.
  await till.locator(`#refund-form[data-left="${amount - 300}"]`).waitFor();
  assert.equal((await back('ryokan', payment, 300)).length, 1);
}
