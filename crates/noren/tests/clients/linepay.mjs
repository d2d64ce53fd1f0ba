// npm `line-pay-merchant` 0.9 against the sandbox (as a shop of LINE Pay) and against the same API as
// the switch answers it.
//
// The package fixes two hosts, of which `development` is led to the sandbox and `production` to the
// facade. LINE Pay signs nothing that it says and notifies of nothing; what is tampered with here is
// the shop's own message, after it was signed. Scanned codes are not in the package; its signed HTTP
// client makes those calls too.

import assert from 'node:assert/strict';
import http from 'node:http';
import { createRequire } from 'node:module';
import { fresh, pay, paymentCode, scenario, setting, test, till, until } from './common.mjs';

const require = createRequire(import.meta.url);
const https = require('node:https');
const line = require('line-pay-merchant');
const { createAuthHttpClient } = require('line-pay-merchant/dist/line-pay-api/auth-http-client');

const PLACES = {
  'sandbox-api-pay.line.me': new URL(setting('SANDBOX_LINEPAY_URL')),
  'api-pay.line.me': new URL(setting('FACADE_LINEPAY_URL')),
};

/** What happens to a body on its way. */
let onTheWay = (body) => body;

https.request = (options, heard) => {
  const { hostname, port } = PLACES[options.hostname];
  const { method, path, headers } = options;
  const request = http.request({ hostname, port, method, path, headers }, heard);
  const write = request.write.bind(request);
  request.write = (body, ...more) => write(onTheWay(body), ...more);
  return request;
};

function config(place) {
  const prefix = `${place.toUpperCase()}_LINEPAY`;
  return {
    channelId: setting(`${prefix}_CLIENT_ID`),
    channelSecretKey: setting(`${prefix}_SECRET`),
    env: place === 'sandbox' ? 'development' : 'production',
  };
}

const shop = await till(() => ({ status: 200, body: 'thank you' }));

function order(orderId, amount, more = {}) {
  const products = [{ id: 'p', name: 'soba', quantity: 1, price: amount }];
  return {
    amount,
    currency: 'JPY',
    orderId,
    packages: [{ id: 'k', amount, name: 'Sobadokoro Hida', products }],
    redirectUrls: { confirmUrl: shop.url, cancelUrl: `${shop.url}/cancelled`, ...more.urls },
    options: { payment: { capture: !more.hold } },
  };
}

/** The code with which a call is refused. */
async function refused(call) {
  try {
    await call;
  } catch (error) {
    assert.ok(line.isLinePayApiError(error), `${error}`);
    return error.data.returnCode;
  }
  assert.fail('the call was not refused');
}

const jpy = (amount) => ({ amount, currency: 'JPY' });

/** One place, through the package. */
function client(place, changed = {}) {
  const api = line.createLinePayClient({ ...config(place), ...changed });
  return {
    api,
    async make(orderId, amount, more) {
      const { body } = await api.request.send({ body: order(orderId, amount, more) });
      assert.equal(body.returnCode, '0000');
      assert.match(body.info.transactionId, /^\d{19}$/);
      return body.info;
    },
    /** The code of a check, whether the package takes it for a failure or not. */
    async check(transactionId) {
      const { body } = await api.checkPaymentStatus.send({ transactionId, params: {} });
      return body.returnCode;
    },
    confirm: (transactionId, amount) => api.confirm.send({ transactionId, body: jpy(amount) }),
    refund: (transactionId, body) => api.refund.send({ transactionId, body }),
    async details(params) {
      const { body } = await api.paymentDetails.send({ params });
      return body.info;
    },
  };
}

