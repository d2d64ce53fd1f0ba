// Whoever pays an order: on its page, from a shop on the web, and by the link of a shop's code.

import assert from 'node:assert/strict';

import {
  USER_AGENTS, api, linePayOrder, order, pay, press, shopOfItsOwn, shopUrl, store, switchUrl, tap, until, yen,
} from '../lib.mjs';

/** The page of a new order. */
async function arrived(world, options = {}, more = {}) {
  const made = await order('soba', 1280, more);
  const page = await world.open(options);
  await page.goto(made.checkout_url);
  return { made, page };
}

const wallet = (page, name) => page.locator(`button[value="${name}"]`);
const result = (page) => page.locator('[role="alert"]');

/** The heading of a result, once it is there. */
async function says(world, page, key) {
  await result(page).getByRole('heading', { name: world.say(key) }).waitFor();
}

export async function paid_with_paypay_on_a_telephone(world) {
  const { made, page } = await arrived(world);
  await tap(page, wallet(page, 'paypay'));
  const link = page.getByRole('link', { name: world.pattern('checkout-open') });
  assert.match(await link.getAttribute('href'), /^https?:/);
  await pay(made.id, '--wallet', 'paypay');
  await says(world, page, 'checkout-paid-heading');
  await tap(page, page.getByRole('link', { name: world.say('checkout-receipt') }));
  const slip = page.getByRole('article');
  await slip.getByRole('heading', { name: world.say('checkout-receipt-title') }).waitFor();
  const text = await slip.textContent();
  for (const part of ['1,280', 'PayPay', made.order_number.slice(-4), made.order_number]) assert.ok(text.includes(part), part);
}

export async function paid_with_wechat_pay_on_a_computer(world) {
  const { made, page } = await arrived(world, { device: 'desktop' });
  await tap(page, wallet(page, 'wechatpay'));
  // The text of a code is no link that a browser could open.
  await page.getByRole('img', { name: world.pattern('checkout-scan-code') }).waitFor();
  assert.equal(await page.locator('a[href^="weixin"]').count(), 0);
  await pay(made.id, '--wallet', 'wechatpay');
  await says(world, page, 'checkout-paid-heading');
}

export async function a_wallet_that_reads_our_codes_scans_the_page(world) {
  const { made, page } = await arrived(world, { device: 'desktop' });
  await page.getByRole('img', { name: world.say('checkout-phone-code') }).waitFor();
  await pay(made.checkout_url, '--wallet', 'noren');
  await says(world, page, 'checkout-paid-heading');
}

export async function by_keyboard_alone(world) {
  const { made, page } = await arrived(world, { device: 'desktop' });
  await press(page, /^PayPay/);
  await page.getByRole('img', { name: world.pattern('checkout-scan-code') }).waitFor();
  await pay(made.id, '--wallet', 'paypay');
  await says(world, page, 'checkout-paid-heading');
  await press(page, world.say('checkout-receipt'));
  await page.getByRole('heading', { name: world.say('checkout-receipt-title') }).waitFor();
}

export async function without_scripts(world) {
  const { made, page } = await arrived(world, { javaScriptEnabled: false });
  await tap(page, wallet(page, 'paypay'));
  await page.getByRole('link', { name: world.pattern('checkout-open') }).waitFor();
  await pay(made.id, '--wallet', 'paypay');
  // The page looks again by itself.
  await says(world, page, 'checkout-paid-heading');
}

export async function a_cut_network_is_told_and_the_truth_comes_back(world) {
  const { made, page } = await arrived(world, { wire: true });
  await tap(page, wallet(page, 'paypay'));
  await page.getByRole('link', { name: world.pattern('checkout-open') }).waitFor();
  page.own.wire.cut();
  await page.getByRole('status').filter({ hasText: world.say('checkout-offline') }).waitFor();
  await pay(made.id, '--wallet', 'paypay');
  page.own.wire.restore();
  await says(world, page, 'checkout-paid-heading');
}

