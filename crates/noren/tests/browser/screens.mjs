// Every screen, and how somebody gets there. Each is held to what screens have to be (axe-core, 320
// pixels, text at twice its size, weight, language), and is one of the pictures of
// `cargo xtask screenshots`.
//
// `reach` is given a world and gives the page to look at. `language`: the page has one language only.
// `camera`: its camera is open. `names`: it lists names that look like keys of sentences.

import { USER_AGENTS } from './lib/browser.mjs';
import { api, order, pay, phoneUrl, shopUrl, store, switchUrl } from './lib/settings.mjs';

/** A page that is reached by its address alone. */
const at = (name, path, more = {}) => ({
  name,
  reach: async (world) => {
    const page = await world.open();
    await page.goto(switchUrl() + path);
    return page;
  },
  ...more,
});

/** A page of a wallet's phone; `then` goes on from there. */
const phone = (name, path, then = async () => {}) => ({
  name,
  reach: async (world) => {
    const page = await world.open();
    await page.goto(`${phoneUrl()}/wallet${path}`);
    await then(page, world);
    return page;
  },
});

/** Types a code that carries its amount, or a printed one. */
const read = async (page, code) => {
  await page.locator('#code').fill(code);
  await page.locator('#typed button').click();
  await page.locator('[data-step]:not([data-step="looking"])').waitFor();
};

/** The page of a new order, after something was done there. */
const checkout = (name, options = {}, act = async () => {}, more = {}) => ({
  name,
  // Order numbers look like keys.
  names: true,
  reach: async (world) => {
    const made = await order('soba', 1280, { return_url: `${shopUrl()}/`, ...more });
    const page = await world.open(options);
    await page.goto(made.checkout_url);
    await act(page, made);
    return page;
  },
});

const chosen = (wallet) => async (page) => {
  await page.locator(`button[value="${wallet}"]`).click();
  await page.locator('.code, a.own').waitFor();
};

const paid = async (page, made) => {
  await chosen('paypay')(page);
  await pay(made.id, '--wallet', 'paypay');
  await page.locator('[data-stay]').click();
};

export const SCREENS = [
  at('problems', '/problems', { language: 'en', names: true }),
  at('start', '/'),
  checkout('checkout/choose'),
  checkout('checkout/choose-in-wechat', { userAgent: USER_AGENTS.wechat }),
  checkout('checkout/open', {}, chosen('paypay')),
  checkout('checkout/code', { device: 'desktop' }, chosen('wechatpay')),
  checkout('checkout/paid', {}, paid),
  checkout('checkout/receipt', {}, async (page, made) => {
    await paid(page, made);
    await page.goto(`${made.checkout_url}/receipt`);
  }),
  checkout('checkout/expired', {}, (page) => page.locator('.tone-bad').waitFor(), { expires_in_seconds: 1 }),
  {
    name: 'checkout/shop-link',
    reach: async (world) => {
      const page = await world.open({ userAgent: USER_AGENTS.line });
      await page.goto(`${switchUrl()}/s/${await store()}`);
      return page;
    },
  },
  {
    name: 'checkout/nobodys',
    reach: async (world) => {
      const page = await world.open();
      page.own.tolerate(/status of 40[04]/);
      await page.goto(`${switchUrl()}/s/sto_0000000000000000000000001`);
      return page;
    },
  },
  {
    name: 'shop/front',
    reach: async (world) => {
      const page = await world.open();
      await page.goto(shopUrl());
      return page;
    },
  },
  {
    name: 'shop/waiting',
    names: true,
    reach: async (world) => {
      const page = await world.open();
      await page.goto(shopUrl());
      await page.locator('button[value="fan"]').click();
      await page.waitForURL('**/checkout/pay_*');
      await page.goto(await page.locator('a.button.wide').getAttribute('href'));
      return page;
    },
  },
  phone('wallet/pick', ''),
  phone('wallet/home', '/noren', async (page) => {
    for (const drawer of await page.locator('.drawer > summary').all()) await drawer.click();
  }),
  phone('wallet/scan', '/paypay/scan'),
  phone('wallet/amount', '/noren/scan', async (page) => {
    await read(page, (await api('soba', 'GET', `/v1/stores/${await store('soba')}/code`)).code);
  }),
  phone('wallet/approve', '/noren/scan', async (page) => {
    await read(page, (await order('soba', 1281)).code);
    await page.locator('.approve > summary').click();
  }),
  phone('wallet/paid', '/noren/scan', async (page) => {
    await read(page, (await order('soba', 1282)).code);
    await page.locator('.approve > summary').click();
    await page.locator('button[value="fingerprint"]').click();
    await page.locator('[data-step="paid"]').waitFor();
  }),
  phone('wallet/notice', '/alipay/scan', async (page, world) => {
    await page.locator('#code').fill('soba');
    await page.locator('#typed button').click();
    await page.getByText(world.say('wallet-is-nothing')).waitFor();
  }),
  phone('wallet/code', '/wechatpay/code'),
  phone('wallet/history', '/noren/history'),
];
