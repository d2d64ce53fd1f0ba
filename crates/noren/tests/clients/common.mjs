// What the scripts share: the shell's `noren`, a till's own server, and one line for each case.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A variable of `noren sandbox env`, or of the test. */
export function setting(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

/** A key of the state folder, as text. */
export const keyFile = (name) => readFileSync(setting(name), 'utf8');

/** A number that no other run has used. */
export const fresh = (prefix) => prefix + randomBytes(6).toString('hex');

/** Runs `noren` with these arguments; gives what it printed. NOREN_DATA tells it where. */
export async function noren(...args) {
  const { stdout } = await execute(setting('NOREN'), args);
  return stdout.trim();
}

/** A sandbox user pays an open order, by order number, network number, or the text of a code. */
export const pay = (what, ...more) => noren('sandbox', 'pay', what, ...more);

/** A payment code of a sandbox user, for a till to scan. */
export const paymentCode = (wallet) => noren('sandbox', 'code', '--wallet', wallet);

/** What a user's next payments or refunds meet. */
export const scenario = (wallet, name) =>
  noren('sandbox', 'scenario', '--wallet', wallet, name);

/** Runs one case and prints its line; a case that throws ends the script with an exit code. */
export async function test(place, name, body) {
  try {
    await body();
  } catch (error) {
    console.log(`FAILED ${place} ${name}`);
    throw error;
  }
  console.log(`ok ${place} ${name}`);
}

/** Asks until the answer is something, for a time. */
export async function until(what, ask, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await ask();
    if (found) return found;
    assert.ok(Date.now() < end, `waited ${seconds} s until ${what}, in vain`);
    await new Promise((later) => setTimeout(later, 100));
  }
}

/** The till's own server: keeps every message that it is told, and answers as `answer` says. */
export async function till(answer = () => ({ status: 200, body: '' })) {
  const heard = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const message = {
        method: request.method,
        path: request.url,
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      };
      heard.push(message);
      const { status, headers, body } = answer(message);
      response.writeHead(status, headers ?? {});
      response.end(body);
    });
  });
  const port = Number(setting('NOTIFY_PORT'));
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  return {
    heard,
    url: `http://127.0.0.1:${port}/notify`,
    /** The first message for which `is` is true, once it has come. */
    told: (what, is) => until(`the till is told ${what}`, () => heard.find(is)),
    close: () => server.close(),
  };
}
