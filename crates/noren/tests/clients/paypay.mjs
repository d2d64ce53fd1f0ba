// PayPay's own SDK for Node against the sandbox and against the switch.
//
// It speaks TLS only: `https.request` is replaced by `http.request` before it is used. Its host and
// port are settings of its own (`Conf`).

import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import paypay from '@paypayopa/paypayopa-sdk-node';
import { fresh, pay, paymentCode, scenario, setting, test, till, until } from './common.mjs';

const { Conf, PayPayRestSDK } = paypay;

// What left last, and what is done to a body on its way.
let last;
let tamper = (body) => body;

https.request = (options, heard) => {
  const request = http.request(options, heard);
  const write = request.write.bind(request);
  last = { options, body: undefined };
  request.write = (body) => {
    last.body = body;
    return write(tamper(body));
  };
  return request;
};
syncBuiltinESMExports();

/** The SDK at one end, with the keys of that end or others. */
function client(place, other = {}) {
  const url = new URL(setting(`${place}_URL`));
  const sdk = new PayPayRestSDK();
  sdk.configure({
    clientId: setting(`${place}_CLIENT_ID`),
    clientSecret: setting(`${place}_SECRET`),
    conf: new Conf({ hostName: url.hostname, portNumber: Number(url.port) }),
    ...other,
  });
  return sdk;
}

/** Status and word of an answer. */
const short = ({ STATUS, BODY }) => `${STATUS} ${BODY.resultInfo.code}`;
const yen = (amount) => ({ amount, currency: 'JPY' });

const order = (number, amount, more = {}) => ({
  merchantPaymentId: number,
  amount: yen(amount),
  codeType: 'ORDER_QR',
  orderDescription: 'もりそば',
  orderItems: [{ name: 'soba', category: 'food', quantity: 1, productId: '7', unitPrice: yen(amount) }],
  isAuthorization: false,
  redirectUrl: 'https://shop.example/back',
  redirectType: 'WEB_LINK',
  ...more,
});

async function created(sdk, number, amount, more) {
  const made = await sdk.qrCodeCreate(order(number, amount, more));
  assert.equal(short(made), '201 SUCCESS');
  assert.deepEqual(made.BODY.data.amount, yen(amount));
  assert.match(made.BODY.data.url, /^http/);
  return made.BODY.data;
}

const status = async (sdk, number) =>
  (await sdk.getCodePaymentDetails([number])).BODY.data?.status;

const becomes = (sdk, number, word) =>
  until(`${number} is ${word}`, async () => (await status(sdk, number)) === word);

/** A code that was paid; the network's id of the payment. */
async function paid(sdk, number, amount, wallet) {
  await created(sdk, number, amount);
  await pay(number, ...(wallet ? ['--wallet', wallet] : []));
  await becomes(sdk, number, 'COMPLETED');
  return (await sdk.getPaymentDetails([number])).BODY.data.paymentId;
}

const refund = (number, paymentId, amount) => ({
  merchantRefundId: number,
  paymentId,
  amount: yen(amount),
  reason: 'too salty',
});

const refunded = (sdk, number) =>
  until(`${number} is given back`, async () => {
    const { BODY } = await sdk.getRefundDetails([number]);
    return BODY.data?.status === 'REFUNDED';
  });

/** A webhook is signed by nobody: a till believes the answer to a question of its own. */
async function confirmed(sdk, text) {
  const told = JSON.parse(text);
  const { data } = (await sdk.getPaymentDetails([told.merchant_order_id])).BODY;
  return (
    data !== null &&
    data.paymentId === told.order_id &&
    String(data.amount.amount) === told.order_amount &&
    data.status === told.state
  );
}

