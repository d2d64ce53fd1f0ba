// The code that hangs at the counter, printed: whatever scans it.

import assert from 'node:assert/strict';

import {
  USER_AGENTS, api, approves, camera, paidOnce, phoneOf, phoneSaysPaid, phoneUrl, store, switchUrl, tap, tillOf, until, written, yen,
} from '../lib.mjs';

/** The text of a shop's printed code. */
const printed = async (shop) => (await api(shop, 'GET', `/v1/stores/${await store(shop)}/code`)).code;

/** A till that watches the printed code of a shop. */
async function watching(world, shop, more = {}) {
  const till = await tillOf(world, { shop, ...more });
  await till.goto(`${switchUrl()}/till/watch`);
  await till.locator('#watch-state').filter({ hasText: /./ }).waitFor();
  // Browsers make no sound before somebody has touched the page.
  await tap(till, 'h1');
  return till;
}

/** The till hears of the payment, live. */
const heard = (till, amount) =>
  till.locator('#watch-rows li').filter({ hasText: written(amount) }).waitFor({ timeout: 20_000 });

/** A guest's wallet reads the printed code by its camera, and the guest types the amount. */
async function guestPays(world, shop, amount) {
  const phone = await world.open({ device: 'phone', camera: await camera(await printed(shop)) });
  await phone.goto(`${phoneUrl()}/wallet/noren/scan`);
  await phone.locator('#start:visible, #amount').first().waitFor();
  if (await phone.locator('#start').isVisible()) await tap(phone, '#start');
  await phone.locator('#amount').fill(String(amount));
  await tap(phone, phone.getByRole('button', { name: world.say('wallet-amount-next') }));
  await approves(phone);
  await phoneSaysPaid(world, phone);
}

export async function a_guest_pays_the_printed_code_and_the_till_hears_of_it(world) {
  const amount = yen();
  const till = await watching(world, 'omiyage');
  await guestPays(world, 'omiyage', amount);
  await heard(till, amount);
  assert.equal((await paidOnce('omiyage', amount)).way, 'mpm_static');
}
a_guest_pays_the_printed_code_and_the_till_hears_of_it.languages = 'all';

/** The network goes right after the event, for longer than anybody is patient: the row comes all the same. */
export async function a_payment_on_the_printed_code_outlasts_the_network(world) {
  const amount = yen();
  const till = await watching(world, 'omiyage', { wire: true });
  const looks = till.own.wire.loseRequest(/^GET \/till\/v1\/payments\/pay_/);
  await guestPays(world, 'omiyage', amount);
  await looks.hit;
  till.own.wire.cut();
  await till.waitForTimeout(15_000);
  till.own.wire.restore();
  await heard(till, amount);
}

/** The page is loaded anew before it could look at the payment: whoever listens next begins with it. */
export async function a_payment_on_the_printed_code_outlasts_the_page(world) {
  const amount = yen();
  const till = await watching(world, 'omiyage', { wire: true });
  // There is a place to go back to.
  await until('the stream has a place', () => till.evaluate(() => Object.keys(localStorage).some((key) => key.startsWith('noren.till.heard.'))), 40);
  const looks = till.own.wire.loseRequest(/^GET \/till\/v1\/payments\/pay_/);
  await guestPays(world, 'omiyage', amount);
  await looks.hit;
  await till.reload();
  looks.end();
  await heard(till, amount);
}

/** The link form, opened by the browser inside an app: its own wallet stands first. */
async function link_in(world, app, wallet) {
  const page = await world.open({ userAgent: USER_AGENTS[app] });
  await page.goto(`${switchUrl()}/s/${await store('omiyage')}`);
  const first = page.locator('button[name=wallet]').first();
  assert.equal(await first.getAttribute('value'), wallet);
  return { page, first };
}

export async function the_link_opens_paypays_own_way_in_its_browser(world) {
  const amount = yen();
  const { page, first } = await link_in(world, 'paypay', 'paypay');
  await page.locator('#amount').fill(String(amount));
  await tap(page, first);
  await page.waitForURL(/\/checkout\/pay_/);
  await page.locator('a.first').waitFor();
  const phone = await phoneOf(world, { wallet: 'paypay' });
  const row = phone.locator('a.row').filter({ hasText: written(amount) }).first();
  await tap(phone, row);
  await approves(phone);
  await phoneSaysPaid(world, phone);
  await page.getByRole('heading', { name: world.say('checkout-paid-heading') }).waitFor();
  assert.equal((await paidOnce('omiyage', amount)).wallet, 'paypay');
}

export async function the_link_knows_the_browsers_of_wechat_alipay_and_line(world) {
  await link_in(world, 'wechat', 'wechatpay');
  await link_in(world, 'alipay', 'alipay');
  await link_in(world, 'line', 'linepay');
}
