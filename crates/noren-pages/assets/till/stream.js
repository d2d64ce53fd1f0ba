// What happens to payments, as the switch tells it. One window of a browser listens and tells the others:
// a browser opens only a few connections to one server.

import { facts } from './facts.js';

const HEARD = `noren.till.heard.${facts.store}`;
/** A place in the events that is older than this is not gone back to. */
const HEARD_MAX_MS = 12 * 3_600_000;
/** The server is heard of every 15 s. */
const SILENCE_MS = 40_000;
const AGAIN_MS = 2_000;

function heard() {
  try {
    const { id, at } = JSON.parse(localStorage.getItem(HEARD));
    return Date.now() - at < HEARD_MAX_MS ? id : null;
  } catch {
    return null;
  }
}

/** `onEvent(event)` for each event of the merchant, and what it returns ends when the event is dealt with:
 * until then the place before it is kept. `onState(live)` when the connection begins or ends. */
export function listen({ onEvent, onState }) {
  const channel = new BroadcastChannel(`noren.till.stream.${facts.store}`);
  let live = null;
  let leading = false;
  let source = null;
  let opened = Infinity;
  let watchdog;
  let dealt = Promise.resolve();
  // For this window: the place it keeps for others may be further back.
  let last = null;

  // Everything that is heard, of the switch or of the window that leads, puts off the silence.
  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, SILENCE_MS);
  };
  const deliver = ({ event, live }) => {
    if (live !== undefined) onState(live);
    return event && onEvent(event);
  };
  const tell = (message) => {
    channel.postMessage(message);
    return deliver(message);
  };
  const pass = (id, event) => {
    last = id || last;
    // Each after those before it.
    dealt = Promise.all([dealt, event && tell({ event })]).then(() => { if (id) note(id); });
  };

  const open = () => {
    last ??= heard();
    opened = Infinity;
    source = new EventSource(`/till/v1/events/stream${last ? `?after=${last}` : ''}`);
    source.onopen = () => {
      opened = Date.now();
      isLive();
    };
    source.addEventListener('alive', (message) => {
      pass(message.lastEventId, null);
      isLive();
    });
    source.onmessage = (message) => {
      isLive();
      pass(message.lastEventId, JSON.parse(message.data));
    };
    source.onerror = () => {
      source.close();
      // Streams end now and then and begin again: the connection is lost when that fails.
      if (Date.now() - opened > AGAIN_MS) open();
      else lost();
    };
    alive();
  };
  const isLive = () => {
    alive();
    tell({ live: live = true });
  };
  // A window that only hears of the stream by another, and hears nothing, opens one of its own.
  const lost = () => {
    clearTimeout(watchdog);
    if (!leading) return lead();
    source.close();
    tell({ live: live = false });
    setTimeout(open, AGAIN_MS);
  };
  const lead = () => {
    if (leading) return;
    leading = true;
    open();
  };

  // A window that opens later asks how things are.
  channel.onmessage = ({ data }) => {
    if (data.ask) {
      if (leading && live !== null) channel.postMessage({ live });
      return;
    }
    if (!leading) alive();
    deliver(data);
  };
  channel.postMessage({ ask: true });
  alive();
  if (!navigator.locks) return lead();
  // For as long as this window lives.
  navigator.locks.request(`noren.till.stream.${facts.store}`, () => new Promise(lead));
}

function note(id) {
  try {
    localStorage.setItem(HEARD, JSON.stringify({ id, at: Date.now() }));
  } catch {
    // Whoever leads next begins further back, and hears some of it twice.
  }
}
