// The wallet on a phone: every way to pay, in windows that somebody looks at.

import assert from 'node:assert/strict';

import { api, camera, noren, offline, order, paymentsOf, phoneUrl, picks, scenario, store, tap, until, yen } from '../lib.mjs';

const step = (page, name) => page.locator(`[data-step="${name}"]`).waitFor();
const home = (name) => `${phoneUrl()}/wallet/${name}`;
const status = async (id) => (await api('soba', 'GET', `/v1/payments/${id}`)).status;
const captured = (id) => until('the shop is paid', async () => (await status(id)) === 'captured');

/** From a wallet's home to the sheet of a code that a counter shows. */
async function near(page, amount) {
  await picks(page, amount);
  await step(page, 'approve');
}

/** The sheet's large button, then a finger. */
async function approve(page) {
  await tap(page, '.approve > summary');
  await tap(page, 'button[value="fingerprint"]');
}

/** A code that is typed, as a scanner would type it. */
async function typed(page, wallet, code) {
  await page.goto(`${home(wallet)}/scan`);
  await page.locator('#code').fill(code);
  await tap(page, '#typed button');
}

export async function an_open_code_is_paid_in_four_taps(world) {
  const amount = yen();
  const { id } = await order('soba', amount);
  const page = await world.open();
  await page.goto(`${phoneUrl()}/wallet`);
  await tap(page, 'a[href="/wallet/noren"]');
  await near(page, amount);
  await approve(page);
  await step(page, 'paid');
  await captured(id);
  assert.equal(page.own.taps, 4);
  await page.reload();
  await step(page, 'paid');
}

export async function every_wallet_pays_an_order_by_its_own_way(world) {
  const page = await world.open();
  for (const wallet of ['paypay', 'alipayplus', 'wechatpay', 'linepay', 'antom']) {
    const amount = yen();
    const { id } = await order('soba', amount);
    await page.goto(home(wallet));
    await near(page, amount);
    await tap(page, '.approve > summary');
    for (const digit of '4711') await tap(page, `[data-digit="${digit}"]`);
    await tap(page, '.pad .first');
    await step(page, 'paid');
    await captured(id);
  }
}

export async function a_printed_code_asks_for_the_amount(world) {
  const { code } = await api('soba', 'GET', `/v1/stores/${await store('soba')}/code`);
  const page = await world.open();
  await typed(page, 'noren', code);
  await step(page, 'amount');
  await page.locator('#amount').fill('none');
  await tap(page, '.tall');
  await page.locator('#fault').waitFor();
  await page.locator('#amount').fill('１,２００円');
  await tap(page, '.tall');
  await step(page, 'approve');
  await tap(page, '.approve > summary');
  await page.locator('#pin').fill('12');
  await page.keyboard.press('Enter');
  await page.locator('#fault').waitFor();
  await page.locator('#pin').fill('4711');
  await page.keyboard.press('Enter');
  await step(page, 'paid');
  await typed(page, 'paypay', code);
  await page.getByText(world.say('wallet-is-printed')).waitFor();
}

export async function a_camera_reads_what_a_till_shows(world) {
  const { id, code } = await order('soba', yen());
  const page = await world.open({ camera: await camera(code) });
  await page.goto(`${home('noren')}/scan`);
  const opens = page.locator('#start');
  if (await opens.isVisible()) await tap(page, opens).catch(() => {});
  await step(page, 'approve');
  await approve(page);
  await step(page, 'paid');
  await captured(id);
}

export async function a_till_charges_the_code_that_is_shown(world) {
  const page = await world.open();
  await page.goto(`${home('noren')}/code`);
  const digits = (await page.locator('.groups').innerText()).replace(/\D/g, '');
  const made = await api('soba', 'POST', '/v1/payments', {
    order_number: `b-${crypto.randomUUID().slice(0, 18)}`,
    store: await store('soba'),
    amount: { amount: yen(), currency: 'JPY' },
    present: 'consumer',
    payment_code: digits,
  });
  await step(page, 'paid');
  await captured(made.id);
  await api('soba', 'POST', '/v1/refunds', { payment: made.id, amount: { amount: 340, currency: 'JPY' } });
  await until('the refund is on the receipt', async () => {
    await page.reload();
    return page.getByText(world.say('wallet-back-title')).isVisible();
  });
  await page.goto(`${home('noren')}/history`);
  await page.getByText('CNY').first().waitFor();
}

