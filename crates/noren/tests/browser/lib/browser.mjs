// Chromium, and pages that tell on themselves: an error in the console, a breach of the content
// policy, or a request that leaves the demo is a fault wherever it happens.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

import { setting } from './settings.mjs';
import { Wire } from './wire.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-domain-reliability',
  '--disable-default-apps',
  '--autoplay-policy=no-user-gesture-required',
  // Names of other machines lead nowhere.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  // The name and the role that a screen reader is told.
  '--enable-blink-features=ComputedAccessibilityInfo',
];

const CAMERA = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];

const MOBILE = {
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  userAgent:
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
};

/** What people hold, or sit in front of. */
export const DEVICES = {
  phone: { viewport: { width: 390, height: 844 }, ...MOBILE },
  small: { viewport: { width: 320, height: 640 }, ...MOBILE },
  tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

/** The browsers inside wallets' apps, by what they say of themselves. */
export const USER_AGENTS = {
  paypay:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 jp.ne.paypay.iosapp/5.9.0 PayPay/5.9.0',
  wechat:
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.54.2740(0x28003630) NetType/WIFI Language/zh_CN',
  alipay:
    'Mozilla/5.0 (Linux; U; Android 15; zh-CN; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/108.0.0.0 Mobile Safari/537.36 AlipayClient/10.6.80.8000',
  line: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/14.19.0',
};

/** Starts Chromium; with `camera`, a file of frames that its camera sees. */
export async function start({ camera } = {}) {
  const seen = camera ? [`--use-file-for-fake-video-capture=${camera}`] : [];
  return chromium.launch({
    executablePath: setting('CHROMIUM'),
    args: [...FLAGS, ...CAMERA, ...seen],
    // Chromium's own proxy settings come from the environment, which is not the demo's.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name))),
  });
}

/** Where requests may go: the addresses of the demo. */
function addresses() {
  const values = Object.entries(process.env).filter(([name]) => name.endsWith('_URL'));
  const urls = values.map(([, value]) => value).filter((value) => /^http:\/\//.test(value));
  return new Set(urls.map((url) => new URL(url).origin));
}

/** Runs in each page before its own scripts. */
function witness() {
  document.addEventListener('securitypolicyviolation', (event) => {
    const where = `${event.sourceFile ?? ''}:${event.lineNumber ?? ''}`;
    console.error(`content policy: ${event.violatedDirective} blocked ${event.blockedURI} ${where}`);
  });
  // What moved by itself, for the check of lib/checks.mjs.
  window.movements = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      const name = ({ node }) => node?.nodeType === 1 ? `${node.tagName.toLowerCase()}#${node.id}.${node.className}` : '#text';
      window.movements.push({ value, what: sources.map(name).join(', ') });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/**
 * Opens a window of its own: cookies, language and device of somebody. The page has, as `page.own`:
 * `taps` (how many so far), `faults` (what was wrong), `bodies` (what was loaded), `wire` (with
 * `wire: true`, the network that can be cut) and `tolerate(pattern)` for what a test causes.
 */
export async function open(browser, options = {}) {
  const { device = 'phone', language = 'ja', wire: cuttable = false, ...more } = options;
  const wire = cuttable ? await Wire.start() : null;
  const { camera: _, ...context } = more;
  const window = await browser.newContext({
    ...DEVICES[device],
    locale: { ja: 'ja-JP', en: 'en-US', 'zh-Hans': 'zh-CN', ko: 'ko-KR', th: 'th-TH' }[language],
    timezoneId: 'Asia/Tokyo',
    permissions: ['camera'],
    ...(wire ? { proxy: { server: wire.url, bypass: '<-loopback>' } } : {}),
    ...context,
  });
  window.setDefaultTimeout(15_000);
  await window.addInitScript(witness);
  const own = { touch: DEVICES[device].hasTouch ?? false, taps: 0, faults: [], tolerated: [], bodies: [], wire, offline: false };
  own.tolerate = (pattern) => own.tolerated.push(pattern);
  const allowed = addresses();
  window.on('request', (request) => {
    // Another page begins: what it weighs is counted from here, kept files included.
    if (request.isNavigationRequest() && !request.redirectedFrom() && !request.frame().parentFrame()) own.bodies.length = 0;
    const url = new URL(request.url());
    if (['data:', 'blob:', 'about:'].includes(url.protocol)) return;
    if (!allowed.has(url.origin)) note(own, `a request left the demo: ${request.url()}`);
  });
  window.on('response', (response) => {
    own.bodies.push(response);
    if (response.status() >= 500) note(own, `the answer is ${response.status()}: ${response.url()}`);
  });
  window.on('console', (message) => {
    if (message.type() !== 'error') return;
    const { url } = message.location();
    note(own, `console: ${message.text()} (${url})`);
  });
  window.on('weberror', (event) => {
    const { name, message, stack } = event.error();
    note(own, `script: ${name}: ${message} ${(stack ?? '').split('\n')[1]?.trim() ?? ''}`);
  });
  const page = await window.newPage();
  page.own = own;
  // Windows that a page opens belong to the same person.
  window.on('page', (other) => (other.own = own));
  return page;
}

/** What a browser says when the network is cut, or the page that asked is left. */
const CUT = /net::ERR_|Failed to fetch|NetworkError|fetching the script/;

function note(own, text) {
  if ((own.offline || own.wire?.broken) && CUT.test(text)) return;
  if (own.tolerated.some((pattern) => pattern.test(text))) return;
  // Once is enough, however often a page says it.
  if (!own.faults.includes(text)) own.faults.push(text);
}

const FAULTS = 'the page told of faults';

/** True for what [`faultless`] throws. */
export const isOfFaults = (error) => error.message?.startsWith(FAULTS) ?? false;

/** Fails when anything was wrong so far. */
export function faultless(page) {
  const { faults } = page.own;
  assert.ok(faults.length === 0, `${FAULTS}:\n  ${faults.join('\n  ')}`);
}

/** The browser itself knows that it is off line, as when a phone has no reception; or again on line. */
export async function offline(page, off = true) {
  page.own.offline = page.own.offline || off;
  await page.context().setOffline(off);
}

/** A tap on something, counted. */
export async function tap(page, what) {
  const target = typeof what === 'string' ? page.locator(what) : what;
  page.own.taps += 1;
  if (page.own.touch) await target.tap();
  else await target.click();
}
