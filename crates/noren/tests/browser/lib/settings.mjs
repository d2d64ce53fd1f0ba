// What the test tells its scripts, and the shell's `noren`.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The languages of the screens; Japanese is their source. */
export const LANGUAGES = ['ja', 'en', 'zh-Hans', 'ko', 'th'];

/** A variable of `noren sandbox env`, or of the test. */
export function setting(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

/** The switch: till, checkout, start page, API. */
export const switchUrl = () => setting('NOREN_URL');

/** The wallet on a phone. */
export const phoneUrl = () => setting('PHONE_URL');

/** The small shop that uses the checkout. */
export const shopUrl = () => setting('SHOP_URL');

/** Runs `noren` with these arguments; gives what it printed. NOREN_DATA tells it where. */
export async function noren(...args) {
  const { stdout } = await execute(setting('NOREN'), args, { maxBuffer: 16 << 20 });
  return stdout.trim();
}

/** The API key of one of the demo's shops: soba, wagashi, omiyage, ryokan or kusuri. */
export function apiKey(shop = 'soba') {
  const file = join(setting('NOREN_DATA'), 'keys', `merchant-${shop}.json`);
  return JSON.parse(readFileSync(file, 'utf8')).token;
}

/** Calls the merchant API as one of the demo's shops; gives the answer's body, and fails on a problem. */
export async function api(shop, method, path, body, key = crypto.randomUUID()) {
  const headers = { authorization: `Bearer ${apiKey(shop)}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET') headers['idempotency-key'] = key;
  const answer = await fetch(switchUrl() + path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** The store of one of the demo's shops: that of its newest payment. */
export async function store(shop = 'soba') {
  const { data } = await api(shop, 'GET', '/v1/payments?limit=1');
  return data[0].store;
}

/** An order of that shop that any wallet's user may pay: what a till shows as a code. */
export async function order(shop, yen, more = {}) {
  return api(shop, 'POST', '/v1/payments', {
    order_number: `b-${crypto.randomUUID().slice(0, 18)}`,
    store: await store(shop),
    amount: { amount: yen, currency: 'JPY' },
    present: 'merchant',
    expires_in_seconds: 300,
    ...more,
  });
}

/** A sandbox user pays an open order, by order number, network number, or the text of a code. */
export const pay = (what, ...more) => noren('sandbox', 'pay', what, ...more);

/** A payment code of a sandbox user, for a till to scan. */
export const paymentCode = (wallet, ...more) => noren('sandbox', 'code', '--wallet', wallet, ...more);

/** What a user's next payments or refunds meet. */
export const scenario = (wallet, name, ...more) =>
  noren('sandbox', 'scenario', '--wallet', wallet, name, ...more);

/** Asks until the answer is something, for a time. */
export async function until(what, ask, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await ask();
    if (found) return found;
    assert.ok(Date.now() < end, `waited ${seconds} s until ${what}, in vain`);
    await new Promise((later) => setTimeout(later, 100));
  }
}
