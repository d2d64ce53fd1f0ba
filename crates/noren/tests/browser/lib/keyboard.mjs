// Somebody who has a keyboard and nothing else.

import assert from 'node:assert/strict';

/** What has the focus: what a screen reader says of it, and whether it can be seen to have it. */
export const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return {
      name: element.computedName ?? element.innerText ?? '',
      role: element.computedRole ?? element.tagName.toLowerCase(),
      id: element.id,
      ring: ring || style.boxShadow !== 'none',
      covered: !(at && (element.contains(at) || at.contains(element) || at.closest('label')?.control === element)),
    };
  });

/** Presses Tab until what has the focus is called so; on the way, the focus is seen at every step. */
export async function tabTo(page, name, most = 60) {
  const is = typeof name === 'string' ? (now) => now.name === name : (now) => name.test(now.name);
  return tabUntil(page, is, name, most);
}

/** Presses Tab until this has the focus. */
export async function tabOnto(page, selector, most = 60) {
  const is = () => page.evaluate((wanted) => document.activeElement.matches(wanted), selector);
  return tabUntil(page, is, selector, most);
}

async function tabUntil(page, is, name, most) {
  const passed = [];
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (!now) continue;
    assert.ok(now.ring, `the focus cannot be seen on ${now.role} «${now.name}» of ${page.url()}`);
    assert.ok(!now.covered, `something lies over the focused ${now.role} «${now.name}» of ${page.url()}`);
    if (await is(now)) return now;
    passed.push(`${now.role} «${now.name}»`);
  }
  assert.fail(`no Tab leads to ${name} on ${page.url()}; passed: ${passed.join(', ')}`);
}

/** Goes there and presses Enter; Space does the same on buttons. */
export async function press(page, name, key = 'Enter') {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

/** Goes to a field and types. */
export async function fill(page, name, text) {
  await tabTo(page, name);
  await page.keyboard.type(text);
}

/**
 * A scanner by USB or Bluetooth: a keyboard that types faster than anybody, and ends with Enter. The keys
 * bear the times at which the device would have sent them, so that a busy machine does not make a slow
 * hand of them. `pause`: after so many letters the device's radio is silent for so long.
 */
export async function scanner(page, text, pause = { after: text.length, ms: 0 }) {
  const session = await page.context().newCDPSession(page);
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 };
  const keys = [...text].map((letter) => [{ key: letter }, letter]).concat([[enter, '\r']]);
  let at = Date.now();
  const types = (part) => Promise.all(part.flatMap(([key, typed]) => {
    at += 5;
    const timestamp = at / 1000;
    return [
      session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key, text: typed, unmodifiedText: typed, timestamp }),
      session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key, timestamp }),
    ];
  }));
  await types(keys.slice(0, pause.after));
  at += pause.ms;
  if (pause.ms) await page.waitForTimeout(at - Date.now());
  await types(keys.slice(pause.after));
  await session.detach();
}
