// Calls of the phone's scripts. A phone can be told to have no connection; then none of them leaves.

const OFFLINE = 'wallet-offline';

export function isOffline() {
  return sessionStorage.getItem(OFFLINE) === 'yes';
}

export function setOffline(on) {
  if (on) sessionStorage.setItem(OFFLINE, 'yes');
  else sessionStorage.removeItem(OFFLINE);
}

/** The text of a part of a page; `null` when there is nothing yet. Throws when nobody answers. */
export async function part(url, form) {
  if (isOffline()) throw new TypeError('offline');
  const options = { headers: { 'x-part': '1' }, cache: 'no-store', signal: AbortSignal.timeout(8000) };
  if (form) {
    options.method = 'POST';
    options.body = new URLSearchParams(form);
  }
  const answer = await fetch(url, options);
  if (answer.status === 204) return null;
  if (!answer.ok) throw new TypeError(`status ${answer.status}`);
  return answer.text();
}

/** `1:05` from milliseconds. */
export function clock(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Says that there is no connection, or that it is back. */
export function lost(yes) {
  const note = document.getElementById('lost');
  if (note && note.hidden === yes) note.hidden = !yes;
}

/** The sheet of a payment that is under way, for the home to lead back to. */
export const unfinished = {
  key: 'wallet-unfinished',
  get: () => localStorage.getItem(unfinished.key),
  set: (url) => localStorage.setItem(unfinished.key, url),
  clear: (url) => {
    if (!url || unfinished.get() === url) localStorage.removeItem(unfinished.key);
  },
};
