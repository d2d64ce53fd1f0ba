// wechatpay-axios-plugin against the sandbox (domestic v3 in yuan, global v3 in yen) and against the
// same API as the switch answers it. The client verifies every answer that is not an error with the
// platform's certificate, which it is given as it comes from /v3/certificates.
//
// From outside: the address, by the client's own setting `baseURL`.

import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import {
  fresh, keyFile, pay, paymentCode, scenario, setting, test, till, until,
} from './common.mjs';

const { Wechatpay, Formatter, Rsa, Aes } = createRequire(import.meta.url)('wechatpay-axios-plugin');

const APPID = 'wx6e6f72656e707379';

/** In the world a merchant's certificate says its serial. Ours: it follows from the key. */
function serialOf(pem) {
  const key = createPublicKey(pem).export({ type: 'pkcs1', format: 'der' });
  const serial = createHash('sha256').update(key).digest().subarray(0, 20);
  serial[0] = (serial[0] & 0x3f) | 0x40;
  return serial.toString('hex').toUpperCase();
}

/** What a till is configured with. */
const configured = (prefix) => ({
  baseURL: `${setting(`${prefix}_URL`)}/`,
  mchid: setting(`${prefix}_CLIENT_ID`),
  serial: serialOf(keyFile(`${prefix}_OWN_PUBLIC_KEY`)),
  privateKey: keyFile(`${prefix}_PRIVATE_KEY`),
});

/** Status and code of a call that is refused. */
async function refused(call) {
  try {
    await call;
  } catch (error) {
    if (!error.response) throw error;
    return `${error.response.status} ${error.response.data.code}`;
  }
  return assert.fail('it was not refused');
}

/** The platform's certificates, decrypted with the APIv3 key: nobody else can have made them. */
async function download(config, secret) {
  const certs = {};
  const decrypt = (body) => {
    for (const { serial_no: serial, encrypt_certificate: sealed } of JSON.parse(body).data) {
      certs[serial] = Aes.AesGcm.decrypt(
        sealed.ciphertext, secret, sealed.nonce, sealed.associated_data,
      );
    }
    return body;
  };
  const first = new Wechatpay({ ...config, certs: { none: undefined } });
  await first.v3.certificates.get({ transformResponse: [decrypt] });
  return certs;
}

const shop = await till();

