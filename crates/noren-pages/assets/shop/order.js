// The page of an order asks the shop's own server until it has heard of the payment.

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function follow(url) {
  for (;;) {
    await wait(1000);
    try {
      const answer = await fetch(url, { cache: 'no-store' });
      if (answer.ok && (await answer.json()).heard) break;
    } catch {
      // No connection: asked again.
    }
  }
  const page = await (await fetch(location.href, { cache: 'no-store' })).text();
  const renewed = new DOMParser().parseFromString(page, 'text/html');
  document.querySelector('main').replaceWith(document.adoptNode(renewed.querySelector('main')));
}

const place = document.querySelector('[data-live]');
if (place) follow(place.dataset.live).catch(() => location.reload());
