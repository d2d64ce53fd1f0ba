// Money goes back at the till: a part of a payment, then the rest, by a supervisor's word.

import assert from 'node:assert/strict';

import { api, axe, order, paidOnce, pay, switchUrl, tap, tillOf, until, written, yen } from '../lib.mjs';

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

/** A till at a payment's page, with a supervisor's word, over a network that can be cut. */
async function supervised(world, payment) {
  const till = await tillOf(world, { shop: 'ryokan', wire: true });
  await till.goto(`${switchUrl()}/till/supervisor?next=/till/payments/${payment}`);
  await supervises(till);
  await till.locator('#refund-form').waitFor();
  return till;
}

/** Asks for JPY 300 back. */
async function asks(till) {
  await till.locator('#refund-amount').fill('300');
  await tap(till, '#refund-ask');
  await tap(till, '#refund-yes');
}

/** How often a refund was sent. */
const sent = (till) => till.own.wire.asked.filter((line) => line === 'POST /till/v1/refunds').length;

/** The question of a refund whose end is unknown, once what is on record was read. */
async function decides(world, till, known) {
  await till.locator('#refund-open-known').filter({ hasText: known }).waitFor();
  await till.locator('#refund-open-say').filter({ hasText: written(300) }).waitFor();
  await till.locator('#refund-open-drop').waitFor();
}

/** Tapped twice, and its answer lost: it is sent again by itself, and the money goes back once. */
export async function once_whatever_happens_to_the_answer(world) {
  const amount = yen();
  const payment = await paid('ryokan', amount);
  const till = await supervised(world, payment);
  const lost = till.own.wire.loseAnswer('POST /till/v1/refunds');
  await till.locator('#refund-amount').fill('300');
  await tap(till, '#refund-ask');
  await till.locator('#refund-yes').evaluate((yes) => {
    yes.click();
    yes.click();
  });
  await lost.hit;
  await till.locator('#refund-result').filter({ hasText: world.say('counter-refund-lost') }).waitFor();
  await until('it is sent again', () => lost.count > 1);
  lost.end();
  await till.locator('#refund-result.tone-good').waitFor({ timeout: 20_000 });
  // The page shows what is left.
  await till.locator(`#refund-form[data-left="${amount - 300}"]`).waitFor();
  assert.equal((await back('ryokan', payment, 300)).length, 1);
}

/** A proxy's no is nobody's no, and its yes nobody's yes: the same key is sent again. */
export async function what_a_proxy_answers_ends_no_refund(world) {
  const amount = yen();
  const payment = await paid('ryokan', amount);
  const till = await supervised(world, payment);
  till.own.tolerate(/status of 403/);
  const keys = new Set();
  till.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/till/v1/refunds')) keys.add(request.headers()['idempotency-key']);
  });
  const no = till.own.wire.answerFor('POST /till/v1/refunds', 403, { error: 'log in to this network' }, 1);
  const yes = till.own.wire.answerFor('POST /till/v1/refunds', 201, { status: 'refunded' }, 1);
  await asks(till);
  await till.locator('#refund-result.tone-good').waitFor({ timeout: 20_000 });
  assert.deepEqual([no.count, yes.count, sent(till), keys.size], [1, 1, 3, 1], 'three times with one key');
  no.end();
  yes.end();
  assert.equal((await back('ryokan', payment, 300)).length, 1);
}

/** A part of a payment is given back, and the network takes the request or the answer. */
async function loses(world, which) {
  const amount = yen();
  const payment = await paid('ryokan', amount);
  const till = await supervised(world, payment);
  const lost = till.own.wire[which]('POST /till/v1/refunds');
  await asks(till);
  await lost.hit;
  return { amount, payment, till, lost };
}

/** A refund that never arrived is asked about on a later load, and sent only by a tap. */
export async function a_lost_refund_is_sent_again_by_a_tap(world) {
  const { payment, till, lost } = await loses(world, 'loseRequest');
  // Even before this page has seen that it is lost.
  await till.reload();
  lost.end();
  const before = sent(till);
  await decides(world, till, world.say('counter-refund-open-none'));
  await axe(till);
  // Today's payments lead to it.
  await till.goto(`${switchUrl()}/till/today`);
  await tap(till, till.locator('#open-refunds a').filter({ hasText: written(300) }));
  await decides(world, till, world.say('counter-refund-open-none'));
  assert.equal(sent(till), before, 'nothing is sent by itself');
  await tap(till, '#refund-open-again');
  await till.locator('#refund-result.tone-good').waitFor({ timeout: 20_000 });
  assert.equal((await back('ryokan', payment, 300)).length, 1);
  await till.goto(`${switchUrl()}/till/today`);
  await till.locator(`.rows a[href="/till/payments/${payment}"]`).waitFor();
  assert.equal(await till.locator('#open-refunds a').count(), 0);
}

/** Its answer never came: the record says that the money went back, and the same key sends none twice. */
export async function a_refund_whose_answer_was_lost_is_on_record(world) {
  const { payment, till, lost } = await loses(world, 'loseAnswer');
  await back('ryokan', payment, 300);
  await till.reload();
  lost.end();
  await decides(world, till, world.pattern('counter-refund-open-some', { count: '1' }));
  await tap(till, '#refund-open-again');
  await till.locator('#refund-result.tone-good').waitFor({ timeout: 20_000 });
  assert.equal((await back('ryokan', payment, 300)).length, 1);
}

/** What is dropped is gone: nothing is sent, and the whole can be given back as before. */
export async function a_lost_refund_can_be_dropped_once_the_record_is_seen(world) {
  const { amount, payment, till, lost } = await loses(world, 'loseRequest');
  const unread = till.own.wire.loseRequest('GET /till/v1/refunds');
  await till.reload();
  lost.end();
  const before = sent(till);
  await unread.hit;
  await till.locator('#refund-open-again').waitFor();
  assert.ok(await till.locator('#refund-open-drop').isHidden(), 'not without the record');
  unread.end();
  await decides(world, till, world.say('counter-refund-open-none'));
  await tap(till, '#refund-open-drop');
  await till.locator(`#refund-form[data-left="${amount}"]`).waitFor();
  await till.reload();
  await till.locator('#refund-form').waitFor();
  assert.equal(sent(till), before);
  const { data } = await api('ryokan', 'GET', `/v1/refunds?payment=${payment}`);
  assert.deepEqual(data, []);
}
