// A purchase in the web shop: checkout, the app, and back; what the shop knows, it was told.

import { api, approves, phoneOf, phoneSaysPaid, phoneUrl, shopUrl, tap, until } from '../lib.mjs';

/** From the shop to checkout; gives the payment. */
async function checksOut(world, options) {
  const page = await world.open(options);
  await page.goto(shopUrl());
  await tap(page, page.locator('button[name=good]').first());
  await page.waitForURL(/\/checkout\/pay_/);
  return { page, payment: page.url().match(/pay_\w+/)[0] };
}

/** The shop's page of the order says that it is paid. */
const shopHasIt = (world, page) =>
  page.getByRole('heading', { name: world.say('shop-paid-heading') }).waitFor({ timeout: 30_000 });

/** On a phone, the wallet's app is opened from the page, approves, and the browser goes back. */
export async function from_the_web_shop_to_paid_and_back(world) {
  const { page } = await checksOut(world, { device: 'phone' });
  await tap(page, page.locator('button[name=wallet][value=paypay]').first());
  const app = page.locator('a.first');
  await app.waitFor();
  // What a phone does with an app's link.
  const link = encodeURIComponent(await app.getAttribute('href'));
  const phone = await world.open({ device: 'phone' });
  await phone.goto(`${phoneUrl()}/wallet/open?link=${link}`);
  await approves(phone);
  await phoneSaysPaid(world, phone);
  await page.getByRole('heading', { name: world.say('checkout-paid-heading') }).waitFor({ timeout: 30_000 });
  await tap(page, page.locator('a[data-back]'));
  await shopHasIt(world, page);
}
from_the_web_shop_to_paid_and_back.languages = 'all';

/** On a computer there is a code, and the page learns by itself what became of it. */
export async function a_code_on_a_computer_is_paid_with_another_device(world) {
  const { page, payment } = await checksOut(world, { device: 'desktop' });
  await tap(page, page.locator('button[name=wallet][value=wechatpay]').first());
  await page.locator('.code svg').first().waitFor();
  const order = await api('omiyage', 'GET', `/v1/payments/${payment}`);
  const phone = await phoneOf(world, { wallet: 'wechatpay' });
  await tap(phone, phone.locator(`a.row[href$="/${payment}"]`));
  await approves(phone);
  await phoneSaysPaid(world, phone);
  await page.getByRole('heading', { name: world.say('checkout-paid-heading') }).waitFor({ timeout: 30_000 });
  await until('the shop is told', async () => (await api('omiyage', 'GET', `/v1/payments/${order.id}`)).status === 'captured');
}
