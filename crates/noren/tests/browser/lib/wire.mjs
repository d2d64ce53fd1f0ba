// The network between a browser and the demo, which a test cuts: a proxy of HTTP, so that addresses
// and origins stay what they are, and requests of service workers pass here too.
//
// Nothing is kept alive, because a browser sends a request again by itself, a POST too, when a kept
// connection breaks under it.

import { createServer, request as ask } from 'node:http';
import { connect } from 'node:net';

/** So long after the network is back, a browser may still tell of what was lost. */
const LATE_MS = 5_000;

export class Wire {
  #server = createServer((request, response) => this.#pass(request, response));
  #sockets = new Set();
  #rules = new Set();
  #down = false;
  #mended = 0;
  /** Every request that was sent: `METHOD /path`. */
  asked = [];

  static async start() {
    const wire = new Wire();
    wire.#server.on('connection', (socket) => {
      wire.#sockets.add(socket);
      socket.on('close', () => wire.#sockets.delete(socket));
      socket.on('error', () => {});
      if (wire.#down) socket.destroy();
    });
    // What is not plain HTTP has no business here.
    wire.#server.on('connect', (_, socket) => socket.destroy());
    await new Promise((ready) => wire.#server.listen(0, '127.0.0.1', ready));
    return wire;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.cut();
    this.#server.close();
  }

  /** Breaks every connection and takes no other until it is restored. */
  cut() {
    this.#down = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore() {
    this.#down = false;
    this.#mended = Date.now();
    for (const rule of this.#rules) rule.end();
  }

  /**
   * True while something is cut, and shortly after: what a page then says in the console is no fault of
   * it, and comes late.
   */
  get broken() {
    return this.#down || this.#rules.size > 0 || Date.now() - this.#mended < LATE_MS;
  }

  /** Requests like this one (`POST /v1/payments`, or a pattern) never arrive. */
  loseRequest(what, times = Infinity) {
    return this.#rule('request', what, times);
  }

  /** Requests like this one arrive, and what is answered never comes back. */
  loseAnswer(what, times = Infinity) {
    return this.#rule('answer', what, times);
  }

  /** Requests like this one never arrive, and something on the way answers them, as a proxy does. */
  answerFor(what, status, body, times = Infinity) {
    return Object.assign(this.#rule('other', what, times), { status, body: JSON.stringify(body) });
  }

  #rule(kind, what, times) {
    const is = typeof what === 'string' ? (line) => line.startsWith(what) : (line) => what.test(line);
    let lost;
    const rule = {
      kind,
      is,
      times,
      /** How many were lost. */
      count: 0,
      /** Resolves when the first one was lost. */
      hit: new Promise((resolve) => (lost = resolve)),
      lost: () => lost(),
      end: () => {
        this.#mended = Date.now();
        this.#rules.delete(rule);
      },
    };
    this.#rules.add(rule);
    return rule;
  }

  #ruleFor(line) {
    for (const rule of this.#rules) {
      if (rule.count < rule.times && rule.is(line)) return rule;
    }
    return null;
  }

  #pass(request, response) {
    const url = new URL(request.url);
    const line = `${request.method} ${url.pathname}${url.search}`;
    this.asked.push(line);
    const rule = this.#ruleFor(line);
    if (rule) rule.count += 1;
    if (rule?.kind === 'request') {
      request.socket.destroy();
      rule.lost();
      return;
    }
    if (rule?.kind === 'other') {
      response.writeHead(rule.status, { 'content-type': 'application/json', connection: 'close' });
      response.end(rule.body);
      rule.lost();
      return;
    }
    const headers = { ...request.headers, connection: 'close' };
    delete headers['proxy-connection'];
    const { hostname: host, port } = url;
    const path = url.pathname + url.search;
    const onward = ask({ host, port, method: request.method, path, headers, agent: false });
    onward.on('response', (answer) => {
      if (rule) {
        answer.resume();
        answer.on('close', () => {
          request.socket.destroy();
          rule.lost();
        });
        return;
      }
      const kept = { ...answer.headers, connection: 'close' };
      response.writeHead(answer.statusCode, kept);
      response.flushHeaders();
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => request.socket.destroy());
    // A stream of events ends for the server, too, when the browser goes.
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }
}

/** True when something listens there. */
export function listens(url) {
  const { hostname, port } = new URL(url);
  return new Promise((answer) => {
    const socket = connect(Number(port), hostname, () => (socket.destroy(), answer(true)));
    socket.on('error', () => answer(false));
  });
}
