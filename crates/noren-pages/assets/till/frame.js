// Says in words how the till is connected. Other modules tell what they saw of the network.

const line = document.getElementById('connection');
/** Where nobody else asks, so often. */
const CHECK_MS = 15_000;
const PATIENCE_MS = 8_000;

let seen = line?.dataset.state;
let selling = false;

function say() {
  if (!line) return;
  line.dataset.state = seen;
  const text = seen === 'off' && selling ? line.dataset.selling : line.dataset[seen];
  if (line.textContent !== text) line.textContent = text;
}

/** `start`: nobody knows yet. `on`: an answer came. `slow`: one is late. `off`: none came. */
export function connection(state) {
  seen = state;
  say();
}

/** While a sale is open, its payment may have been made: the line without a connection says so. */
export function saleOpen(open) {
  selling = open;
  say();
}

async function check() {
  try {
    await fetch('/till/manifest.webmanifest', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
    connection('on');
  } catch {
    connection('off');
  }
}

// A page that does not listen for events was an answer itself, and from then on asks now and then.
const asks = seen === 'on';
if (asks) setInterval(check, CHECK_MS);
addEventListener('offline', () => connection('off'));
// A device that has a network again has not reached the switch yet.
addEventListener('online', () => {
  connection('start');
  if (asks) check();
});
if (!navigator.onLine) connection('off');
