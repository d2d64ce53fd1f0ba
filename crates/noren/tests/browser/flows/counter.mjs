// The counter beside the sale: a browser becomes a till, somebody signs in, a payment is found again,
// the day is closed, and a receipt goes to paper and to the customer's phone.

import assert from 'node:assert/strict';

import {
  api, axe, narrow, order, paidOnce, pay, store, switchUrl, tap, tillOf, until, yen,
} from '../lib.mjs';

const CLERK = { name: 'Hana', pin: '1234' };

const textOf = async (page, where) => (await page.locator(where).textContent()).trim();

/** A payment of that shop, paid by a sandbox user. */
async function paid(shop, amount) {
  const made = await order(shop, amount);
  await pay(made.code, '--wallet', 'noren');
  return paidOnce(shop, amount);
}

/** A PIN on the page's keys, as fingers give it. */
async function pinned(till, { name, pin }) {
  await tap(till, till.locator('label.person').filter({ hasText: name }));
  for (const digit of pin) await tap(till, `#pad [data-digit="${digit}"]`);
  await tap(till, '#pad button[type=submit]');
}

/** The shop's program approves the code on the screen; a clerk signs in, and mistypes the PIN first. */
export async function a_browser_becomes_a_till_and_a_clerk_signs_in(world) {
  const till = await world.open({ device: 'tablet' });
  await till.goto(`${switchUrl()}/till/pair`);
  const code = await textOf(till, '#pair-code');
  await till.reload();
  assert.equal(await textOf(till, '#pair-code'), code, 'a reload shows the same code');
  const title = `Counter ${yen()}`;
  const words = { user_code: code.toLowerCase().replace('-', ''), store: await store('kusuri'), title };
  const { id } = await api('kusuri', 'POST', '/v1/tills', words);
  // The page sees it by itself.
  await till.waitForURL(/\/till\/sign-in/);
  assert.match(await textOf(till, '.till-shop'), new RegExp(title));
  // A refused PIN is an answer that a browser tells as an error.
  till.own.tolerate(/status of 403/);
  await pinned(till, { ...CLERK, pin: '9999' });
  const fault = till.locator('[role=alert]').filter({ hasText: world.say('counter-pin-wrong') });
  await fault.waitFor();
  assert.ok(await till.locator(`input[name=name][value=${CLERK.name}]`).isChecked(), 'who it was stays chosen');
  assert.equal(await till.locator('#pin').inputValue(), '');
  await axe(till);
  await pinned(till, CLERK);
  await till.locator('#view-amount').waitFor();
  assert.equal(await textOf(till, '.till-staff'), world.say('till-staff', { name: CLERK.name }));
  // The shop ends it: the browser is no till any more.
  // What the page asks until it is left is refused, and a browser tells that as an error.
  till.own.tolerate(/status of 401/);
  await api('kusuri', 'POST', `/v1/tills/${id}/revoke`, {});
  await till.goto(`${switchUrl()}/till/today`);
  // In a demo, it is offered the shops again.
  await till.locator('button[name=store]').first().waitFor();
}
a_browser_becomes_a_till_and_a_clerk_signs_in.languages = 'all';

/** A clerk has no finger on the screen: a PIN is typed with a keyboard alone. */
export async function a_pin_is_typed_on_a_keyboard(world) {
  const till = await tillOf(world);
  await till.goto(`${switchUrl()}/till/sign-in`);
  // Whoever is there is chosen, and the field waits for the PIN.
  await until('the field has the focus', () => till.evaluate(() => document.activeElement.id === 'pin'));
  await till.keyboard.type(CLERK.pin);
  await till.keyboard.press('Enter');
  await till.locator('#view-amount').waitFor();
}

/** Today's list finds a payment by its end, its amount however it is typed, and its minute. */
export async function todays_list_finds_a_payment(world) {
  const amount = yen();
  const payment = await paid('wagashi', amount);
  const till = await tillOf(world, { shop: 'wagashi' });
  const row = till.locator(`.rows a[href="/till/payments/${payment.id}"]`);
  const finds = async (text) => {
    await till.locator('#q').fill(text);
    await tap(till, 'form.find button');
    await till.waitForURL((url) => url.searchParams.get('q') === text);
    await row.waitFor();
  };
  await till.goto(`${switchUrl()}/till/today`);
  await row.waitFor();
  const wide = (text) => text.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
  await finds((await textOf(row, '.row-last')).toUpperCase());
  assert.equal(await textOf(row, '.row-last'), payment.order_number.slice(-4));
  await finds(payment.id.slice(-4));
  await finds(amount.toLocaleString('en'));
  assert.equal(await till.locator('.rows a').count(), 1, 'no other payment has this amount');
  await finds(`${wide(String(amount))}円`);
  await finds(await textOf(row, '.row-time'));
  await till.locator('#q').fill('?');
  await tap(till, 'form.find button');
  await till.getByText(world.say('counter-today-none')).waitFor();
}

