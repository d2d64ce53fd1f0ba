// What one flow is given: its language, its people's windows, and the end of all of them.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { faultless, open, start } from './browser.mjs';
import { setting } from './settings.mjs';
import { pattern, say } from './words.mjs';

export class World {
  #browser;
  #own = [];
  #pages = [];

  constructor(browser, name, language, options = {}) {
    this.#browser = browser;
    this.name = name;
    this.language = language;
    /** What every window has that does not say otherwise: device, colours. */
    this.options = options;
  }

  /**
   * Somebody's window. Options: `device` (phone, small, tablet, desktop), `userAgent`, `camera` (a file
   * of `camera()`), `wire: true` for a network that can be cut, `language`, and whatever Playwright's
   * contexts take. What went wrong in any window fails the flow at its end.
   */
  async open(options = {}) {
    let browser = this.#browser;
    if (options.camera) {
      browser = await start(options);
      this.#own.push(browser);
    }
    const page = await open(browser, { language: this.language, ...this.options, ...options });
    this.#pages.push(page);
    return page;
  }

  /** The sentence of that key in the flow's language. */
  say(key, args) {
    return say(this.language, key, args);
  }

  /** The same as a pattern; an argument that is not given may be anything. */
  pattern(key, args) {
    return pattern(this.language, key, args);
  }

  /** Fails when any window told of a fault. */
  check() {
    this.#pages.forEach(faultless);
  }

  /** Pictures of all windows, for whoever asks why it failed. */
  async pictures() {
    const folder = join(setting('NOREN_BROWSER_OUT'), 'failed');
    mkdirSync(folder, { recursive: true });
    const files = [];
    for (const [n, page] of this.#pages.entries()) {
      const file = join(folder, `${this.name}-${this.language}-${n + 1}.png`.replaceAll('/', '-'));
      const taken = await page.screenshot({ path: file, timeout: 5_000 }).then(() => true, () => false);
      if (taken) files.push(`${page.url()} ${file}`);
    }
    return files;
  }

  async close() {
    for (const page of this.#pages) {
      await page.context().close().catch(() => {});
      page.own.wire?.close();
    }
    for (const browser of this.#own) await browser.close().catch(() => {});
  }
}
