// Who meets at a counter: somebody at the till, and a payer with a wallet on a phone. What they touch
// is found as the templates name it.

import assert from 'node:assert/strict';

import { tap } from './browser.mjs';
import { api, phoneUrl, store, switchUrl, until } from './settings.mjs';

// From somewhere else in each run, for a demo that has seen others.
let amounts = 2_001 + Math.floor(Math.random() * 7_000);

/** An amount in yen that no other flow asks for: two may sell in one shop. */
export const yen = () => (amounts += 1);

/** Payments of that shop with that amount, newest first. */
export async function paymentsOf(shop, amount) {
  const { data } = await api(shop, 'GET', '/v1/payments?limit=100');
  return data.filter((payment) => payment.amount.amount === amount);
}

/** The shop's one payment with that amount, once it is `captured`; fails when there are two. */
export async function paidOnce(shop, amount) {
  const captured = (payment) => payment.status === 'captured';
  await until(`JPY ${amount} is paid`, async () => (await paymentsOf(shop, amount)).find(captured));
  const all = (await paymentsOf(shop, amount)).filter(captured);
  assert.equal(all.length, 1, `JPY ${amount} was paid ${all.length} times`);
  return all[0];
}

/** Makes a window a till of that shop, the way the demo offers it. */
export async function pair(page, shop = 'soba') {
  await page.goto(`${switchUrl()}/till`);
  await tap(page, `button[name=store][value="${await store(shop)}"]`);
  await page.locator('#view-amount').waitFor();
  // Its keys work when its scripts do.
  await page.waitForLoadState('load');
  return page;
}

/** A till of that shop at its amount keys. */
export async function tillOf(world, { shop = 'soba', ...options } = {}) {
  return pair(await world.open({ device: 'tablet', ...options }), shop);
}

/** Types an amount on the till's keys. */
export async function typed(till, amount) {
  let rest = String(amount);
  while (rest !== '') {
    const key = rest.startsWith('00') ? '00' : rest[0];
    await tap(till, `#keys [data-key="${key}"]`);
    rest = rest.slice(key.length);
  }
}

/** Shows a code with this amount to the customer. */
export async function shows(till, amount) {
  await typed(till, amount);
  await tap(till, '#show-code');
  await till.locator('#code-place img').waitFor();
}

/** The till's screen of the result; fails when it is not `paid`. */
export async function tillSaysPaid(world, till) {
  const title = till.locator('#view-result #result-title');
  await title.waitFor({ timeout: 30_000 });
  assert.equal((await title.textContent()).trim(), world.say('till-result-paid'));
}

/** The home of a sandbox wallet on a phone. */
export async function phoneOf(world, { wallet = 'noren', ...options } = {}) {
  const page = await world.open({ device: 'phone', ...options });
  await page.goto(`${phoneUrl()}/wallet/${wallet}`);
  return page;
}

/** An amount as it may be written, 1280 or 1,280, and not as the end of a larger one. */
export const written = (amount) => new RegExp('(?<![\\d,])' + String(amount).replace(/\B(?=(\d{3})+$)/g, ',?') + '(?!\\d)');

/** The payer picks what a counter shows with that amount. */
export async function picks(phone, amount) {
  const row = phone.locator('button.row, a.row').filter({ hasText: written(amount) }).first();
  await row.waitFor({ timeout: 20_000 });
  await tap(phone, row);
}

/** The payer looks at the sheet and approves. */
export async function approves(phone) {
  await tap(phone, 'details.approve > summary');
  await tap(phone, 'button[value=fingerprint]');
}

/** The phone's sheet says that it is paid. */
export async function phoneSaysPaid(world, phone) {
  const said = phone.locator('.result h1');
  await said.waitFor({ timeout: 30_000 });
  assert.equal((await said.textContent()).trim(), world.say('wallet-paid'));
}
