// Every screen, and how somebody gets there. Each is held to what screens have to be (axe-core, 320
// pixels, text at twice its size, weight, language), and is one of the pictures of
// `cargo xtask screenshots`.
//
// `reach` is given a world and gives the page to look at. `language`: the page has one language only.
// `camera`: its camera is open. `names`: it lists names that look like keys of sentences.

import { api, order, phoneUrl, store, switchUrl } from './lib/settings.mjs';

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

export const SCREENS = [
  at('problems', '/problems', { language: 'en', names: true }),
  {
    name: 'checkout/choose',
    language: 'en',
    reach: async (world) => {
      const { id } = await order('soba', 1280);
      const page = await world.open();
      await page.goto(`${switchUrl()}/checkout/${id}`);
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