/** What a till must be able to rely on at either end: which wallets pay its codes, and show it theirs. */
async function common(place, sdk, name, wallets, scanned) {
  await test(place, 'create', async () => {
    const number = fresh('C-');
    const made = await created(sdk, number, 1200, { metadata: { table: 4 } });
    assert.ok(made.codeId && made.deeplink && made.expiryDate * 1000 > Date.now());
    assert.equal(await status(sdk, number), 'CREATED');
    const unpaid = await sdk.getPaymentDetails([number]);
    assert.equal(short(unpaid), '404 RESOURCE_NOT_FOUND');
  });

  await test(place, 'duplicate', async () => {
    const number = fresh('D-');
    await created(sdk, number, 1200);
    for (const amount of [1200, 1201]) {
      const again = await sdk.qrCodeCreate(order(number, amount));
      assert.equal(short(again), '400 DUPLICATE_DYNAMIC_QR_REQUEST');
      assert.equal(again.BODY.resultInfo.codeId, '01652073');
    }
  });

  for (const wallet of wallets) {
    await test(place, `paid with ${wallet ?? 'its own'}`, async () => {
      const number = fresh('P-');
      const id = await paid(sdk, number, 1200, wallet);
      const { data } = (await sdk.getPaymentDetails([number])).BODY;
      assert.equal(data.status, 'COMPLETED');
      assert.equal(data.paymentId, id);
      assert.deepEqual(data.amount, yen(1200));
      assert.equal(data.orderDescription, 'もりそば');
    });
  }

  await test(place, 'scanned code', async () => {
    for (const wallet of scanned) {
      const code = await paymentCode(wallet);
      const payment = { merchantPaymentId: fresh('S-'), paymentCode: code, amount: yen(700) };
      const done = await sdk.createPayment({ ...payment });
      assert.equal(short(done), '201 SUCCESS');
      await until('the payment is decided', async () => {
        const { BODY } = await sdk.getPaymentDetails([payment.merchantPaymentId]);
        return BODY.data.status === 'COMPLETED';
      });
      const again = await sdk.createPayment({ ...payment });
      assert.equal(again.BODY.data.paymentId, done.BODY.data.paymentId);
      const changed = await sdk.createPayment({ ...payment, amount: yen(701) });
      assert.equal(short(changed), '400 INVALID_PARAMS');
      const reused = await sdk.createPayment({ ...payment, merchantPaymentId: fresh('S-') });
      assert.equal(short(reused), '400 EXPIRED_PAYMENT_CODE');
    }
  });

  await test(place, 'declined', async () => {
    await scenario('paypay', 'decline');
    const number = fresh('N-');
    const payment = {
      merchantPaymentId: number,
      paymentCode: await paymentCode('paypay'),
      amount: yen(700),
    };
    await sdk.createPayment(payment);
    await until('the payment failed', async () => {
      const { BODY } = await sdk.getPaymentDetails([number]);
      return BODY.data.status === 'FAILED';
    });
  });

  await test(place, 'delete a code', async () => {
    const number = fresh('X-');
    const { codeId } = await created(sdk, number, 1200);
    assert.equal(short(await sdk.qrCodeDelete([codeId])), '200 SUCCESS');
    assert.equal(await status(sdk, number), 'CANCELED');
    assert.equal(short(await sdk.qrCodeDelete([codeId])), '404 DYNAMIC_QR_NOT_FOUND');
  });

  await test(place, 'cancel', async () => {
    const number = fresh('K-');
    await paid(sdk, number, 1200, wallets.at(-1));
    assert.equal(short(await sdk.paymentCancel([number])), '202 REQUEST_ACCEPTED');
    await becomes(sdk, number, 'CANCELED');
    // One that comes before its code binds as well.
    const early = fresh('K-');
    assert.equal(short(await sdk.paymentCancel([early])), '202 REQUEST_ACCEPTED');
    const late = await sdk.qrCodeCreate(order(early, 1200));
    assert.equal(short(late), '400 DUPLICATE_DYNAMIC_QR_REQUEST');
  });

  await test(place, 'hold and capture', async () => {
    const number = fresh('H-');
    await created(sdk, number, 1200, { isAuthorization: true });
    await pay(number, ...(wallets[0] ? ['--wallet', 'linepay'] : []));
    await becomes(sdk, number, 'AUTHORIZED');
    const capture = {
      merchantPaymentId: number,
      merchantCaptureId: fresh('c-'),
      amount: yen(900),
      orderDescription: 'もりそば',
    };
    const high = await sdk.paymentAuthCapture({ ...capture, merchantCaptureId: fresh('c-'), amount: yen(1201) });
    assert.equal(short(high), '400 HIGHER_CAPTURE_NOT_PERMITTED');
    const done = await sdk.paymentAuthCapture({ ...capture });
    assert.equal(short(done), '200 SUCCESS');
    assert.equal(done.BODY.data.captures.data[0].merchantCaptureId, capture.merchantCaptureId);
    await becomes(sdk, number, 'COMPLETED');
    const second = await sdk.paymentAuthCapture({ ...capture, merchantCaptureId: fresh('c-') });
    assert.equal(short(second), '400 ALREADY_CAPTURED');
  });

  await test(place, 'hold and revert', async () => {
    const number = fresh('V-');
    const held = await sdk.paymentPreauthorize({
      merchantPaymentId: number,
      paymentCode: await paymentCode('paypay'),
      amount: yen(1200),
    });
    assert.equal(short(held), '201 SUCCESS');
    assert.equal(held.BODY.data.status, 'AUTHORIZED');
    const { paymentId } = held.BODY.data;
    const revert = { merchantRevertId: fresh('v-'), paymentId, reason: 'gone' };
    const done = await sdk.paymentAuthRevert({ ...revert });
    assert.equal(short(done), '200 SUCCESS');
    assert.equal((await sdk.getPaymentDetails([number])).BODY.data.status, 'CANCELED');
  });

  await test(place, 'wrong key', async () => {
    const number = fresh('W-');
    const thief = client(name, { clientSecret: 'another secret' });
    assert.equal(short(await thief.qrCodeCreate(order(number, 1))), '401 UNAUTHORIZED');
    const nobody = client(name, { clientId: 'a_nobody' });
    assert.equal(short(await nobody.qrCodeCreate(order(number, 1))), '404 OPA_CLIENT_NOT_FOUND');
    const elsewhere = client(name, { merchantId: '1' });
    assert.equal(short(await elsewhere.qrCodeCreate(order(number, 1))), '401 OP_OUT_OF_SCOPE');
    assert.equal((await sdk.getCodePaymentDetails([number])).BODY.data, null);
  });

  await test(place, 'tampered, stale and replayed', async () => {
    const number = fresh('T-');
    tamper = (body) => body.replace('1200', '1201');
    assert.equal(short(await sdk.qrCodeCreate(order(number, 1200))), '401 UNAUTHORIZED');
    tamper = (body) => body;
    const clock = Date.now;
    for (const minutes of [-3, 3]) {
      Date.now = () => clock() + minutes * 60_000;
      assert.equal(short(await sdk.qrCodeCreate(order(number, 1200))), '401 UNAUTHORIZED');
    }
    Date.now = clock;
    assert.equal(short(await sdk.qrCodeCreate(order(number, 1200))), '201 SUCCESS');
    const { options, body } = last;
    const again = await new Promise((heard) => {
      http.request(options, (answer) => heard(answer.statusCode)).end(body);
    });
    assert.equal(again, 401);
  });

  await test(place, 'not offered', async () => {
    const cashback = await sdk.cashBack({ merchantCashbackId: fresh('B-'), amount: yen(1) });
    assert.equal(short(cashback), '401 OP_OUT_OF_SCOPE');
    const none = await sdk.getRefundDetails([fresh('R-')]);
    assert.equal(short(none), '404 NO_SUCH_REFUND_ORDER');
  });
}

