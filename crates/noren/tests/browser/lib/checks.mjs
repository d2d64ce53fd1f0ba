// What every page has to be: free of findings of axe-core, narrow enough, legible at twice the size,
// light, in one language and without a key in the place of a sentence.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { isKey } from './words.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/** Pages weigh at most so many bytes, compressed, before the camera is opened. */
export const WEIGHT_MAX = 100_000;

/** Fails with every finding of axe-core. The page's policy keeps out scripts that a test adds. */
export async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (rules) => window.axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] }),
    RULES,
  );
  const told = violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, failureSummary, html }) => {
      const why = (failureSummary ?? '').split('\n').slice(1, 3).join('; ').trim();
      return `${id} (${impact}): ${help}: ${target.join(' ')}: ${why}\n    ${html.slice(0, 200)}`;
    }),
  );
  assert.ok(told.length === 0, `axe-core on ${page.url()}:\n  ${told.join('\n  ')}`);
}

/** The bytes of everything that a page loaded since it was opened, compressed. */
export async function weight(page) {
  let total = 0;
  const parts = [];
  for (const response of page.own.bodies.splice(0)) {
    const status = response.status();
    const kind = response.headers()['content-type'] ?? '';
    // A stream of events has no end to wait for.
    if (status >= 300 || status === 204 || kind.startsWith('text/event-stream')) continue;
    const body = await response.body().catch(() => Buffer.alloc(0));
    const size = gzipSync(body).length;
    total += size;
    parts.push(`${size} ${new URL(response.url()).pathname}`);
  }
  return { total, parts };
}

/** Fails when what was loaded is heavier than a page may be. */
export async function light(page) {
  const { total, parts } = await weight(page);
  assert.ok(total <= WEIGHT_MAX, `${page.url()} weighs ${total} bytes:\n  ${parts.join('\n  ')}`);
  return total;
}

/** What sticks out to the right, when something does. */
const sticksOut = (width) => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll('*')].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > width + 1;
  });
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className} «${element.textContent.trim().slice(0, 40)}»`;
  return [`${root.scrollWidth} > ${width}`, ...wide.slice(0, 6).map(name)];
};

/** Fails when a page has to be scrolled sideways at a width of 320 pixels. */
export async function narrow(page, width = 320) {
  await page.setViewportSize({ width, height: 640 });
  await settled(page);
  const found = await page.evaluate(sticksOut, width);
  assert.deepEqual(found, [], `${page.url()} is too wide at ${width} px`);
}

/** What is cut off, and controls that lie over one another. */
const crowded = () => {
  const found = [];
  const name = (element) => `${element.tagName.toLowerCase()}#${element.id}.${element.className} «${(element.innerText ?? element.value ?? '').trim().slice(0, 40)}»`;
  const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  // What only screen readers are given is one pixel small, and meant to be.
  const tiny = (box) => box.width <= 2 || box.height <= 2;
  for (const element of document.body.querySelectorAll('*')) {
    if (!visible(element) || element.closest('svg') || tiny(element.getBoundingClientRect())) continue;
    const style = getComputedStyle(element);
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const control = element.matches('button, a, [role=button], summary, label');
    if (!text && !control) continue;
    const inline = style.display === 'inline';
    const hidden = (way) => ['hidden', 'clip'].includes(style[way]);
    if (!inline && element.scrollWidth > element.clientWidth + 2 && (control || hidden('overflowX'))) {
      found.push(`cut off to the right: ${name(element)}`);
    }
    if (!inline && element.scrollHeight > element.clientHeight + 4 && hidden('overflowY')) {
      found.push(`cut off below: ${name(element)}`);
    }
  }
  const controls = [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, summary')];
  const shown = controls.filter((element) => visible(element) && !tiny(element.getBoundingClientRect()));
  // A bar that stays in its place may lie over what scrolls beneath it.
  const fixed = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (['fixed', 'sticky'].includes(getComputedStyle(at).position)) return true;
    }
    return false;
  };
  shown.forEach((one, index) => {
    for (const other of shown.slice(index + 1)) {
      if (one.contains(other) || other.contains(one) || fixed(one) !== fixed(other)) continue;
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && high > 2) found.push(`over one another: ${name(one)} and ${name(other)}`);
    }
  });
  return found;
};

