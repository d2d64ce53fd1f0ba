// The code that hangs at the counter, printed: whatever scans it.

import assert from 'node:assert/strict';

import {
  USER_AGENTS, api, approves, camera, paidOnce, pair, pay, paymentsOf, phoneOf, phoneSaysPaid, phoneUrl, shows, store,
  switchUrl, tap, tillOf, tillSaysPaid, typed, until, written, yen,
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

/** Keeps in `heard` what would be heard: tones as `[hertz, …]`, sentences with their voice. */
function ear() {
  window.heard = [];
  class Part {
    constructor(_, { frequency } = {}) { if (frequency) window.heard.push({ tone: frequency }); }
    gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    connect(next) { return next; }
    start() {}
    stop() {}
  }
  window.AudioContext = class { state = 'running'; currentTime = 0; async resume() {} };
  window.OscillatorNode = window.GainNode = Part;
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const voices = ['zh-HK', 'zh-CN', 'ja-JP', 'en-GB', 'en-US', 'ko_KR', 'th-TH'].map((lang) => ({ lang }));
  const speak = ({ text, lang }) => window.heard.push({ text, lang });
  Object.defineProperty(window, 'speechSynthesis', { value: { getVoices: () => voices, speak } });
}

/** Whoever only hears the till knows what happened: paid, not paid, or paid on the counter's code. */
export async function paid_unpaid_and_the_counters_code_are_told_apart_by_ear(world) {
  const page = await world.open({ device: 'tablet' });
  await page.addInitScript(ear);
  const till = await pair(page, 'omiyage');
  till.own.tolerate(/422/);
  /** The chime before the one sentence of that key; others may sell in this shop, too. */
  const told = async (key, amount) => {
    const said = world.pattern(key);
    const is = ({ text }) => text && said.test(text) && (!amount || written(amount).test(text));
    const all = await until(`${key} is said`, async () => {
      const now = await till.evaluate(() => window.heard);
      return now.some(is) && now;
    });
    await till.evaluate(() => { window.heard = []; });
    assert.equal(all.filter(is).length, 1, 'one sentence');
    const place = all.findIndex(is);
    const tag = { ja: 'ja-JP', en: 'en-US', 'zh-Hans': 'zh-CN', ko: 'ko_KR', th: 'th-TH' }[world.language];
    assert.equal(all[place].lang, tag);
    return all.slice(0, place).flatMap(({ tone }) => tone ?? []).slice(-2).join();
  };
  const amount = yen();
  await shows(till, amount);
  await pay((await paymentsOf('omiyage', amount))[0].order_number, '--wallet', 'noren');
  await tillSaysPaid(world, till);
  const paid = await told('till-spoken-paid', amount);
  await tap(till, '#result-next');
  await typed(till, yen());
  await tap(till, '#scan');
  await till.locator('#typed').fill('9999999999999999 99');
  await till.locator('#typed').press('Enter');
  await till.locator('#result-box.tone-bad').waitFor();
  const unpaid = await told('till-spoken-unpaid');
  await tap(till, '#result-next');
  // While a code hides the list, one line at the top tells of it, or of the next one a moment later.
  await shows(till, yen());
  const counter = yen();
  await guestPays(world, 'omiyage', counter);
  await till.locator('#watch-state[data-state=news]').filter({ hasText: world.pattern('till-watch-came') }).waitFor();
  const printedCode = await told('till-spoken-counter', counter);
  assert.equal(new Set([paid, unpaid, printedCode]).size, 3, `${paid}; ${unpaid}; ${printedCode}`);
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

export async function the_link_knows_the_browsers_of_alipay_and_line(world) {
  await link_in(world, 'alipay', 'alipay');
  await link_in(world, 'line', 'linepay');
}

/** The window that listens for all of them is put to sleep: another one opens a stream of its own. */
export async function a_window_that_hears_nothing_listens_itself(world) {
  const asleep = await world.open({ device: 'tablet' });
  await asleep.addInitScript(() => {
    window.EventSource = class { addEventListener() {} close() {} };
    BroadcastChannel.prototype.postMessage = () => {};
  });
  await pair(asleep, 'omiyage');
  const till = await asleep.context().newPage();
  await till.clock.install();
  await till.goto(`${switchUrl()}/till/watch`);
  await till.clock.fastForward(39_000);
  assert.notEqual(await till.locator('#connection').getAttribute('data-state'), 'on');
  await till.clock.fastForward(2_000);
  await till.locator('#connection[data-state=on]').waitFor();
}
