// The till beside the sale that goes well: a no and what to do then, a wait and the next customer, two
// windows, hand scanners, a page that is loaded without a connection.

import assert from 'node:assert/strict';

import {
  api, offline, pair, pay, paymentCode, paymentsOf, scanner, scenario, shows, switchUrl, tap, tillOf, tillSaysPaid, typed, until, yen,
} from '../lib.mjs';

const CREATES = 'POST /till/v1/payments';

const textOf = async (page, where) => (await page.locator(where).textContent()).trim();

/** A customer's code is typed into the till. */
async function charges(till, amount, code) {
  await typed(till, amount);
  await tap(till, '#scan');
  await till.locator('#typed').fill(code);
  await till.locator('#typed').press('Enter');
}

export async function a_wallet_says_no_and_the_till_says_what_to_do(world) {
  const amount = yen();
  const till = await tillOf(world);
  await scenario('paypay', 'decline', '--user', `no-${amount}`);
  await charges(till, amount, await paymentCode('paypay', '--user', `no-${amount}`));
  await till.locator('#result-box.tone-bad').waitFor();
  assert.equal(await textOf(till, '#result-title'), world.say('till-result-unpaid'));
  assert.equal(await textOf(till, '#result-why'), world.say('decline-other'));
  assert.equal(await till.locator('#result-box').getAttribute('role'), 'alert');
  // The same amount again, without typing it.
  await tap(till, '#result-retry');
  assert.equal(await till.locator('#amount').inputValue(), amount.toLocaleString('en'));
}
a_wallet_says_no_and_the_till_says_what_to_do.languages = 'all';

export async function a_code_of_nobody_is_said_to_be_one(world) {
  const till = await tillOf(world);
  till.own.tolerate(/422/);
  await charges(till, yen(), '9999 9999 9999 9999 99');
  await till.locator('#result-box.tone-bad').waitFor();
  assert.equal(await textOf(till, '#result-why'), world.say('problem-payment-code-unroutable'));
}

export async function the_clerk_takes_a_code_back(world) {
  const amount = yen();
  const till = await tillOf(world);
  await shows(till, amount);
  await tap(till, '#code-cancel');
  await till.locator('#amount-note').waitFor();
  const [payment] = await paymentsOf('soba', amount);
  assert.equal(payment.status, 'cancelled');
  assert.equal(await textOf(till, '#amount-note'), world.say('till-cancelled', { digits: payment.order_number.slice(-4) }));
}

/** While one sale is not known, the next customer pays; the first one stays in sight until it is known. */
export async function the_next_customer_is_served_while_a_sale_is_open(world) {
  const [first, second] = [yen(), yen()];
  const till = await tillOf(world, { wire: true, shop: 'ryokan' });
  const lost = till.own.wire.loseAnswer(/^(POST|GET) \/till\/v1\/payments/);
  await charges(till, first, await paymentCode('paypay', '--user', `slow-${first}`));
  await lost.hit;
  await till.locator('#view-wait').waitFor();
  assert.equal(await textOf(till, '#wait-once'), world.say('till-wait-once'));
  await tap(till, '#wait-next');
  const row = till.locator('#open-sales button');
  await row.waitFor();
  lost.end();
  await shows(till, second);
  await pay((await paymentsOf('ryokan', second))[0].order_number, '--wallet', 'noren');
  await tillSaysPaid(world, till);
  await tap(till, '#result-next');
  await row.filter({ hasText: world.say('state-captured') }).waitFor({ timeout: 20_000 });
  await tap(till, row);
  await tillSaysPaid(world, till);
  await tap(till, '#result-next');
  await till.locator('#open-sales').waitFor({ state: 'hidden' });
}

export async function two_windows_of_one_till_sell_side_by_side(world) {
  const [here, there] = [yen(), yen()];
  const till = await tillOf(world, { shop: 'kusuri' });
  const other = await till.context().newPage();
  await other.goto(`${switchUrl()}/till`);
  await shows(till, here);
  await shows(other, there);
  for (const amount of [there, here]) {
    await pay((await paymentsOf('kusuri', amount))[0].order_number, '--wallet', 'noren');
  }
  for (const [page, amount] of [[till, here], [other, there]]) {
    await tillSaysPaid(world, page);
    assert.match(await textOf(page, '#result-amount'), new RegExp(amount.toLocaleString('en')));
    await tap(page, '#result-next');
    assert.ok(await page.locator('#open-sales').isHidden());
  }
}

/** Nobody has to open the camera's screen first: the amount is there, and the scanner types. */
export async function a_hand_scanner_works_on_the_amount_page(world) {
  const amount = yen();
  const till = await tillOf(world);
  await till.locator('#amount').fill(String(amount).replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))));
  assert.equal(await till.locator('#amount').inputValue(), amount.toLocaleString('en'), 'full-width digits are digits');
  const code = await paymentCode('paypay', '--user', `hand-${amount}`);
  await scanner(till, code, { after: 6, ms: 700 });
  await tillSaysPaid(world, till);
  const [payment] = await paymentsOf('soba', amount);
  assert.equal(payment.way, 'cpm', 'the scanned digits are no amount');
}

/** The till is an application of the device: loaded without a connection, it is there, and says so. */
export async function loaded_without_a_connection_the_till_says_so(world) {
  const till = await tillOf(world);
  const kept = () => till.evaluate(async () => (await caches.match('/till')) && (await caches.match('/till/offline')) && true);
  await until('the worker keeps the page', kept);
  await offline(till);
  // A page that is not kept is no dead end.
  await till.goto(`${switchUrl()}/till/today`);
  await tap(till, till.getByRole('link', { name: world.say('till-offline-back') }));
  await till.locator('#amount-fields:enabled').waitFor();
  await till.reload();
  await till.locator('#amount-fields:enabled').waitFor();
  await till.locator('#connection').filter({ hasText: world.say('till-connection-idle') }).waitFor();
  await offline(till, false);
  await till.locator('#connection').filter({ hasText: world.say('till-connection-on') }).waitFor();
}

