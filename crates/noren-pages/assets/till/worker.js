// Keeps the till's page and its files, so that a page loaded without a connection is a till that says so.
// Answers of the switch are never kept: what is paid is the switch's to say.

const CACHE = 'till-__VERSION__';
const FILES = '__FILES__';
const PAGES = ['/till', '/till/watch'];
/** In the place of a page that is not kept. */
const OFFLINE = '/till/offline';
/** A page that takes longer than this is shown as it was. */
const PATIENCE_MS = 4_000;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const old = (names) => names.filter((name) => name.startsWith('till-') && name !== CACHE);
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
    .then(() => self.clients.claim())
    .then(() => Promise.all(['/till', OFFLINE].map(keep))));
});

/** Keeps a page that no window has fetched through this worker yet. */
async function keep(path) {
  try {
    const answer = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await put(path, answer);
  } catch {
    // It is kept when it is fetched the next time.
  }
}

async function put(path, answer) {
  if (!answer.ok || answer.redirected) return;
  const cache = await caches.open(CACHE);
  await cache.put(path, answer);
}

async function page(request, path) {
  const cache = await caches.open(CACHE);
  const fresh = fetch(request).then(async (answer) => {
    await put(path, answer.clone());
    return answer;
  });
  // What stands before a switch that is away answers in its place.
  const answered = fresh.then((answer) => (answer.status < 500 ? answer : Promise.reject(answer)));
  const late = new Promise((_, reject) => { setTimeout(reject, PATIENCE_MS); });
  try {
    return await Promise.race([answered, late]);
  } catch {
    return (await cache.match(path)) ?? fresh;
  }
}

async function other(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(OFFLINE);
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate' && PAGES.includes(url.pathname)) {
    event.respondWith(page(request, url.pathname));
  } else if (request.mode === 'navigate') event.respondWith(other(request));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(file(request));
});