/** One API from end to end. `payers` have an order paid, `codes` are wallets whose codes are scanned. */
async function drive(place, { prefix, currency, global, payers, codes, scans }) {
  const config = configured(prefix);
  const secret = setting(`${prefix}_SECRET`);
  const { mchid } = config;
  const certs = await download(config, secret);
  const wxpay = new Wechatpay({ ...config, certs: { ...certs } });
  const [serial] = Object.keys(certs);

  const orders = global ? wxpay.v3.global.transactions : wxpay.v3.pay.transactions;
  const scanned = global ? wxpay.v3.global.micropay.transactions : wxpay.v3.pay.transactions;
  const refunds = global ? wxpay.v3.global.refunds : wxpay.v3.refund.domestic.refunds;
  const more = global ? { merchant_category_code: '5812' } : {};
  const native = (number, total = 1200) => ({
    mchid, appid: APPID, description: 'お茶', out_trade_no: number, attach: 'table 7',
    notify_url: shop.url, amount: { total, currency }, ...more,
  });
  const create = (body) => orders.native.post(body);
  const query = (number) =>
    orders.outTradeNo._out_trade_no_.get({ params: { mchid }, out_trade_no: number });
  const close = (number) =>
    orders.outTradeNo._out_trade_no_.close.post({ mchid }, { out_trade_no: number });
  const stands = (number, state) =>
    until(`${number} is ${state}`, async () => {
      const { data } = await query(number);
      return data.trade_state === state && data;
    });
  const scan = (number, code) => {
    const body = {
      mchid, appid: APPID, description: 'tea', out_trade_no: number,
      payer: { auth_code: code }, amount: { total: 800, currency },
      scene_info: { store_info: { out_id: '1' } }, ...more,
    };
    return global ? scanned.pay.post(body) : scanned.codepay.post(body);
  };
  const reverse = (number) =>
    scanned.outTradeNo._out_trade_no_.reverse.post(
      { mchid, appid: APPID }, { out_trade_no: number },
    );
  const refund = (number, out, amount, total = 1200) => ({
    out_trade_no: number, out_refund_no: out, reason: 'cold', notify_url: shop.url,
    amount: { refund: amount, total, currency }, ...(global ? { mchid, appid: APPID } : {}),
  });
  const refundQuery = (out) =>
    global
      ? refunds.outRefundNo._out_refund_no_.get({ params: { mchid }, out_refund_no: out })
      : refunds._out_refund_no_.get({ out_refund_no: out });
  const returned = (out) =>
    until(`${out} is made`, async () => {
      const { data } = await refundQuery(out);
      return data.status === 'SUCCESS' && data;
    });

  /** The till's check of what it is told, by the client's own functions; gives what was said. */
  const verified = ({ headers, body }) =>
    Rsa.verify(
      Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], body),
      headers['wechatpay-signature'],
      certs[headers['wechatpay-serial']],
    );
  const opened = ({ body }) => {
    const { resource } = JSON.parse(body);
    const { ciphertext, nonce, associated_data: aad } = resource;
    return JSON.parse(Aes.AesGcm.decrypt(ciphertext, secret, nonce, aad));
  };
  /** What this platform told of that order or refund; others use the same server. */
  const heard = (what, type, member, value) =>
    shop.told(what, (message) => {
      if (!certs[message.headers['wechatpay-serial']]) return false;
      return JSON.parse(message.body).event_type === type && opened(message)[member] === value;
    });
  const said = (name) => test(place, `${global ? 'global' : 'domestic'}: ${name[0]}`, name[1]);

  await said(['certificates, and an answer that one of them checks', async () => {
    const { data } = await wxpay.v3.certificates.get();
    assert.equal(data.data[0].serial_no, serial);
    const certificate = new X509Certificate(certs[serial]);
    assert.equal(certificate.serialNumber, serial);
    assert.ok(new Date(certificate.validTo) > new Date());
    assert.equal(
      certificate.publicKey.export({ type: 'spki', format: 'pem' }).trim(),
      keyFile(`${prefix}_PUBLIC_KEY`).trim(),
    );
  }]);

  for (const payer of payers) {
    const number = fresh('wx-');
    await said([`create, ${payer ?? 'own wallet'}`, async () => {
      const { data } = await create(native(number));
      assert.match(data.code_url, /^(weixin|https?):\/\//);
      const again = await create(native(number));
      assert.deepEqual(again.data, data, 'the same number again is the same order');
      assert.equal(await refused(create(native(number, 1201))), '400 INVALID_REQUEST');
      assert.equal((await query(number)).data.trade_state, 'NOTPAY');
    }]);
    await said([`pay and query, ${payer ?? 'own wallet'}`, async () => {
      await pay(number, ...(payer ? ['--wallet', payer] : []));
      const data = await stands(number, 'SUCCESS');
      const id = global ? data.id : data.transaction_id;
      assert.equal(data.amount.total, 1200);
      assert.equal(data.amount.currency, currency);
      assert.equal(data.attach, 'table 7');
      assert.ok(Date.parse(data.success_time) > 0);
      const named = await orders.id._id_.get({ params: { mchid }, id });
      assert.deepEqual(named.data, data);
      assert.equal(await refused(create(native(number))), '400 ORDERPAID');
      assert.equal(await refused(close(number)), '400 ORDERPAID');
    }]);
    await said([`told, ${payer ?? 'own wallet'}`, async () => {
      const message = await heard(
        `of ${number}`, 'TRANSACTION.SUCCESS', 'out_trade_no', number,
      );
      assert.ok(verified(message));
      const order = opened(message);
      assert.equal(order.trade_state, 'SUCCESS');
      assert.equal(order.amount.total, 1200);
      assert.equal(order.mchid, mchid);
      const altered = { ...message, body: message.body.replace('TRANSACTION', 'REFUND') };
      assert.equal(verified(altered), false);
      const later = { ...message.headers, 'wechatpay-timestamp': '1' };
      assert.equal(verified({ ...message, headers: later }), false);
      const sealed = JSON.parse(message.body);
      const { ciphertext } = sealed.resource;
      sealed.resource.ciphertext = (ciphertext[0] === 'A' ? 'B' : 'A') + ciphertext.slice(1);
      assert.throws(() => opened({ body: JSON.stringify(sealed) }));
    }]);
    const [part, rest] = [fresh('r-'), fresh('r-')];
    const single = payer === 'paypay';
    await said([`refund ${single ? 'of a part' : 'in parts'}, ${payer ?? 'own wallet'}`, async () => {
      assert.equal(await refused(refunds.post(refund(number, part, 1201))), '400 INVALID_REQUEST');
      // A refund that was refused has used its number up.
      const [first, again] = [refund(number, rest, 200), refund(number, rest, 201)];
      const { data } = await refunds.post(first);
      assert.equal(data.out_refund_no, rest);
      assert.deepEqual((await refunds.post(first)).data.amount, data.amount);
      assert.equal(await refused(refunds.post(again)), '400 INVALID_REQUEST');
      const made = await returned(rest);
      assert.equal(made.amount.refund, 200);
      assert.equal((await query(number)).data.trade_state, 'REFUND');
      const message = await heard(`of ${rest}`, 'REFUND.SUCCESS', 'out_refund_no', rest);
      assert.ok(verified(message));
      assert.equal(opened(message).amount.refund, 200);
      const last = fresh('r-');
      if (single) {
        // The wallet makes one refund of a payment.
        const more = refunds.post(refund(number, last, 1000));
        assert.equal(await refused(more), '400 INVALID_REQUEST');
      } else {
        await refunds.post(refund(number, last, 1000));
        await returned(last);
        const more = refunds.post(refund(number, fresh('r-'), 1));
        assert.equal(await refused(more), '400 INVALID_REQUEST');
      }
    }]);
  }

  await said(['close', async () => {
    const number = fresh('wx-');
    await create(native(number));
    const { status, data } = await close(number);
    assert.deepEqual([status, data], [204, '']);
    assert.equal((await query(number)).data.trade_state, 'CLOSED');
    assert.equal(await refused(create(native(number))), '400 ORDER_CLOSED');
  }]);

  for (const wallet of codes) {
    await said([`scanned code of ${wallet}, and reverse`, async () => {
      const [number, code] = [fresh('wx-'), await paymentCode(wallet)];
      const { data } = await scan(number, code);
      assert.equal(data.trade_state, 'SUCCESS');
      assert.equal(data.trade_type, 'MICROPAY');
      assert.equal(await refused(scan(number, code)), '400 ORDERPAID');
      const other = await refused(scan(number, await paymentCode(wallet)));
      assert.equal(other, '403 OUT_TRADE_NO_USED');
      assert.equal(await refused(scan(fresh('wx-'), code)), '400 AUTH_CODE_INVALID');
      // Not before 15 s in the network's own time; each answer but a 2xx says: again.
      const done = await until(`${number} is reversed`, () =>
        reverse(number).catch((error) => {
          assert.match(String(error.response?.data.code), /FREQUENCY_LIMITED|SYSTEM_ERROR/);
        }));
      assert.equal(done.status, 204);
      await stands(number, 'REVOKED');
    }]);
  }
  await said([`a wallet that takes its time`, async () => {
    const number = fresh('wx-');
    await scenario(codes[0], 'unknown_then_yes');
    const { status, data } = await scan(number, await paymentCode(codes[0]));
    // The switch waits a while for the wallet by itself; the network answers at once.
    const undecided = place === 'sandbox' ? 'USERPAYING' : 'SUCCESS';
    assert.equal(data.trade_state ?? data.code, undecided);
    assert.equal(status, global && place === 'sandbox' ? 202 : 200);
    await stands(number, 'SUCCESS');
  }]);
  await said(['a code of nobody', async () => {
    assert.match(await refused(scan(fresh('wx-'), scans)), /^400 AUTH_CODE_(ERROR|INVALID)$/);
  }]);

  await said(['what is not there', async () => {
    assert.equal(await refused(query(fresh('wx-'))), '404 ORDER_NOT_EXIST');
    assert.equal(await refused(close(fresh('wx-'))), '404 ORDER_NOT_EXIST');
    assert.equal(await refused(refundQuery(fresh('r-'))), '404 RESOURCE_NOT_EXISTS');
    const lost = orders.id._id_.get({ params: { mchid }, id: '4200000000000000000000000000' });
    assert.equal(await refused(lost), '404 ORDER_NOT_EXIST');
    assert.equal(await refused(wxpay.v3.pay.transactions.facepay.post({})), '404 RESOURCE_NOT_EXISTS');
  }]);
  await said(['wrong key, wrong certificate, another merchant', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const wrong = [
      { privateKey },
      { serial: '00'.repeat(20) },
      { mchid: '1900000001' },
    ];
    for (const part of wrong) {
      const stranger = new Wechatpay({ ...config, ...part, certs: { ...certs } });
      const call = stranger.v3.pay.transactions.native.post(native(fresh('wx-')));
      assert.equal(await refused(call), '401 SIGN_ERROR');
    }
  }]);
  await said(['an answer of another platform is not believed', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    const careful = new Wechatpay({ ...config, certs: { [serial]: pem } });
    await assert.rejects(careful.v3.certificates.get(), { code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' });
  }]);
}

const sandbox = { prefix: 'SANDBOX_WECHATPAY', payers: [null], codes: ['wechatpay'] };
const nobody = { scans: '990000000000000000' };
await drive('sandbox', { ...sandbox, ...nobody, currency: 'CNY', global: false });
await drive('sandbox', { ...sandbox, ...nobody, currency: 'JPY', global: true });

const facade = { prefix: 'FACADE_WECHATPAY', currency: 'JPY' };
await drive('facade', {
  ...facade, ...nobody, global: false, payers: ['noren', 'paypay', 'linepay'], codes: ['noren', 'linepay'],
});
await drive('facade', {
  ...facade, ...nobody, global: true, payers: ['wechatpay', 'linepay'], codes: ['wechatpay', 'alipayplus'],
});
shop.close();