/** What both places have in common: `payer` pays an order. */
async function common(place, payer) {
  const line_ = client(place);

  await test(place, 'create, pay, confirm', async () => {
    const orderId = fresh('A-');
    const { transactionId, paymentUrl } = await line_.make(orderId, 1200);
    assert.match(paymentUrl.web, /^http/);
    assert.equal(await line_.check(transactionId), '0000');
    assert.equal(await refused(line_.confirm(transactionId, 1200)), '1169');
    assert.equal(await refused(line_.details({ orderId: [orderId] })), '1150');
    await payer(orderId);
    await until('the payer has paid', async () => (await line_.check(transactionId)) === '0110');
    assert.equal(await refused(line_.confirm(transactionId, 1199)), '1153');
    const { body } = await line_.confirm(transactionId, 1200);
    assert.equal(body.returnCode, '0000');
    assert.equal(body.info.transactionId, transactionId);
    assert.equal(body.info.orderId, orderId);
    assert.deepEqual(body.info.payInfo, [{ method: 'BALANCE', amount: 1200 }]);
  });

  await test(place, 'query by transaction and by order', async () => {
    const orders = [fresh('B-'), fresh('B-')];
    const ids = [];
    for (const orderId of orders) {
      const { transactionId } = await line_.make(orderId, 700);
      await payer(orderId);
      await until('the payer has paid', async () => (await line_.check(transactionId)) === '0110');
      await line_.confirm(transactionId, 700);
      ids.push(transactionId);
    }
    for (const params of [
      { transactionId: ids },
      { transactionId: [ids[0]], orderId: [orders[1]] },
    ]) {
      const found = await line_.details(params);
      assert.deepEqual(found.map((one) => one.transactionId).sort(), [...ids].sort());
      assert.ok(found.every((one) => one.payStatus === 'CAPTURE'));
    }
    const [one] = await line_.details({ orderId: [orders[0]], fields: 'ORDER' });
    assert.equal(one.packages[0].products[0].name, 'soba');
  });

  await test(place, 'refund a part, then the rest', async () => {
    const orderId = fresh('R-');
    const { transactionId } = await line_.make(orderId, 1000);
    await payer(orderId);
    await until('the payer has paid', async () => (await line_.check(transactionId)) === '0110');
    await line_.confirm(transactionId, 1000);
    const { body } = await line_.refund(transactionId, { refundAmount: 300 });
    assert.equal(body.returnCode, '0000');
    assert.match(body.info.refundTransactionId, /^\d{19}$/);
    assert.equal(await refused(line_.refund(transactionId, { refundAmount: 701 })), '1164');
    await line_.refund(transactionId, {});
    assert.equal(await refused(line_.refund(transactionId, {})), '1165');
    const [found] = await line_.details({ transactionId: [transactionId] });
    assert.deepEqual(found.refundList.map((back) => Math.abs(back.refundAmount)), [300, 700]);
    assert.equal(found.refundList[0].refundTransactionId, body.info.refundTransactionId);
  });

  await test(place, 'a hold is captured in part', async () => {
    const orderId = fresh('H-');
    const { transactionId } = await line_.make(orderId, 1000, { hold: true });
    await payer(orderId, 'linepay');
    await until('the payer has paid', async () => (await line_.check(transactionId)) === '0110');
    const { body } = await line_.confirm(transactionId, 1000);
    assert.ok(body.info.authorizationExpireDate);
    const [held] = await line_.details({ orderId: [orderId] });
    assert.equal(held.payStatus, 'AUTHORIZATION');
    await line_.api.capture.send({ transactionId, body: jpy(600) });
    const [taken] = await line_.details({ orderId: [orderId] });
    assert.deepEqual([taken.payStatus, taken.payInfo[0].amount], ['CAPTURE', 600]);
    assert.equal(await refused(line_.api.void.send({ transactionId })), '1179');
  });

  await test(place, 'a hold is voided', async () => {
    const orderId = fresh('V-');
    const { transactionId } = await line_.make(orderId, 1000, { hold: true });
    await payer(orderId, 'linepay');
    await until('the payer has paid', async () => (await line_.check(transactionId)) === '0110');
    await line_.confirm(transactionId, 1000);
    const { body } = await line_.api.void.send({ transactionId });
    assert.equal(body.returnCode, '0000');
    const [found] = await line_.details({ orderId: [orderId] });
    assert.equal(found.payStatus, 'VOIDED_AUTHORIZATION');
  });

  await test(place, 'the payer refuses', async () => {
    const orderId = fresh('N-');
    const { transactionId } = await line_.make(orderId, 500);
    await payer(orderId, 'linepay', '--refuse');
    await until('it is over', async () => /^012[12]$/.test(await line_.check(transactionId)));
    const code = await refused(line_.confirm(transactionId, 500));
    assert.ok(['1141', '1180'].includes(code), code);
  });

  await test(place, 'wrong secret, unknown channel', async () => {
    const wrong = client(place, { channelSecretKey: 'x'.repeat(32) });
    assert.equal(await refused(wrong.make(fresh('W-'), 100)), '1106');
    const nobody = client(place, { channelId: '1' });
    assert.equal(await refused(nobody.make(fresh('W-'), 100)), '1104');
  });

  await test(place, 'a message that was tampered with', async () => {
    const orderId = fresh('T-');
    onTheWay = (body) => Buffer.from(String(body).replace('"amount":100', '"amount":900'));
    assert.equal(await refused(line_.make(orderId, 100)), '1106');
    onTheWay = (body) => body;
    await line_.make(orderId, 100);
  });
}