export async function an_order_runs_out_before_the_payers_eyes(world) {
  const { page } = await arrived(world, {}, { expires_in_seconds: 2 });
  await says(world, page, 'checkout-expired-heading');
  assert.equal(await page.locator('button[name="wallet"]').count(), 0);
  await page.getByText(world.say('checkout-again')).waitFor();
  assert.equal(await page.getByRole('link', { name: world.say('checkout-start-again') }).count(), 0);
}

export async function bought_on_the_web_and_told_by_event(world) {
  const page = await world.open();
  await page.goto(shopUrl());
  await tap(page, page.locator('button[value="matcha"]'));
  await page.waitForURL('**/checkout/pay_*');
  const payment = new URL(page.url()).pathname.split('/').pop();
  const number = await page.getByText(/W-[0-9a-f]{32}-matcha/).textContent();
  const order = /W-[0-9a-f]{32}-matcha/.exec(number)[0];
  // Coming back proves nothing.
  const early = await world.open();
  await early.goto(`${shopUrl()}/orders/${order}`);
  await early.getByRole('heading', { name: world.say('shop-waiting-heading') }).waitFor();
  await tap(page, wallet(page, 'paypay'));
  await page.getByRole('link', { name: world.pattern('checkout-open') }).waitFor();
  await pay(payment, '--wallet', 'paypay');
  await says(world, page, 'checkout-paid-heading');
  await says(world, early, 'shop-paid-heading');
  await tap(page, page.getByRole('link', { name: world.say('checkout-back') }));
  await says(world, page, 'shop-paid-heading');
  assert.equal(page.url(), `${shopUrl()}/orders/${order}`);
}
bought_on_the_web_and_told_by_event.languages = 'all';

/** A payer goes back to the shop by themselves, unless they stay. */
export async function the_way_back_is_taken_after_some_seconds(world) {
  const { made, page } = await arrived(world, {}, { return_url: `${shopUrl()}/` });
  await tap(page, wallet(page, 'paypay'));
  await page.getByRole('link', { name: world.pattern('checkout-open') }).waitFor();
  await pay(made.id, '--wallet', 'paypay');
  await says(world, page, 'checkout-paid-heading');
  const other = await world.open();
  await other.goto(made.checkout_url);
  await tap(other, other.getByRole('button', { name: world.say('checkout-stay') }));
  await page.waitForURL(`${shopUrl()}/`, { timeout: 20_000 });
  assert.equal(other.url(), made.checkout_url);
}

/** A code on the screen that somebody looks at is for nobody: WeChat is told of another way. */
export async function wechat_pay_is_no_choice_inside_wechat(world) {
  const bought = await order('soba', yen(), { return_url: `${shopUrl()}/` });
  for (const [address, key] of [
    [`${switchUrl()}/s/${await store()}`, 'checkout-wechat-till'],
    [(await order('soba', yen())).checkout_url, 'checkout-wechat-till'],
    [bought.checkout_url, 'checkout-wechat-web'],
  ]) {
    const page = await world.open({ userAgent: USER_AGENTS.wechat });
    await page.goto(address);
    await page.getByText(world.say(key)).waitFor();
    assert.equal(await wallet(page, 'wechatpay').count(), 0, address);
    await wallet(page, 'alipay').waitFor();
    const other = await world.open();
    await other.goto(address);
    await wallet(other, 'wechatpay').waitFor();
    assert.equal(await other.getByText(world.say(key)).count(), 0, address);
  }
}

/** A shop of LINE Pay's names the address where its payer goes on, on a site that no script may read. */
export async function a_paid_order_of_a_facade_leads_to_its_shop(world) {
  const shop = await shopOfItsOwn();
  try {
    const { orderId, page: address } = await linePayOrder(yen(), `${shop.origin}/confirm`);
    const page = await world.open();
    page.own.tolerate(new RegExp(`^a request left the demo: ${shop.origin}/`));
    await page.goto(address);
    await wallet(page, 'paypay').waitFor();
    await pay(orderId, '--wallet', 'linepay');
    await page.waitForURL(`${shop.origin}/confirm?*`);
    assert.equal(new URL(page.url()).searchParams.get('orderId'), orderId);
  } finally {
    shop.close();
  }
}