export async function no_funds_and_a_refusal_are_said_in_words(world) {
  const page = await world.open();
  await page.goto(home('noren'));
  await tap(page, page.getByText(world.say('wallet-person-title')));
  await tap(page, page.getByRole('button', { name: world.say('wallet-person-thin') }));
  await page.waitForURL(home('noren'));
  const amount = yen();
  const poor = await order('soba', amount);
  await near(page, amount);
  await approve(page);
  await step(page, 'declined');
  await page.getByText(world.say('wallet-no-funds')).waitFor();
  assert.notEqual(await status(poor.id), 'captured');
  await page.context().clearCookies({ name: 'person' });
  await scenario('paypay', 'decline', '--user', 'guest');
  const refused = yen();
  await order('soba', refused);
  await page.goto(home('paypay'));
  await near(page, refused);
  await approve(page);
  await step(page, 'declined');
  await page.getByText(world.say('wallet-refused-by-user')).waitFor();
}

export async function a_lost_connection_pays_once(world) {
  const amount = yen();
  const { id } = await order('soba', amount);
  const page = await world.open({ wire: true });
  await page.goto(home('noren'));
  await near(page, amount);
  const answer = page.own.wire.loseAnswer(/^POST \/wallet\/noren\/scans/, 1);
  await approve(page);
  await step(page, 'paid');
  assert.equal(answer.count, 1);
  await captured(id);
  assert.equal((await paymentsOf('soba', amount)).length, 1);
}

/** Requests that change the sheet, from now on. */
function counted(page) {
  const sent = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.postData()));
  return sent;
}

/** A phone whose clock is `window.ahead` milliseconds before the right one. */
async function withAClockOfItsOwn(world, ahead) {
  const page = await world.open();
  await page.addInitScript((ms) => {
    const now = Date.now;
    window.ahead = ms;
    Date.now = () => now() + window.ahead;
  }, ahead);
  return page;
}

export async function a_phone_with_a_wrong_clock_keeps_the_promise_and_the_pin(world) {
  const amount = yen();
  const { id } = await order('soba', amount);
  const page = await withAClockOfItsOwn(world, 3_600_000);
  await page.goto(home('noren'));
  const sent = counted(page);
  await near(page, amount);
  const left = page.locator('#left');
  assert.doesNotMatch(await left.innerText(), /\b0:00/);
  await page.waitForTimeout(1_200);
  assert.deepEqual(sent.filter((body) => body.includes('renew')), []);
  await tap(page, '.approve > summary');
  await page.locator('#pin').fill('47');
  // The promise ends while a PIN is typed.
  await page.evaluate(() => (window.ahead += 3_600_000));
  await left.filter({ hasText: /\b0:00/ }).waitFor();
  await page.waitForTimeout(1_200);
  assert.deepEqual(sent.filter((body) => body.includes('renew')), []);
  const renewed = page.waitForRequest((request) => request.postData()?.includes('renew'));
  await page.locator('#pin').fill('');
  await renewed;
  await page.evaluate(() => (window.ahead -= 3_600_000));
  await left.filter({ hasNotText: /\b0:00/ }).waitFor();
  await page.locator('#pin').fill('4711');
  await page.keyboard.press('Enter');
  await step(page, 'paid');
  await captured(id);
}

/** An approval that was tapped while a new rate was on its way is sent after it, and for what was seen. */
export async function an_approval_waits_for_a_rate_that_is_on_its_way(world) {
  const amount = yen();
  const { id } = await order('soba', amount);
  const page = await withAClockOfItsOwn(world, 0);
  await page.goto(home('noren'));
  await near(page, amount);
  await tap(page, '.approve > summary');
  let go;
  const held = new Promise((later) => (go = later));
  await page.route('**/wallet/noren/scans/**', async (route) => {
    if (route.request().postData()?.includes('renew')) await held;
    await route.continue();
  });
  const sent = counted(page);
  await page.evaluate(() => (window.ahead = 3_600_000));
  await until('a new rate is asked for', () => sent.length === 1);
  await tap(page, 'button[value="fingerprint"]');
  go();
  await step(page, 'paid');
  await captured(id);
  assert.match(sent[1], /payer=\d+&approve=fingerprint/);
}

export async function a_phone_without_connection_says_so(world) {
  const page = await world.open();
  await page.goto(home('noren'));
  await offline(page);
  await page.locator('#lost').waitFor();
  await offline(page, false);
  await page.locator('#lost').waitFor({ state: 'hidden' });
}

export async function other_texts_are_named_for_what_they_are(world) {
  const page = await world.open();
  for (const [text, key] of [
    ['soba', 'wallet-is-nothing'],
    [await noren('sandbox', 'code', '--wallet', 'paypay'), 'wallet-is-payers'],
    ['00020101021129370016A000000677010111011300668012345675802TH530376463046197', 'wallet-is-foreign'],
  ]) {
    await typed(page, 'noren', text);
    await page.getByText(world.say(key)).waitFor();
  }
}
