// The form of a shop's link: large keys for the amount, and no way to send it twice.

import { yen } from '../amounts.js';
import { word } from '../words.js';

const form = document.querySelector('[data-amount-form]');
const field = document.getElementById('amount');
const fault = document.getElementById('amount-fault');
const keys = document.querySelector('[data-keys]');
let sent = false;

function typed(change) {
  const digits = change(field.value.normalize('NFKC').replace(/\D/g, '')).slice(0, 9);
  field.value = digits.replace(/^0+(?=\d)/, '').replace(/\B(?=(\d{3})+$)/g, ',');
}

function told(wrong) {
  fault.hidden = !wrong;
  fault.textContent = wrong ? word('checkout-amount-fault') : '';
  if (wrong) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
}

keys.hidden = false;
keys.addEventListener('click', (event) => {
  const key = event.target.closest('button');
  if (!key) return;
  typed((digits) => (key.dataset.digit ? digits + key.dataset.digit : digits.slice(0, -1)));
  told(false);
});

form.addEventListener('submit', (event) => {
  if (yen(field.value) === null) {
    event.preventDefault();
    told(true);
    field.focus();
    return;
  }
  if (sent) event.preventDefault();
  sent = true;
});
// Back on the form, from the browser's memory: it may be sent once more.
addEventListener('pageshow', () => { sent = false; });