/** What the close says, in yen: taken, given back, and the net. */
async function closed(till) {
  await till.goto(`${switchUrl()}/till/close`);
  const sums = await till.locator('dl.total dd').allTextContents();
  return sums.map((text) => Number(text.replace(/[^\d-]/g, '')));
}

/** The close grows by what was paid and given back, and says how the clerk's own count differs. */
export async function the_close_shows_the_days_sums(world) {
  const amount = yen();
  const till = await tillOf(world, { shop: 'omiyage' });
  const before = await closed(till);
  const payment = await paid('omiyage', amount);
  const refund = await api('omiyage', 'POST', '/v1/refunds', {
    payment: payment.id, amount: { amount: 300, currency: 'JPY' },
  });
  const done = async () => (await api('omiyage', 'GET', `/v1/refunds/${refund.id}`)).status === 'refunded';
  await until('JPY 300 are given back', done);
  const [taken, back, net] = await closed(till);
  // Others sell in this shop too.
  assert.ok(taken >= before[0] + amount && back >= before[1] + 300, `${before} and then ${[taken, back]}`);
  assert.equal(net, taken - back);
  const counted = async (text) => {
    await till.goto(`${switchUrl()}/till/close?expected=${text}`);
    return textOf(till, '.paper [role=status]');
  };
  assert.match(await counted('0'), world.pattern('counter-close-more'));
  assert.match(await counted('99999999'), world.pattern('counter-close-less'));
  const even = async () => (await counted((await closed(till))[2])) === world.say('counter-close-even');
  await until('the count matches', even);
}

/** What a code on the page says, read by the till's own reader from its picture. */
async function readCode(page, where) {
  const picture = (await page.locator(where).screenshot()).toString('base64');
  return page.evaluate(async (base64) => {
    const frame = document.querySelector('script[src*="/till/frame.js"]').src;
    const { readPicture } = await import(new URL('../scanner.js', frame).href);
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return (await readPicture(new Blob([bytes], { type: 'image/png' })))[0];
  }, picture);
}

/** The receipt goes to the printer, the next one is a copy, and its code opens on the customer's phone. */
export async function a_receipt_goes_to_paper_and_to_the_customers_phone(world) {
  const amount = yen();
  const payment = await paid('soba', amount);
  const till = await tillOf(world);
  await till.addInitScript(() => {
    window.prints = 0;
    window.print = () => (window.prints += 1);
  });
  await till.goto(`${switchUrl()}/till/payments/${payment.id}/receipt?width=58`);
  assert.equal(await till.locator('.copy').count(), 0);
  await tap(till, '#print');
  await until('it prints', () => till.evaluate(() => window.prints === 1));
  // On paper: nothing of the screen, one page, and no wider than the roll.
  const pdf = await till.pdf({ preferCSSPageSize: true });
  assert.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g).length, 1, 'one page');
  await till.emulateMedia({ media: 'print' });
  assert.ok(await till.locator('#print').isHidden());
  assert.ok(await till.locator('.till-head').isHidden(), 'the head of the screen is on the paper');
  await narrow(till, 220);
  await till.emulateMedia({ media: 'screen' });
  await till.setViewportSize({ width: 820, height: 1180 });
  await till.reload();
  assert.equal(await textOf(till, '.copy'), world.say('counter-receipt-copy'));
  const address = await readCode(till, '.slip-code .code');
  assert.equal(new URL(address).origin, new URL(switchUrl()).origin);
  const phone = await world.open({ device: 'phone' });
  await phone.goto(address);
  assert.match(phone.url(), /\/r\//);
  const slip = await textOf(phone, '.slip');
  assert.ok(slip.includes(amount.toLocaleString('en')) && slip.includes(payment.order_number), slip);
  assert.equal(await phone.locator('.copy').count(), 0);
  // The address is the secret, and another one is none.
  const [, tail] = /(.)$/.exec(address);
  const other = await fetch(address.replace(/.$/, tail === '0' ? '1' : '0'));
  assert.equal(other.status, 404);
  // The result's way to the paper asks for no second tap, and a reload prints nothing.
  await till.goto(`${switchUrl()}/till/payments/${payment.id}/receipt#print`);
  await until('it prints by itself', () => till.evaluate(() => window.prints === 1));
  await till.reload();
  await till.locator('#print').waitFor();
  assert.equal(await till.evaluate(() => window.prints), 0);
}