/** The order may have arrived or not, and the clerk gives up: it is withdrawn by its number. */
export async function an_order_that_may_have_arrived_is_withdrawn(world) {
  const amount = yen();
  const till = await tillOf(world, { wire: true, shop: 'wagashi' });
  const lost = till.own.wire.loseAnswer(CREATES);
  await typed(till, amount);
  await tap(till, '#show-code');
  await lost.hit;
  await tap(till, '#code-cancel');
  await till.locator('#amount-note').waitFor({ timeout: 30_000 });
  lost.end();
  const [payment] = await until('it is cancelled', async () => {
    const all = await paymentsOf('wagashi', amount);
    return all.some((one) => one.status === 'cancelled') && all;
  });
  assert.equal(payment.status, 'cancelled');
  const { data } = await api('wagashi', 'GET', `/v1/payments?order_number=${payment.order_number}`);
  assert.equal(data.length, 1);
}

/** The screen that is turned around speaks the customer's language; the clerk's stays what it was. */
export async function the_customer_reads_their_own_language(world) {
  const till = await tillOf(world);
  await shows(till, yen());
  for (const language of ['ja', 'en', 'zh-Hans', 'ko', 'th']) {
    await tap(till, `[data-language="${language}"]`);
    assert.equal(await till.locator('#customer').getAttribute('lang'), language);
  }
  assert.equal(await till.locator('html').getAttribute('lang'), world.language);
  const code = await till.locator('#code-place img').boundingBox();
  assert.ok(code.width >= (30 / 25.4) * 96, `the code is ${code.width} pixels wide`);
}

/** Nobody sells, and the header says all the same whether the switch can be reached. */
export async function an_idle_till_says_when_the_switch_cannot_be_reached(world) {
  const till = await tillOf(world, { wire: true, shop: 'kusuri' });
  const says = (key) => till.locator('#connection').filter({ hasText: world.say(key) }).waitFor();
  await says('till-connection-on');
  till.own.wire.cut();
  await says('till-connection-idle');
  till.own.wire.restore();
  await says('till-connection-on');
}

/** The code of goods goes into no amount and takes no result away; neither does an Enter that is held down. */
export async function goods_and_held_keys_do_nothing(world) {
  const amount = yen();
  const till = await tillOf(world, { shop: 'kusuri' });
  await typed(till, amount);
  await scanner(till, '49123456');
  assert.equal(await till.locator('#amount').inputValue(), amount.toLocaleString('en'));
  assert.ok(await till.locator('#view-amount').isVisible());
  await till.locator('#amount').focus();
  await till.keyboard.down('Enter');
  await till.locator('#code-place img').waitFor();
  await pay((await paymentsOf('kusuri', amount))[0].order_number, '--wallet', 'noren');
  await tillSaysPaid(world, till);
  await till.keyboard.down('Enter');
  await scanner(till, '49123456');
  await till.waitForTimeout(300);
  assert.ok(await till.locator('#view-result').isVisible(), 'the result is still there');
  await till.keyboard.up('Enter');
  await scanner(till, '49123456');
  await scanner(till, '49123456');
  assert.ok(await till.locator('#view-result').isVisible(), 'one after the other, too');
  await till.keyboard.press('Enter');
  await till.locator('#view-amount').waitFor();
  assert.equal(await till.locator('#amount-fault').textContent(), '', 'one key does one thing');
}

/** The time of a result is the switch's, whatever the tablet's clock says. */
export async function a_result_shows_the_switchs_time(world) {
  const amount = yen();
  const page = await world.open({ device: 'tablet' });
  await page.addInitScript(() => {
    const real = Date.now;
    const Real = Date;
    const wrong = () => real() - 3 * 3_600_000;
    window.Date = class extends Real {
      constructor(...given) { super(...(given.length ? given : [wrong()])); }
      static now() { return wrong(); }
    };
  });
  const till = await pair(page, 'kusuri');
  await shows(till, amount);
  await pay((await paymentsOf('kusuri', amount))[0].order_number, '--wallet', 'noren');
  await tillSaysPaid(world, till);
  const { ended_at: ended } = (await paymentsOf('kusuri', amount))[0];
  const at = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'Asia/Tokyo' }).format(new Date(ended));
  assert.equal(await textOf(till, '#result-time'), at);
}

/** On a phone, nobody has to scroll for what matters: the warning, the languages, the result. */
export async function what_matters_is_seen_without_scrolling_on_a_phone(world) {
  const amount = yen();
  const till = await tillOf(world, { shop: 'kusuri', device: 'phone' });
  const seen = async (selector) => {
    const box = await till.locator(selector).boundingBox();
    const { height } = till.viewportSize();
    assert.ok(box && box.y >= 0 && box.y + box.height <= height, `${selector} stands at ${JSON.stringify(box)} of ${height}`);
    return box;
  };
  await till.locator('#watch-state').filter({ hasText: /./ }).waitFor();
  await seen('#watch-state');
  await seen('#scan');
  await shows(till, amount);
  await seen('.customer-languages');
  await seen('#code-place img');
  await pay((await paymentsOf('kusuri', amount))[0].order_number, '--wallet', 'noren');
  await tillSaysPaid(world, till);
  await seen('#result-next');
  const { height } = await seen('#view-result');
  assert.ok(height > till.viewportSize().height * 0.7, `the result is ${height} high`);
}
