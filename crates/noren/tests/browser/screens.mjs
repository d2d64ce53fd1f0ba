// Every screen, and how somebody gets there. Each is held to what screens have to be (axe-core, 320
// pixels, text at twice its size, weight, language), and is one of the pictures of
// `cargo xtask screenshots`.
//
// `reach` is given a world and gives the page to look at. `language`: the page has one language only.
// `camera`: its camera is or was open.

import { tap } from './lib/browser.mjs';
import { approves, pair, picks, shows, typed, yen } from './lib/people.mjs';
import { api, order, pay, paymentCode, phoneUrl, scenario, shopUrl, store, switchUrl, until } from './lib/settings.mjs';

/** A page that is reached by its address alone. */
const at = (name, address, { tolerates, ...more } = {}) => ({
  name,
  reach: async (world) => {
    const page = await world.open();
    if (tolerates) page.own.tolerate(tolerates);
    await page.goto(await address());
    return page;
  },
  ...more,
});

/** A page of a till that is paired. */
const till = (name, then, more = {}) => ({
  name: `till/${name}`,
  reach: async (world) => {
    const page = await pair(await world.open());
    await then(page, world);
    return page;
  },
  ...more,
});

/** A page of a till that has an address. */
const tillAt = (name, path) => till(name, async (page) => page.goto(switchUrl() + path));

/** A page of a sandbox wallet. */
const phone = (name, path, then = async () => {}, more = {}) => ({
  name: `wallet/${name}`,
  reach: async (world) => {
    const page = await world.open();
    await page.goto(`${phoneUrl()}/wallet${path}`);
    await then(page, world);
    return page;
  },
  ...more,
});

