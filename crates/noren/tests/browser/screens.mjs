// Every screen, and how somebody gets there. Each is held to what screens have to be (axe-core, 320
// pixels, text at twice its size, weight, language), and is one of the pictures of
// `cargo xtask screenshots`.
//
// `reach` is given a world and gives the page to look at. `language`: the page has one language only.
// `camera`: its camera is open. `names`: it lists names that look like keys of sentences.

import { order, switchUrl } from './lib/settings.mjs';

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
];
