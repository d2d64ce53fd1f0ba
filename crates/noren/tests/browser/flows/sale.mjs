// Sales at a counter: the till in one window, the payer's phone in another.

import assert from 'node:assert/strict';

import {
  approves, camera, paidOnce, paymentCode, phoneOf, phoneSaysPaid, phoneUrl, picks, press, scanner, shows, switchUrl,
  tabOnto, tabTo, tap, tillOf, tillSaysPaid, typed, written, yen,
} from '../lib.mjs';

/** The till shows a code, and a guest from abroad pays it. */
export async function a_guest_from_abroad_pays_the_shown_code(world) {
  const amount = yen();
  const till = await tillOf(world);
  const phone = await phoneOf(world);
  await shows(till, amount);
  await picks(phone, amount);
  await approves(phone);
  await phoneSaysPaid(world, phone);
  await tillSaysPaid(world, till);
  assert.equal((await paidOnce('soba', amount)).wallet, 'noren');
}
a_guest_from_abroad_pays_the_shown_code.languages = 'all';

/** Somebody who lives here pays the same code with PayPay: by the order's page, which knows the app. */
export async function paypay_pays_the_shown_code(world) {
  const amount = yen();
  const till = await tillOf(world);
  await shows(till, amount);
  const phone = await phoneOf(world, { wallet: 'paypay' });
  await picks(phone, amount);
  await approves(phone);
  await phoneSaysPaid(world, phone);
  await tillSaysPaid(world, till);
  assert.equal((await paidOnce('soba', amount)).wallet, 'paypay');
}

/** The payer's own code, as their phone shows it, held to the till's camera. */
async function held_to_the_camera(world, kind) {
  const amount = yen();
  const code = await paymentCode('paypay', '--user', `camera-${kind}`);
  const till = await tillOf(world, { camera: await camera(code, kind) });
  await typed(till, amount);
  await tap(till, '#scan');
  await tillSaysPaid(world, till);
  assert.equal((await paidOnce('soba', amount)).wallet, 'paypay');
}

export const the_payers_qr_code_is_held_to_the_camera = (world) => held_to_the_camera(world, 'qr');
export const the_payers_bar_code_is_held_to_the_camera = (world) => held_to_the_camera(world, 'code128');

/** The code that a phone shows is scanned by a device that types; the phone hears of it. */
export async function the_phones_code_is_scanned_by_a_scanner_that_types(world) {
  const amount = yen();
  const phone = await phoneOf(world);
  await phone.goto(`${phoneUrl()}/wallet/noren/code`);
  const code = (await phone.locator('.groups').textContent()).replace(/\D/g, '');
  const till = await tillOf(world);
  await typed(till, amount);
  await tap(till, '#scan');
  await till.locator('#typed').waitFor();
  await scanner(till, code);
  const approval = phone.locator('details.approve > summary');
  // Where the wallet asks its user, it does so on this phone.
  await approval.or(phone.locator('.result')).first().waitFor({ timeout: 15_000 }).catch(() => {});
  if (await approval.isVisible()) await approves(phone);
  await tillSaysPaid(world, till);
  await paidOnce('soba', amount);
}

/** A purchase with nothing but a keyboard, in both windows. */
export async function a_purchase_by_keyboard_alone(world) {
  const amount = yen();
  const till = await world.open({ device: 'desktop' });
  await till.goto(`${switchUrl()}/till`);
  await press(till, /SOBA TAKAYAMA|そば処/);
  await till.locator('#view-amount').waitFor();
  await tabTo(till, world.say('till-amount-label'));
  await till.keyboard.type(String(amount));
  await till.keyboard.press('Enter');
  await till.locator('#code-place img').waitFor();
  const phone = await world.open({ device: 'desktop' });
  await phone.goto(`${phoneUrl()}/wallet`);
  await press(phone, /Noren/);
  await phone.locator('button.row').filter({ hasText: written(amount) }).first().waitFor();
  await press(phone, written(amount));
  await phone.locator('details.approve').waitFor();
  await tabOnto(phone, 'details.approve > summary');
  await phone.keyboard.press('Enter');
  await press(phone, world.say('wallet-fingerprint'), 'Space');
  await phoneSaysPaid(world, phone);
  await tillSaysPaid(world, till);
  await press(till, world.say('till-next'));
  await till.locator('#view-amount').waitFor();
  await paidOnce('soba', amount);
}
