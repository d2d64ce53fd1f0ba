// The code that hangs at the counter, printed: whatever scans it.

import assert from 'node:assert/strict';

import {
  USER_AGENTS, api, approves, camera, paidOnce, phoneOf, phoneSaysPaid, phoneUrl, store, switchUrl, tap, tillOf, written, yen,
} from '../lib.mjs';

/** The text of a shop's printed code. */
const printed = async (shop) => (await api(shop, 'GET', `/v1/stores/${await store(shop)}/code`)).code;

/** A till that watches the printed code of a shop. */
async function watching(world, shop) {
  const till = await tillOf(world, { shop });
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
export async function a_guest_pays_the_printed_code_and_the_till_hears_of_it(world) {
  const amount = yen();
  const till = await watching(world, 'omiyage');
  const phone = await world.open({ device: 'phone', camera: await camera(await printed('omiyage')) });
  await phone.goto(`${phoneUrl()}/wallet/noren/scan`);
  await phone.locator('#start:visible, #amount').first().waitFor();
  if (await phone.locator('#start').isVisible()) await tap(phone, '#start');
  await phone.locator('#amount').fill(String(amount));
  await tap(phone, phone.getByRole('button', { name: world.say('wallet-amount-next') }));
  await approves(phone);
  await phoneSaysPaid(world, phone);
  await heard(till, amount);
  assert.equal((await paidOnce('omiyage', amount)).way, 'mpm_static');
}
a_guest_pays_the_printed_code_and_the_till_hears_of_it.languages = 'all';

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
