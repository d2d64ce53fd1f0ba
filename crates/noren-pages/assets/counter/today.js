// Leads to refunds that were sent from this browser and have no known end (refund.js): nobody opens the
// page of such a payment by chance.

import { plain } from '../amounts.js';
import { word } from '../words.js';

const list = document.getElementById('open-refunds');

for (const name of Object.keys(localStorage).filter((each) => each.startsWith('refund:pay_'))) {
  const { amount, store, lost, refund } = JSON.parse(localStorage.getItem(name));
  // What never left this browser is nothing to wait for; what another store gave back is not seen here.
  if (store !== list.dataset.store || !(lost || refund)) continue;
  const row = list.appendChild(document.createElement('li'));
  const link = row.appendChild(document.createElement('a'));
  link.href = `/till/payments/${name.slice('refund:'.length)}`;
  link.textContent = word('counter-today-open-refund', { amount: plain(amount) });
  list.hidden = false;
}