// The sandbox, as the network.

await common('sandbox', (orderId, _, ...more) => pay(orderId, '--wallet', 'linepay', ...more));

await test('sandbox', 'the same order again', async () => {
  const line_ = client('sandbox');
  const orderId = fresh('D-');
  await line_.make(orderId, 100);
  assert.equal(await refused(line_.make(orderId, 100)), '1172');
  assert.equal(await refused(line_.make(orderId, 101)), '1172');
});

await test('sandbox', "the payer's browser comes to the shop", async () => {
  const orderId = fresh('C-');
  const { transactionId } = await client('sandbox').make(orderId, 100);
  await pay(orderId, '--wallet', 'linepay');
  const came = await shop.told('of an approval', (message) => message.path.includes(orderId));
  assert.equal(came.method, 'GET');
  assert.equal(came.path, `/notify?transactionId=${transactionId}&orderId=${orderId}`);
});

await test('sandbox', "a lost answer is found by the package's own recovery", async () => {
  const line_ = client('sandbox');
  line_.api.confirm.addHandler(
    line.createPaymentDetailsRecoveryHandler(line.paymentDetailsToConfirm),
  );
  const orderId = fresh('L-');
  const { transactionId } = await line_.make(orderId, 900);
  await scenario('linepay', 'lost_answer');
  await pay(orderId, '--wallet', 'linepay');
  await until('it is approved', async () => (await line_.check(transactionId)) === '0110');
  const { body } = await line_.api.confirm.send({
    transactionId,
    body: jpy(900),
    timeout: 1000,
  });
  assert.equal(body.returnCode, '0000');
  assert.equal(body.info.payStatus, 'CAPTURE');
});

// The switch, for a shop of LINE Pay: other wallets pay.

await common('facade', (orderId, wallet = 'wechatpay', ...more) =>
  pay(orderId, '--wallet', wallet, ...more),
);

await test('facade', 'every wallet pays', async () => {
  const line_ = client('facade');
  for (const wallet of ['noren', 'paypay', 'wechatpay', 'linepay']) {
    const orderId = fresh('E-');
    const { transactionId } = await line_.make(orderId, 800);
    await pay(orderId, '--wallet', wallet);
    await until(`${wallet} has paid`, async () => (await line_.check(transactionId)) === '0110');
    const { body } = await line_.confirm(transactionId, 800);
    assert.equal(body.info.orderId, orderId, wallet);
    const again = await line_.confirm(transactionId, 800);
    assert.equal(again.body.returnCode, '0000', 'a confirmation may be repeated');
    await line_.refund(transactionId, {});
    assert.equal(await line_.check(transactionId), '0123', wallet);
    assert.equal(await refused(line_.confirm(transactionId, 800)), '1152');
  }
});

await test('facade', 'the same order again', async () => {
  const line_ = client('facade');
  const orderId = fresh('D-');
  const first = await line_.make(orderId, 100);
  assert.deepEqual(await line_.make(orderId, 100), first);
  assert.equal(await refused(line_.make(orderId, 101)), '1172');
  await pay(orderId, '--wallet', 'paypay');
  await until('it is paid', async () => (await line_.check(first.transactionId)) === '0110');
  assert.equal(await refused(line_.make(orderId, 100)), '1172');
});

