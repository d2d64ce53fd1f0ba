// The page of an order keeps itself up to date: it asks until something has changed, and then puts
// the new page in the place of the old one.

import { word } from '../words.js';

const PAUSE = 2000;
let leaving = 0;
let following = false;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const show = (selector, shown) => {
  const element = document.querySelector(selector);
  if (element) element.hidden = !shown;
};

/** The time left, by the server's clock. */
function countDown() {
  const element = document.querySelector('[data-until]');
  if (!element) return;
  element.skew ??= Number(element.dataset.now) - Date.now();
  const left = Math.max(0, Math.ceil((Number(element.dataset.until) - Date.now() - element.skew) / 1000));
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  element.textContent = word('common-time-left', { time: clock });
}

/** The way back to the shop, after some seconds that the reader may stop. */
function goBack() {
  const link = document.querySelector('[data-back]');
  const stay = document.querySelector('[data-stay]');
  const told = document.querySelector('[data-back-soon]');
  if (!link || !stay || !told) return;
  let left = Number(link.dataset.back);
  const tell = () => { told.textContent = word('checkout-back-soon', { seconds: left }); };
  tell();
  told.hidden = stay.hidden = false;
  clearInterval(leaving);
  leaving = setInterval(() => {
    left -= 1;
    if (left > 0) return tell();
    clearInterval(leaving);
    location.assign(link.href);
  }, 1000);
  stay.addEventListener('click', () => {
    clearInterval(leaving);
    told.hidden = stay.hidden = true;
    link.focus();
  });
}

/** Two taps are one choice. */
function once() {
  for (const form of document.querySelectorAll('form[data-once]')) {
    let sent = false;
    form.addEventListener('submit', (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
  }
}

/** The page as it is now, in the place of the one that is shown. False: this page is left for another. */
async function renew() {
  const answer = await fetch(location.href, { cache: 'no-store', redirect: 'manual' });
  if (answer.type === 'opaqueredirect') {
    // On to a shop's own site, where a navigation gets and a script does not.
    location.reload();
    return false;
  }
  if (!answer.ok) throw new TypeError(`status ${answer.status}`);
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, 'text/html');
  document.title = page.title;
  document.querySelector('main').replaceWith(document.adoptNode(page.querySelector('main')));
  begin();
  return true;
}

/** Asks until the page has something else to show. */
async function follow() {
  if (following) return;
  following = true;
  for (;;) {
    const place = document.querySelector('[data-live]');
    if (!place) break;
    const { live, mark } = place.dataset;
    try {
      const answer = await fetch(live, {
        headers: { prefer: 'wait=20', 'if-none-match': `"${mark}"` },
        signal: AbortSignal.timeout(30000),
        cache: 'no-store',
      });
      if (answer.status === 200) {
        if (!(await renew())) break;
      } else if (answer.status !== 304) await wait(PAUSE);
      show('[data-offline]', false);
    } catch {
      show('[data-offline]', true);
      await wait(PAUSE);
    }
  }
  following = false;
}

function begin() {
  countDown();
  goBack();
  once();
}

begin();
setInterval(countDown, 500);
follow();
// Shown again by the back button, from memory: what it says may be old.
addEventListener('pageshow', (event) => { if (event.persisted) renew().then((stays) => stays && follow(), () => location.reload()); });
