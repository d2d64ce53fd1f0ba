// Calls of the till to its server. What comes back is an answer of the switch, or `Lost`: then nobody
// here knows what became of the call, and it is repeated with the same key.

import { connection } from './frame.js';

/** No answer came, or none that is the switch's. The call may have been carried out. */
export class Lost extends Error {}

/** The switch says: nothing was refused for good, repeat with the same key in `seconds`. */
export class Again extends Error {
  constructor(code, seconds) {
    super(code);
    this.code = code;
    this.seconds = seconds;
  }
}

/** How much the server's clock is ahead of ours, in ms. */
let ahead = 0;

/** Now, by the server's clock. */
export function serverNow() {
  return Date.now() + ahead;
}

// Longer than any answer takes, and shorter than a clerk's patience.
const PATIENCE_MS = 8_000;
const SLOW_MS = 2_500;

async function send(method, path, { key, body, wait = 0, signal }) {
  const headers = {};
  if (key) headers['idempotency-key'] = key;
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (wait) headers.prefer = `wait=${wait}`;
  const ending = new AbortController();
  const stop = () => ending.abort();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  const late = setTimeout(stop, wait * 1000 + PATIENCE_MS);
  const slow = setTimeout(() => connection('slow'), wait * 1000 + SLOW_MS);
  try {
    const init = { method, headers, signal: ending.signal, cache: 'no-store', redirect: 'error' };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await fetch(path, init);
    const date = Date.parse(response.headers.get('date') ?? '');
    if (date) ahead = date - Date.now();
    const answer = await response.json();
    return { status: response.status, answer, after: Number(response.headers.get('retry-after')) };
  } catch (error) {
    // Whoever asked has something better to do: that says nothing about the connection.
    if (!signal?.aborted) connection('off');
    throw new Lost(String(error));
  } finally {
    clearTimeout(late);
    clearTimeout(slow);
    signal?.removeEventListener('abort', stop);
  }
}

/** Calls, and gives `{ok, answer}`; `answer` is what was asked for or a problem. Throws `Lost` or `Again`.
 * A till that is none any more, or at which nobody is signed in, is led to where that is mended. */
export async function call(method, path, options = {}) {
  const { status, answer, after } = await send(method, path, options);
  // An answer of something between us and the switch is no answer of the switch.
  if (status >= 400 && typeof answer?.code !== 'string') {
    connection('off');
    throw new Lost(`status ${status}`);
  }
  connection('on');
  if (answer.code === 'till-unpaired' || answer.code === 'nobody-signed-in') {
    location.assign('/till');
    throw new Again(answer.code, 5);
  }
  if (status >= 400 && answer.retry === 'same_key') throw new Again(answer.code, after || 1);
  return { ok: status < 400, answer };
}