/** Fails when text at twice its size is cut off, lies over other text, or has to be scrolled sideways. */
export async function legible(page) {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await settled(page);
  const found = [...(await page.evaluate(sticksOut, 390)), ...(await page.evaluate(crowded))];
  await page.evaluate(() => (document.documentElement.style.fontSize = ''));
  assert.deepEqual(found, [], `${page.url()} at 200 % text`);
}

/** Fails when fingers are given less than 44 pixels. Links inside sentences are words. */
export async function reachable(page) {
  const found = await page.evaluate(() => {
    const controls = [...document.querySelectorAll('button, [role=button], input:not([type=hidden]), select, summary')];
    return controls
      .filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
      .map((element) => ({ element: element.closest('label') ?? element, name: element.computedName }))
      .map(({ element, name }) => ({ name, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 2 && (box.width < 43.5 || box.height < 43.5))
      .map(({ name, box }) => `${name}: ${Math.round(box.width)} × ${Math.round(box.height)}`);
  });
  assert.deepEqual(found, [], `${page.url()}: too small for a finger`);
}

/**
 * How much of a page may move by itself after it is drawn: Web Vitals call up to 0.1 of this sum good
 * (Cumulative Layout Shift). What moves under a finger makes it press something else.
 */
const MOVES_MAX = 0.005;

/** Fails when something that was drawn made room for something that came later; what ends a page may. */
export async function still(page) {
  const moved = await page.evaluate(() => window.movements.filter(({ what }) => !/^nav[^,]*$/.test(what)));
  const total = moved.reduce((sum, { value }) => sum + value, 0);
  const told = moved.map(({ value, what }) => `${value.toFixed(3)} ${what}`);
  assert.ok(total <= MOVES_MAX, `${page.url()} moves by itself, ${total.toFixed(3)}:\n  ${told.join('\n  ')}`);
}

/** Fails when the page is not said to be in this language, has no title, or shows a key for a sentence. */
export async function spoken(page, language) {
  const found = await page.evaluate(() => {
    const hole = /\{\s*\$?[a-z][\w-]*\s*\}|undefined|\[object |NaN/;
    const texts = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const { parentElement: parent } = walk.currentNode;
      if (parent.closest('script, style, code, pre, [translate=no]')) continue;
      texts.push(walk.currentNode.textContent.trim());
    }
    for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
        const value = element.getAttribute(name);
        if (value) texts.push(value.trim());
      }
    }
    return {
      lang: document.documentElement.lang,
      title: document.title.trim(),
      h1: [...document.querySelectorAll('h1')].filter((each) => each.checkVisibility()).length,
      holes: texts.filter((text) => hole.test(text)),
      texts,
    };
  });
  assert.equal(found.lang, language, `${page.url()}: lang`);
  assert.notEqual(found.title, '', `${page.url()}: title`);
  assert.ok(found.h1 === 1, `${page.url()}: ${found.h1} headings of the first order`);
  const odd = [...found.holes, ...found.texts.filter(isKey)];
  assert.deepEqual(odd, [], `${page.url()}: keys or holes in the place of sentences`);
}

/** Waits until the page has been laid out again. */
const settled = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/**
 * Everything that a page has to be, one after another; all that is wrong is told at once. With
 * `camera`, the page has opened its camera, and what reads codes may weigh what it does. Gives what
 * the page weighs.
 */
export async function sound(page, language, { camera = false } = {}) {
  const wrong = [];
  const hold = async (check) => check().catch((error) => wrong.push(error.message));
  let bytes = 0;
  await hold(async () => (bytes = camera ? (await weight(page)).total : await light(page)));
  await hold(() => spoken(page, language));
  await hold(() => reachable(page));
  await hold(() => axe(page));
  // By now a page has had time to do what it does a moment later.
  await hold(() => still(page));
  const size = page.viewportSize();
  await hold(() => narrow(page));
  await hold(() => legible(page));
  await page.setViewportSize(size);
  wrong.push(...page.own.faults.splice(0));
  assert.ok(wrong.length === 0, wrong.join('\n'));
  return bytes;
}
