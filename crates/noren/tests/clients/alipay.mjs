// npm alipay-sdk, unmodified, as a merchant of the network and as a till at the switch.
//
// The package writes its time by the machine's zone and means UTC+8, so the zone is set here. All
// else that it needs (gateway, endpoint, keys) it takes as settings.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import { fresh, keyFile, noren, pay, paymentCode, scenario, setting, test, till, until } from './common.mjs';

process.env.TZ = 'Asia/Shanghai';

const told = await till(() => ({ status: 200, body: 'success' }));

/** The client, as the vendor's guide configures it. */
function client(end, changed = {}) {
  return new AlipaySdk({
    appId: setting(`${end}_ALIPAY_CLIENT_ID`),
    privateKey: keyFile(`${end}_ALIPAY_PRIVATE_KEY`),
    keyType: 'PKCS8',
    alipayPublicKey: keyFile(`${end}_ALIPAY_PUBLIC_KEY`),
    gateway: `${setting(`${end}_ALIPAY_URL`)}/gateway.do`,
    endpoint: setting(`${end}_ALIPAY_URL`),
    timeout: 15000,
    ...changed,
  });
}

const form = (message) => Object.fromEntries(new URLSearchParams(message.body));

/** What both ends must do, with amounts of which the whole is `whole` and its parts `part` and `rest`. */
async function merchant({ place, end, whole, part, rest, more, wallets }) {
  const sdk = client(end);
  const call = (method, bizContent, others = {}) =>
    sdk.exec(method, { ...others, bizContent }, { validateSign: true });
  const order = (number, amount = whole) => ({
    out_trade_no: number, total_amount: amount, subject: 'tea & cake 茶',
  });
  const query = (number) => call('alipay.trade.query', { out_trade_no: number });
  const settled = (number) =>
    until(`${number} is paid`, async () => {
      const said = await query(number);
      return said.tradeStatus === 'TRADE_SUCCESS' && said;
    });
  const precreate = async (number) => {
    const made = await call('alipay.trade.precreate', order(number), { notify_url: told.url });
    assert.equal(made.code, '10000', JSON.stringify(made));
    assert.equal(made.outTradeNo, number);
    return made.qrCode;
  };

  for (const wallet of wallets) {
    const number = fresh('A-');
    const paidBy = wallet ?? 'alipay';
    const one = (name, body) => test(place, wallet ? `${name} by ${wallet}` : name, body);
    let qr;
    await one('create', async () => {
      qr = await precreate(number);
      assert.match(qr, /^http/);
      const again = await call('alipay.trade.precreate', order(number), { notify_url: told.url });
      assert.equal(again.qrCode, qr, 'the same number is the same trade');
      const other = await call('alipay.trade.precreate', order(number, more));
      assert.deepEqual([other.code, other.subCode], ['40004', 'ACQ.CONTEXT_INCONSISTENT']);
    });
    await one('pay', async () => {
      await (wallet ? pay(qr, '--wallet', wallet) : pay(qr));
      const said = await settled(number);
      assert.equal(said.totalAmount, whole);
      assert.ok(said.tradeNo);
      const byOurs = await call('alipay.trade.query', { trade_no: said.tradeNo });
      assert.equal(byOurs.outTradeNo, number);
      const again = await call('alipay.trade.precreate', order(number));
      assert.equal(again.subCode, 'ACQ.TRADE_HAS_SUCCESS');
    });
    await one('notified', async () => {
      const is = (message) => form(message).out_trade_no === number;
      const message = await told.told(`of ${number}`, is);
      const said = form(message);
      assert.equal(said.trade_status, 'TRADE_SUCCESS');
      assert.deepEqual([said.app_id, said.total_amount], [sdk.config.appId, whole]);
      assert.equal(sdk.checkNotifySignV2(said), true, 'the true one');
      assert.equal(sdk.checkNotifySignV2({ ...said, total_amount: more }), false, 'an altered one');
      const sign = `${said.sign[0] === 'A' ? 'B' : 'A'}${said.sign.slice(1)}`;
      assert.equal(sdk.checkNotifySignV2({ ...said, sign }), false, 'another signature');
    });
    await one('refund', async () => {
      const back = (request, amount) =>
        call('alipay.trade.refund', {
          out_trade_no: number, out_request_no: request, refund_amount: amount,
        });
      // Where the wallet is still at it, the same is asked again or inquired of.
      const made = (request) =>
        until(`refund ${request} of ${paidBy} is made`, async () => {
          const said = await call('alipay.trade.fastpay.refund.query', {
            out_trade_no: number, out_request_no: request,
          });
          return said.refundStatus === 'REFUND_SUCCESS' && said;
        });
      const first = await back('R-1', part);
      assert.equal(first.code, '10000', JSON.stringify(first));
      assert.equal((await made('R-1')).refundAmount, part);
      const repeat = await back('R-1', part);
      assert.deepEqual([repeat.code, repeat.fundChange, repeat.refundFee], ['10000', 'N', part]);
      const other = await back('R-1', rest);
      assert.equal(other.subCode, 'ACQ.DISCORDANT_REPEAT_REQUEST');
      const tooMuch = await back('R-2', whole);
      assert.equal(tooMuch.code, '40004');
      const last = await back('R-3', rest);
      assert.equal(last.code, '10000', JSON.stringify(last));
      assert.equal((await made('R-3')).refundAmount, rest);
      assert.equal((await query(number)).tradeStatus, 'TRADE_CLOSED');
      const none = await call('alipay.trade.fastpay.refund.query', {
        out_trade_no: number, out_request_no: 'R-9',
      });
      assert.deepEqual([none.code, none.refundStatus], ['10000', undefined]);
    });
  }

  await test(place, 'scanned', async () => {
    for (const wallet of wallets) {
      const scanned = (number, code) => call('alipay.trade.pay', {
        ...order(number), scene: 'bar_code', auth_code: code,
      });
      const number = fresh('S-');
      const paid = await scanned(number, await paymentCode(wallet ?? 'alipay'));
      assert.ok(['10000', '10003'].includes(paid.code), JSON.stringify(paid));
      assert.equal((await settled(number)).totalAmount, whole);
      const refused = await scanned(fresh('S-'), '111111111111111111');
      assert.deepEqual([refused.code, refused.subCode], ['40004', 'ACQ.PAYMENT_AUTH_CODE_INVALID']);
    }
  });

  await test(place, 'the payer is asked first', async () => {
    await scenario('alipay', 'unknown_then_yes');
    const number = fresh('S-');
    const asked = await call('alipay.trade.pay', {
      ...order(number), scene: 'bar_code', auth_code: await paymentCode('alipay'),
    });
    assert.ok(['10003', '10000'].includes(asked.code), JSON.stringify(asked));
    await settled(number);
  });

  await test(place, 'a no', async () => {
    await scenario('alipay', 'decline');
    const refused = await call('alipay.trade.pay', {
      ...order(fresh('S-')), scene: 'bar_code', auth_code: await paymentCode('alipay'),
    });
    assert.deepEqual([refused.code, refused.subCode], ['40004', 'ACQ.PAYMENT_FAIL']);
  });

  await test(place, 'cancel', async () => {
    const done = (number) =>
      until(`${number} is cancelled`, async () => {
        const said = await call('alipay.trade.cancel', { out_trade_no: number });
        assert.equal(said.code, '10000', JSON.stringify(said));
        return said.retryFlag === 'N' && said;
      });
    const open = fresh('C-');
    await precreate(open);
    await done(open);
    const never = await call('alipay.trade.precreate', order(open));
    assert.equal(never.subCode, 'ACQ.TRADE_HAS_CLOSE');
    const paid = fresh('C-');
    const qr = await precreate(paid);
    await (wallets[0] ? pay(qr, '--wallet', wallets[0]) : pay(qr));
    await settled(paid);
    assert.equal((await done(paid)).action, 'refund');
    assert.equal((await query(paid)).tradeStatus, 'TRADE_CLOSED');
  });

  await test(place, 'close', async () => {
    const number = fresh('C-');
    const paid = await call('alipay.trade.pay', {
      ...order(number), scene: 'bar_code', auth_code: await paymentCode('alipay'),
    });
    assert.equal(paid.code, '10000', JSON.stringify(paid));
    const refused = await call('alipay.trade.close', { out_trade_no: number });
    assert.equal(refused.subCode, 'ACQ.REASON_TRADE_STATUS_INVALID');
    const none = await call('alipay.trade.close', { out_trade_no: fresh('C-') });
    assert.equal(none.subCode, 'ACQ.TRADE_NOT_EXIST');
  });

  await test(place, 'wrong key', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const wrong = client(end, { privateKey });
    const bizContent = { out_trade_no: fresh('A-') };
    const said = await wrong.exec('alipay.trade.query', { bizContent }, { validateSign: true });
    assert.deepEqual([said.code, said.subCode], ['40002', 'isv.invalid-signature']);
    await assert.rejects(
      wrong.curl('POST', '/v3/alipay/trade/query', { body: bizContent }),
      (error) => error.code === 'isv.invalid-signature',
    );
    const unknown = client(end, { appId: '2021999999999999' });
    const stranger = await unknown.exec('alipay.trade.query', { bizContent });
    assert.equal(stranger.subCode, 'isv.invalid-app-id');
  });

  await test(place, 'unknown calls', async () => {
    // The package looks for the call's own member in what it verifies; this answer is an error_response.
    const said = await sdk.exec('alipay.trade.nothing', { bizContent: {} });
    assert.equal(said.subCode, 'isv.invalid-method');
  });

  await test(place, 'v3', async () => {
    const number = fresh('V-');
    const post = async (name, body) => (await sdk.curl('POST', `/v3/alipay/trade/${name}`, { body })).data;
    const made = await post('precreate', { ...order(number), notify_url: told.url });
    await (wallets[0] ? pay(made.qr_code, '--wallet', wallets[0]) : pay(made.qr_code));
    const said = await until('it is paid', async () => {
      const said = await post('query', { out_trade_no: number }).catch((error) => {
        assert.equal(error.code, 'ACQ.TRADE_NOT_EXIST');
      });
      return said?.trade_status === 'TRADE_SUCCESS' && said;
    });
    assert.equal(said.total_amount, whole);
    const back = await post('refund', {
      out_trade_no: number, out_request_no: 'R-1', refund_amount: part,
    });
    assert.equal(back.out_trade_no, number);
    await assert.rejects(
      post('query', { out_trade_no: fresh('V-') }),
      (error) => error.code === 'ACQ.TRADE_NOT_EXIST' && error.responseHttpStatus === 400,
    );
    const message = await told.told(`of ${number}`, (m) => form(m).out_trade_no === number);
    assert.equal(sdk.checkNotifySignV2(form(message)), true);
  });
}

