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
  const is = typeof name === 'string' ? (text) => text === name : (text) => name.test(text);
  const passed = [];
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (!now) continue;
    assert.ok(now.ring, `the focus cannot be seen on ${now.role} «${now.name}» of ${page.url()}`);
    assert.ok(!now.covered, `something lies over the focused ${now.role} «${now.name}» of ${page.url()}`);
    if (is(now.name)) return now;
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

/** A scanner by USB or Bluetooth: a keyboard that types very fast and ends with Enter. */
export async function scanner(page, text) {
  await page.keyboard.type(text, { delay: 4 });
  await page.keyboard.press('Enter');
}
