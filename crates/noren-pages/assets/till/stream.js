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

/** `onEvent(event)` for each event of the merchant; `onState(live)` when that begins or ends. */
export function listen({ onEvent, onState }) {
  const channel = new BroadcastChannel(`noren.till.stream.${facts.store}`);
  const tell = (message) => {
    deliver(message);
    channel.postMessage(message);
  };
  const deliver = ({ event, live }) => {
    if (event) onEvent(event);
    if (live !== undefined) onState(live);
  };
  let live = null;
  // A window that opens later asks how things are.
  channel.onmessage = ({ data }) => {
    if (!data.ask) deliver(data);
    else if (live !== null) channel.postMessage({ live });
  };
  channel.postMessage({ ask: true });
  const lead = () => {
    const after = heard();
    const source = new EventSource(`/till/v1/events/stream${after ? `?after=${after}` : ''}`);
    let opened = Infinity;
    const again = () => {
      source.close();
      clearTimeout(watchdog);
      // Streams end now and then and begin again: the connection is lost when that fails.
      if (Date.now() - opened > AGAIN_MS) return lead();
      lost();
    };
    const lost = () => {
      source.close();
      tell({ live: live = false });
      setTimeout(lead, AGAIN_MS);
    };
    let watchdog = setTimeout(lost, SILENCE_MS);
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(lost, SILENCE_MS);
      if (!live) tell({ live: live = true });
    };
    source.onopen = () => {
      opened = Date.now();
      alive();
    };
    source.addEventListener('alive', (message) => {
      if (message.lastEventId) note(message.lastEventId);
      alive();
      tell({ live });
    });
    source.onmessage = (message) => {
      note(message.lastEventId);
      alive();
      tell({ event: JSON.parse(message.data) });
    };
    source.onerror = again;
  };
  const note = (id) => {
    try {
      localStorage.setItem(HEARD, JSON.stringify({ id, at: Date.now() }));
    } catch {
      // Whoever leads next begins further back, and hears some of it twice.
    }
  };

  if (!navigator.locks) return lead();
  // For as long as this window lives.
  navigator.locks.request(`noren.till.stream.${facts.store}`, () => new Promise(lead));
}