await merchant({
  place: 'sandbox', end: 'SANDBOX', wallets: [undefined],
  whole: '58.08', part: '8.00', rest: '50.08', more: '58.09',
});

await merchant({
  place: 'facade', end: 'FACADE', wallets: ['wechatpay', 'linepay', 'alipay', 'noren'],
  whole: '1200.00', part: '300.00', rest: '900.00', more: '1201.00',
});

await test('facade', 'a page', async () => {
  const sdk = client('FACADE');
  const number = fresh('P-');
  const bizContent = {
    out_trade_no: number, total_amount: '1200.00', subject: 'tea',
    product_code: 'FAST_INSTANT_TRADE_PAY',
  };
  const url = sdk.pageExec('alipay.trade.page.pay', 'GET', { bizContent, notify_url: told.url });
  const sent = await fetch(url, { redirect: 'manual' });
  assert.equal(sent.status, 302);
  await pay(sent.headers.get('location'), '--wallet', 'paypay');
  await until('it is paid', async () => {
    const said = await sdk.exec('alipay.trade.query', { bizContent: { out_trade_no: number } });
    return said.tradeStatus === 'TRADE_SUCCESS';
  });
  // As the form that a browser posts.
  const html = sdk.pageExec('alipay.trade.wap.pay', { bizContent: { ...bizContent, out_trade_no: fresh('P-') } });
  const action = html.match(/action="([^"]*)"/)[1];
  const inputs = [...html.matchAll(/name="([^"]*)" value="([^"]*)"/g)];
  const body = new URLSearchParams(inputs.map(([, name, value]) => [name, value.replaceAll('&quot;', '"')]));
  assert.equal((await fetch(action, { method: 'POST', body, redirect: 'manual' })).status, 302);
});

