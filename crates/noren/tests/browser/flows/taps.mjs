// With till and phone side by side, how many taps a sale takes.

import assert from 'node:assert/strict';

import { approves, picks, store, switchUrl, tap, tillSaysPaid, typed } from '../lib.mjs';

/** From the start page to "paid", both windows together. */
const TAPS_MAX = 8;

/** Counted from the start page in both windows. */
export async function from_the_start_page_to_paid_in_eight_taps(world) {
  const till = await world.open({ device: 'tablet' });
  const phone = await world.open({ device: 'phone' });
  await till.goto(switchUrl());
  await phone.goto(switchUrl());
  await tap(till, till.locator('.doors').locator('a, button').first());
  const shop = till.locator(`button[name=store][value="${await store('soba')}"]`);
  await shop.or(till.locator('#view-amount')).first().waitFor();
  if (await shop.isVisible()) await tap(till, shop);
  // Two taps, and an amount of its own where several languages run side by side.
  const amount = 100 * (5 + ['ja', 'en', 'zh-Hans', 'ko', 'th'].indexOf(world.language));
  await typed(till, amount);
  await tap(till, '#show-code');
  await tap(phone, phone.locator('.doors').locator('a, button').nth(1));
  const pick = phone.locator('a.wallet[href$="/noren"]');
  await pick.or(phone.locator('#live')).first().waitFor();
  if (await pick.isVisible()) await tap(phone, pick);
  await picks(phone, amount);
  await approves(phone);
  await tillSaysPaid(world, till);
  const taps = till.own.taps + phone.own.taps;
  assert.ok(taps <= TAPS_MAX, `${taps} taps: ${till.own.taps} at the till, ${phone.own.taps} on the phone`);
  return `${taps} taps`;
}