const WALLETS = { alipay: 'alipay', paypay: 'paypay', line: 'linepay' };

export async function a_shops_link_opens_what_the_scanning_app_pays_with(world) {
  const link = `${switchUrl()}/s/${await store()}`;
  for (const [app, name] of Object.entries(WALLETS)) {
    const page = await world.open({ userAgent: USER_AGENTS[app] });
    await page.goto(link);
    const own = page.locator('button.own');
    assert.equal(await own.getAttribute('value'), name, app);
    await page.context().close();
  }
  const camera = await world.open();
  await camera.goto(link);
  assert.equal(await camera.locator('button.own').count(), 0);
}

export async function a_shops_link_is_paid_by_a_guest(world) {
  const page = await world.open({ userAgent: USER_AGENTS.paypay });
  await page.goto(`${switchUrl()}/s/${await store()}`);
  for (const key of ['9', '8', '00']) await tap(page, page.getByRole('button', { name: key, exact: true }));
  assert.equal(await page.getByLabel(world.say('checkout-amount')).inputValue(), '9,800');
  await tap(page, page.getByRole('button', { name: world.say('checkout-pay-with', { wallet: 'PayPay' }) }));
  await page.waitForURL('**/checkout/pay_*');
  await page.getByRole('link', { name: world.pattern('checkout-open') }).waitFor();
  const payment = new URL(page.url()).pathname.split('/').pop();
  await pay(payment, '--wallet', 'paypay');
  await says(world, page, 'checkout-paid-heading');
  await until('the shop has the money', async () => {
    const paid = await api('soba', 'GET', `/v1/payments/${payment}`);
    return paid.status === 'captured' && paid.amount.amount === 9_800;
  });
}
a_shops_link_is_paid_by_a_guest.languages = 'all';

export async function a_shops_link_that_came_to_nothing_leads_back_to_its_form(world) {
  const link = `${switchUrl()}/s/${await store()}`;
  const page = await world.open();
  await page.goto(link);
  await page.getByLabel(world.say('checkout-amount')).fill(String(yen()));
  await tap(page, wallet(page, 'paypay'));
  await page.waitForURL('**/checkout/pay_*');
  await page.getByRole('link', { name: world.pattern('checkout-open') }).waitFor();
  await pay(new URL(page.url()).pathname.split('/').pop(), '--wallet', 'paypay', '--refuse');
  await says(world, page, 'checkout-declined-heading');
  await tap(page, page.getByRole('link', { name: world.say('checkout-start-again') }));
  await page.waitForURL(link);
  await page.getByLabel(world.say('checkout-amount')).waitFor();
}

export async function two_taps_on_a_shops_link_are_one_order(world) {
  const page = await world.open();
  await page.goto(`${switchUrl()}/s/${await store()}`);
  await page.getByLabel(world.say('checkout-amount')).fill('７７７円');
  const form = await page.locator('input[name="form"]').inputValue();
  await wallet(page, 'linepay').dblclick();
  await page.waitForURL('**/checkout/pay_*');
  const first = page.url();
  // The same form once more, as a browser sends it that loads a page again.
  const again = await page.request.post(`${switchUrl()}/s/${await store()}`, {
    form: { form, amount: '777', wallet: 'linepay' },
    maxRedirects: 0,
  });
  assert.equal(again.status(), 303);
  assert.ok(first.endsWith(again.headers().location), `${first} ${again.headers().location}`);
}

export async function an_amount_that_is_none_is_told(world) {
  const page = await world.open();
  await page.goto(`${switchUrl()}/s/${await store()}`);
  await tap(page, wallet(page, 'paypay'));
  await result(page).filter({ hasText: world.say('checkout-amount-fault') }).waitFor();
  assert.equal(new URL(page.url()).pathname.split('/')[1], 's');
}