await test('facade', 'close what waits', async () => {
  const sdk = client('FACADE');
  const call = (method, bizContent) => sdk.exec(method, { bizContent }, { validateSign: true });
  const key = { out_trade_no: fresh('C-') };
  const made = await call('alipay.trade.precreate', { ...key, total_amount: '1200', subject: 'tea' });
  assert.equal((await call('alipay.trade.query', key)).tradeStatus, 'WAIT_BUYER_PAY');
  for (const _ of [1, 2]) assert.equal((await call('alipay.trade.close', key)).code, '10000');
  assert.equal((await call('alipay.trade.query', key)).tradeStatus, 'TRADE_CLOSED');
  await assert.rejects(pay(made.qrCode, '--wallet', 'wechatpay'));
});

await test('facade', 'amounts of the shop', async () => {
  const sdk = client('FACADE');
  const asked = (total_amount, more = {}) =>
    sdk.exec('alipay.trade.precreate', {
      bizContent: { out_trade_no: fresh('A-'), total_amount, subject: 'tea', ...more },
    });
  assert.equal((await asked('1200.50')).subCode, 'ACQ.INVALID_PARAMETER');
  assert.equal((await asked('1200', { trans_currency: 'CNY' })).subCode, 'ACQ.CURRENCY_NOT_SUPPORT');
  assert.equal((await asked('1200', { trans_currency: 'JPY' })).code, '10000');
});

await noren('sandbox', 'list');
told.close();
