// A shop of LINE Pay's as the switch answers it: its own server, and its signed call.

import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import { setting } from './settings.mjs';

const PATH = '/v3/payments/request';

/** A server that thanks whoever comes: its origin, and `close()`. */
export async function shopOfItsOwn() {
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html; charset=utf-8');
    answer.end('<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Shop</title><h1>thank you</h1>');
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** An order of that shop; gives its number and the address of its page. */
export async function linePayOrder(amount, confirmUrl) {
  const orderId = `line-${randomUUID()}`;
  const products = [{ id: 'p', name: 'soba', quantity: 1, price: amount }];
  const body = JSON.stringify({
    amount,
    currency: 'JPY',
    orderId,
    packages: [{ id: 'k', amount, name: 'soba', products }],
    redirectUrls: { confirmUrl, cancelUrl: confirmUrl },
  });
  const secret = setting('FACADE_LINEPAY_SECRET');
  const nonce = randomUUID();
  const headers = {
    'content-type': 'application/json',
    'x-line-channelid': setting('FACADE_LINEPAY_CLIENT_ID'),
    'x-line-authorization-nonce': nonce,
    'x-line-authorization': createHmac('sha256', secret).update(secret + PATH + body + nonce).digest('base64'),
  };
  const answer = await fetch(setting('FACADE_LINEPAY_URL') + PATH, { method: 'POST', headers, body });
  const { returnCode, info } = await answer.json();
  assert.equal(returnCode, '0000');
  return { orderId, page: info.paymentUrl.web };
}