export const SCREENS = [
  at('start', switchUrl),
  at('problems', () => `${switchUrl()}/problems`),

  at('till/first', () => `${switchUrl()}/till`),
  at('till/pair', () => `${switchUrl()}/till/pair`),
  till('amount', (page) => typed(page, 1280)),
  till('code', (page) => shows(page, 1280)),
  till('scan', async (page) => {
    await typed(page, 1280);
    await tap(page, '#scan');
    await page.locator('#view-scan').waitFor();
  }, { camera: true }),
  till('waiting', async (page) => {
    await typed(page, yen());
    await scenario('paypay', 'timeout', '--user', 'slow');
    await scans(page, await paymentCode('paypay', '--user', 'slow'));
    await page.locator('#view-wait').waitFor();
  }, { camera: true }),
  till('paid', async (page) => {
    await typed(page, 1280);
    await scans(page, await paymentCode('paypay'));
    await page.locator('#result-box.tone-good, #view-result').first().waitFor();
  }, { camera: true }),
  tillAt('watch', '/till/watch'),
  tillAt('sign-in', '/till/sign-in'),
  tillAt('supervisor', '/till/supervisor'),
  till('pin-wrong', (page, world) => mistypes(page, `Aoi-${world.language}`, 1)),
  till('pin-locked', (page, world) => mistypes(page, `Mio-${world.language}`, 6)),
  tillAt('today', '/till/today'),
  till('payment', async (page) => page.goto(`${switchUrl()}/till/payments/${await partlyRefunded()}`)),
  till('payment-unknown', async (page) => {
    page.own.tolerate(/status of 404/);
    await page.goto(`${switchUrl()}/till/payments/pay_0000000000000000000000000`);
  }),
  till('refund-question', async (page) => {
    await page.goto(`${switchUrl()}/till/payments/${await partlyRefunded()}`);
    await tap(page, '#refund-ask');
    await page.locator('#refund-sure').waitFor();
  }),
  till('refund-open', async (page) => {
    await page.goto(await unconfirmed(page));
    await page.locator('#refund-open-drop').waitFor();
  }),
  till('today-refund-open', async (page) => {
    await unconfirmed(page);
    await page.goto(`${switchUrl()}/till/today`);
    await page.locator('#open-refunds a').waitFor();
  }),
  till('receipt', async (page) => page.goto(`${switchUrl()}/till/payments/${await partlyRefunded()}/receipt`)),
  till('receipt-mixed', async (page) => {
    const at = `${switchUrl()}/till/payments/${(await paidOrder()).id}`;
    await page.goto(at);
    await page.locator('#reduced').fill('540');
    const kept = page.waitForEvent('load');
    await tap(page, 'form[action$="/tax"] button');
    await kept;
    await page.goto(`${at}/receipt?width=58`);
    await page.locator('.slip').waitFor();
  }),
  till('receipt-refund', async (page) => {
    await page.goto(`${switchUrl()}/till/payments/${await partlyRefunded()}`);
    await tap(page, '.rows a[href*="/receipt"]');
    await page.waitForURL(/\/till\/refunds\//);
  }),
  tillAt('close', '/till/close?expected=1000'),
  tillAt('poster', '/till/poster'),
  tillAt('poster-a5', '/till/poster?size=a5'),
  tillAt('poster-sticker', '/till/poster?size=sticker'),
  tillAt('poster-link', '/till/poster?code=link'),
  till('receipt-public', async (page) => {
    await page.goto(`${switchUrl()}/till/payments/${await partlyRefunded()}/receipt`);
    await tap(page, 'a[href^="/r/"]');
    await page.waitForURL(/\/r\//);
  }),

  phone('pick', ''),
  phone('home', '/noren'),
  phone('home-paypay', '/paypay'),
  phone('scan', '/noren/scan'),
  phone('code', '/noren/code'),
  phone('history', '/noren/history'),
  phone('sheet', '/noren', async (page) => {
    const amount = yen();
    await order('kusuri', amount);
    await page.reload();
    await picks(page, amount);
    await page.locator('details.approve').waitFor();
  }),
  phone('approve', '/noren', async (page) => {
    const amount = yen();
    await order('kusuri', amount);
    await page.reload();
    await picks(page, amount);
    await tap(page, 'details.approve > summary');
  }),
  phone('paid', '/noren', async (page) => {
    const amount = yen();
    await order('kusuri', amount);
    await page.reload();
    await picks(page, amount);
    await approves(page);
    await page.locator('.result').waitFor();
  }),

  at('checkout/choose', async () => `${switchUrl()}/checkout/${(await order('soba', 1280)).id}`),
  {
    name: 'checkout/open',
    reach: async (world) => {
      const page = await world.open();
      await page.goto(`${switchUrl()}/checkout/${(await order('soba', 1280)).id}`);
      await tap(page, page.locator('button[name=wallet][value=paypay]').first());
      await page.locator('[data-live] a.button').first().waitFor();
      return page;
    },
  },
  at('checkout/paid', async () => {
    const made = await order('soba', 1280);
    await pay(made.code, '--wallet', 'noren');
    const is = async () => (await api('soba', 'GET', `/v1/payments/${made.id}`)).status === 'captured';
    await until('it is paid', is);
    return `${switchUrl()}/checkout/${made.id}`;
  }),
  at('checkout/cancelled', async () => {
    const { id } = await order('soba', 1280);
    await api('soba', 'POST', `/v1/payments/${id}/cancel`, {});
    return `${switchUrl()}/checkout/${id}`;
  }),
  at('checkout/receipt', async () => `${switchUrl()}/checkout/${(await paidOrder()).id}/receipt`),
  at('checkout/nothing', async () => `${switchUrl()}/checkout/pay_0000000000000000000000000`, { tolerates: /status of 40[04]/ }),
  at('shop/goods', shopUrl),
  {
    name: 'shop/waiting',
    reach: async (world) => {
      const page = await world.open();
      await page.goto(shopUrl());
      await tap(page, page.locator('button[name=good]').first());
      await page.waitForURL(/\/checkout\/pay_/);
      await page.goto(await page.locator('.act a.button').last().getAttribute('href'));
      return page;
    },
  },
  at('checkout/link', async () => `${switchUrl()}/s/${await store('soba')}`),
];

/** The till's typed field takes a code, as a scanner by USB types it. */
async function scans(page, code) {
  await tap(page, '#scan');
  await page.locator('#typed').fill(code);
  await page.locator('#typed').press('Enter');
}

/** A payment of which a part was given back; gives its id. */
async function partlyRefunded() {
  const { id } = await paidOrder();
  const { id: refund } = await api('soba', 'POST', '/v1/refunds', { payment: id, amount: { amount: 300, currency: 'JPY' } });
  const done = async () => (await api('soba', 'GET', `/v1/refunds/${refund}`)).status === 'refunded';
  await until('a part is given back', done);
  return id;
}

/** An order that was paid with a code. */
async function paidOrder() {
  const made = await order('soba', 1280);
  await pay(made.code, '--wallet', 'noren');
  return until('it is paid', async () => {
    const now = await api('soba', 'GET', `/v1/payments/${made.id}`);
    return now.status === 'captured' ? now : null;
  });
}

/** A refund that was sent from this browser and has no known end; gives the address of its payment. */
async function unconfirmed(page) {
  const id = await partlyRefunded();
  const intent = {
    key: `lost-${id}`,
    amount: { amount: 200, currency: 'JPY' },
    at: Date.now() - 86_400_000,
    store: await store('soba'),
    lost: true,
  };
  await page.evaluate(([name, text]) => localStorage.setItem(name, text), [`refund:${id}`, JSON.stringify(intent)]);
  return `${switchUrl()}/till/payments/${id}`;
}

/** Somebody who works there gives a wrong PIN, so many times; nobody else is locked out by it. */
async function mistypes(page, name, times) {
  page.own.tolerate(/status of 403/);
  await api('soba', 'PUT', `/v1/staff/${name}`, { role: 'clerk', pin: '2468' });
  await page.goto(`${switchUrl()}/till/sign-in`);
  for (let time = 0; time < times; time += 1) {
    await tap(page, page.locator('label.person').filter({ hasText: name }));
    await page.locator('#pin').fill('1357');
    await Promise.all([page.waitForEvent('load'), page.locator('#pin').press('Enter')]);
  }
  await page.locator('.fault[role=alert]').waitFor();
}