await test('facade', 'a shop that asked for it is called', async () => {
  const orderId = fresh('S-');
  const urls = { confirmUrlType: 'SERVER' };
  const { transactionId } = await client('facade').make(orderId, 400, { urls });
  await pay(orderId, '--wallet', 'paypay');
  const called = await shop.told('to confirm', (message) => message.path.includes(orderId));
  assert.equal(called.method, 'GET');
  assert.equal(called.path, `/notify?transactionId=${transactionId}&orderId=${orderId}`);
});

await test('facade', "the payer's browser goes on to the shop", async () => {
  for (const [more, below] of [[[], ''], [['--refuse'], '/cancelled']]) {
    const orderId = fresh('G-');
    const { transactionId, paymentUrl } = await client('facade').make(orderId, 400);
    const page = () => fetch(paymentUrl.web, { redirect: 'manual' });
    assert.equal((await page()).status, 200);
    await pay(orderId, '--wallet', 'linepay', ...more);
    const sent = await until('it is over', async () => {
      const answer = await page();
      return answer.status === 303 && answer;
    });
    const shops = `${shop.url}${below}?transactionId=${transactionId}&orderId=${orderId}`;
    assert.equal(sent.headers.get('location'), shops);
  }
});

await test('facade', 'an unknown transaction does not exist', async () => {
  const line_ = client('facade');
  const { transactionId } = await line_.make(fresh('F-'), 400);
  // The payment of that millisecond, and a digit that is not its.
  const other = String(BigInt(transactionId) ^ 1n);
  assert.equal(await refused(line_.check(other)), '1150');
  assert.equal(await refused(line_.confirm(other, 400)), '1150');
  assert.equal(await refused(line_.refund(other, {})), '1150');
  assert.equal(await refused(line_.details({ transactionId: [other] })), '1150');
});

await test('facade', 'a till scans codes of other wallets', async () => {
  const signed = createAuthHttpClient(config('facade'));
  for (const wallet of ['alipayplus', 'wechatpay', 'paypay', 'linepay', 'noren']) {
    const orderId = fresh('O-');
    const oneTimeKey = await paymentCode(wallet);
    const body = { orderId, oneTimeKey, ...jpy(1000), productName: 'soba' };
    const { data } = await signed.post('/v4/payments/oneTimeKeys/pay', body);
    assert.equal(data.info.orderId, orderId, wallet);
    const again = await signed.post('/v4/payments/oneTimeKeys/pay', body);
    assert.equal(again.data.info.transactionId, data.info.transactionId);
    const check = await signed.get(`/v4/payments/orders/${orderId}/check`);
    assert.equal(check.data.info.status, 'COMPLETE');
    await signed.post(`/v4/payments/orders/${orderId}/refund`, {});
    const after = await signed.get(`/v4/payments/orders/${orderId}/check`);
    assert.equal(after.data.info.status, 'REFUND', wallet);
  }
});

await test('facade', 'a till of version 2 scans a code', async () => {
  const { channelId, channelSecretKey } = config('facade');
  const headers = { 'X-LINE-ChannelId': channelId, 'X-LINE-ChannelSecret': channelSecretKey };
  const orderId = fresh('P-');
  const send = async (method, below, body) => {
    const url = new URL(`/v2/payments/${below}`, setting('FACADE_LINEPAY_URL'));
    const sent = { ...headers, 'Content-Type': 'application/json' };
    const said = await fetch(url, { method, headers: sent, body: body && JSON.stringify(body) });
    return said.json();
  };
  const oneTimeKey = await paymentCode('wechatpay');
  const body = { orderId, oneTimeKey, ...jpy(1000), productName: 'soba' };
  assert.equal((await send('POST', 'oneTimeKeys/pay', body)).returnCode, '0000');
  const check = await send('GET', `orders/${orderId}/check`);
  assert.equal(check.info.status, 'COMPLETE');
  headers['X-LINE-ChannelSecret'] = 'x'.repeat(32);
  assert.equal((await send('GET', `orders/${orderId}/check`)).returnCode, '1106');
});

shop.close();