/** The control calls of the sandbox. */
async function control(path, body) {
  const answer = await fetch(setting('SANDBOX_PAYPAY_URL') + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

const house = await till();

async function sandbox() {
  const sdk = client('SANDBOX_PAYPAY');
  await common('sandbox', sdk, 'SANDBOX_PAYPAY', [undefined], ['paypay']);

  await test('sandbox', 'one refund, as the contract is by default', async () => {
    const id = await paid(sdk, fresh('R-'), 1200);
    const number = fresh('r-');
    for (let times = 0; times < 2; times += 1) {
      const done = await sdk.paymentRefund(refund(number, id, 200));
      assert.equal(short(done), '200 SUCCESS');
      assert.equal(done.BODY.data.merchantRefundId, number);
    }
    await refunded(sdk, number);
    const rest = await sdk.paymentRefund(refund(fresh('r-'), id, 1000));
    assert.equal(short(rest), '400 UNACCEPTABLE_OP');
    assert.equal(rest.BODY.resultInfo.codeId, '00200014');
  });

  await test('sandbox', 'a linked user, and the token that says so', async () => {
    const asked = await sdk.accountLinkQRCodeCreate({
      scopes: ['direct_debit'],
      nonce: fresh('n-'),
      redirectType: 'WEB_LINK',
      redirectUrl: 'https://shop.example/linked',
      referenceId: 'member-7',
    });
    assert.equal(short(asked), '201 SUCCESS');
    const session = asked.BODY.data.linkQRCodeURL;
    const linked = await control('/sandbox/link', { user: 'guest', session, pin: '1234' });
    const token = linked.response_token;
    const secret = setting('SANDBOX_PAYPAY_SECRET');
    const { userAuthorizationId } = sdk.validateJWT(token, secret);
    assert.equal(userAuthorizationId, linked.user_authorization_id);
    const [head, claims, mac] = token.split('.');
    const altered = JSON.parse(Buffer.from(claims, 'base64url'));
    altered.userAuthorizationId = 'somebody-else';
    const other = Buffer.from(JSON.stringify(altered)).toString('base64url');
    assert.throws(() => sdk.validateJWT([head, other, mac].join('.'), secret), /invalid signature/);
    assert.throws(() => sdk.validateJWT(token, 'anotherSecret'), /invalid signature/);
    const payment = { merchantPaymentId: fresh('L-'), userAuthorizationId, amount: yen(300) };
    const done = await sdk.createPayment({ ...payment }, true);
    assert.equal(short(done), '201 SUCCESS');
    const repeat = { ...payment, merchantPaymentId: fresh('L-') };
    assert.equal(short(await sdk.createPayment({ ...repeat })), '400 SUSPECTED_DUPLICATE_PAYMENT');
    assert.equal(short(await sdk.createPayment({ ...repeat }, true)), '201 SUCCESS');
    const known = await sdk.getUserAuthorizationStatus([userAuthorizationId]);
    assert.equal(known.BODY.data.status, 'ACTIVE');
    assert.equal(short(await sdk.unlinkUser([userAuthorizationId])), '200 SUCCESS');
    const gone = await sdk.createPayment({ ...payment, merchantPaymentId: fresh('L-') });
    assert.equal(short(gone), '400 INVALID_USER_AUTHORIZATION_ID');
  });

  await test('sandbox', 'webhook', async () => {
    await control('/sandbox/webhook', { url: house.url });
    const number = fresh('Z-');
    await paid(sdk, number, 1200);
    await webhook(sdk, number);
    await control('/sandbox/webhook', { url: null });
  });
}

/** The till is told, believes what it can confirm, and nothing else. */
async function webhook(sdk, number) {
  const mine = ({ body }) => body.includes(number);
  const { body, headers } = await house.told(`of ${number}`, mine);
  assert.equal(headers['content-type'], 'application/json');
  const told = JSON.parse(body);
  assert.equal(told.notification_type, 'Transaction');
  assert.equal(told.state, 'COMPLETED');
  assert.ok(!Number.isNaN(Date.parse(told.paid_at)));
  assert.ok(await confirmed(sdk, body));
  for (const [member, value] of [
    ['order_amount', '1'],
    ['order_id', '00000000000000000000'],
    ['merchant_order_id', fresh('Z-')],
    ['state', 'REFUNDED'],
  ]) {
    assert.ok(!(await confirmed(sdk, JSON.stringify({ ...told, [member]: value }))), member);
  }
}

async function facade() {
  const sdk = client('FACADE_PAYPAY');
  const wallets = ['paypay', 'noren', 'wechatpay', 'linepay'];
  await common('facade', sdk, 'FACADE_PAYPAY', wallets, [...wallets, 'alipayplus']);

  for (const wallet of ['noren', 'wechatpay', 'linepay']) {
    await test('facade', `a part and the rest go back to ${wallet}`, async () => {
      const number = fresh('R-');
      const id = await paid(sdk, number, 1200, wallet);
      const first = refund(fresh('r-'), id, 200);
      for (let times = 0; times < 2; times += 1) {
        const done = await sdk.paymentRefund({ ...first });
        assert.equal(short(done), '200 SUCCESS');
      }
      await refunded(sdk, first.merchantRefundId);
      const changed = await sdk.paymentRefund({ ...first, amount: yen(201) });
      assert.equal(short(changed), '400 INVALID_PARAMS');
      const high = await sdk.paymentRefund(refund(fresh('r-'), id, 1001));
      assert.equal(`${short(high)} ${high.BODY.resultInfo.codeId}`, '400 INVALID_PARAMS 00200015');
      const rest = refund(fresh('r-'), id, 1000);
      assert.equal(short(await sdk.paymentRefund(rest)), '200 SUCCESS');
      await refunded(sdk, rest.merchantRefundId);
      const { data } = (await sdk.getPaymentDetails([number])).BODY;
      assert.equal(data.status, 'REFUNDED');
      const sums = data.refunds.data.map((one) => one.amount.amount);
      assert.deepEqual(sums, [200, 1000]);
    });
  }

  await test('facade', 'one refund where the wallet gives back once', async () => {
    const id = await paid(sdk, fresh('R-'), 1200, 'paypay');
    const number = fresh('r-');
    assert.equal(short(await sdk.paymentRefund(refund(number, id, 200))), '200 SUCCESS');
    await refunded(sdk, number);
    const rest = await sdk.paymentRefund(refund(fresh('r-'), id, 1000));
    assert.equal(rest.BODY.resultInfo.codeId, '00200014');
  });

  await test('facade', "the payer's browser goes on to the shop", async () => {
    const number = fresh('O-');
    const { url } = await created(sdk, number, 1200);
    const waiting = await fetch(url, { redirect: 'manual' });
    assert.equal(waiting.status, 200);
    await pay(number, '--wallet', 'wechatpay');
    await becomes(sdk, number, 'COMPLETED');
    const over = await fetch(url, { redirect: 'manual' });
    assert.equal(over.headers.get('location'), 'https://shop.example/back');
  });

  await test('facade', 'nobody is linked', async () => {
    const payment = { merchantPaymentId: fresh('L-'), userAuthorizationId: 'u', amount: yen(300) };
    assert.equal(short(await sdk.createPayment(payment)), '400 INVALID_USER_AUTHORIZATION_ID');
  });

  await test('facade', 'webhook', async () => {
    const number = fresh('Z-');
    await paid(sdk, number, 1200, 'wechatpay');
    await webhook(sdk, number);
  });
}

await sandbox();
await facade();
house.close();
// Whoever told us something may keep the connection.
process.exit(0);
