// The sales of this browser that are not over, kept in the browser before anything is sent, one entry each,
// so that two windows on one till do not write over each other, and a crash forgets nothing.

import { facts } from './facts.js';

const PREFIX = 'noren.till.sale.';

/** Digits by chance: the last four of a number are said aloud. */
function digits(count) {
  const random = crypto.getRandomValues(new Uint32Array(count));
  return Array.from(random, (n) => n % 10).join('');
}

/** A key that no other call has. */
export function newKey() {
  const random = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(random, (n) => n.toString(16).padStart(8, '0')).join('');
}

const two = (n) => String(n).padStart(2, '0');

/** `T1128-142233-48215207`: the day, the time and eight digits by chance. */
function orderNumber(now = new Date()) {
  const day = two(now.getMonth() + 1) + two(now.getDate());
  const time = two(now.getHours()) + two(now.getMinutes()) + two(now.getSeconds());
  return `T${day}-${time}-${digits(8)}`;
}

/** What people call a sale by: the last four of its number. */
export function lastFour(number) {
  return number.slice(-4);
}

/** A new sale. `present` is `merchant` or `consumer`. */
export function newSale(amount, present) {
  const number = orderNumber();
  return {
    id: number, store: facts.store, number, key: newKey(), amount, present,
    begun: Date.now(), payment: null, last: null, cancel: null, ended: null, seen: false,
  };
}

/** Sales that could not be written down as they are now: for this page they are what they are here. */
const unwritten = new Map();

/** Writes a sale down for the first time. When this throws, nothing of it may be sent. */
export function keep(sale) {
  localStorage.setItem(PREFIX + sale.id, JSON.stringify(sale));
}

/** Writes down how a sale goes on. A browser that takes nothing more hides no result. */
export function update(sale) {
  try {
    keep(sale);
    unwritten.delete(sale.id);
  } catch {
    unwritten.set(sale.id, sale);
  }
}

/** The sale is over and somebody has seen how. */
export function forget(sale) {
  unwritten.delete(sale.id);
  localStorage.removeItem(PREFIX + sale.id);
}

/** The sale as it is known here. */
export function kept(id) {
  if (unwritten.has(id)) return unwritten.get(id);
  try {
    return JSON.parse(localStorage.getItem(PREFIX + id));
  } catch {
    return null;
  }
}

/** All of this store, oldest first: also those from before this browser was paired anew. */
export function allKept() {
  const found = [];
  for (let at = 0; at < localStorage.length; at += 1) {
    const name = localStorage.key(at);
    if (!name.startsWith(PREFIX)) continue;
    const sale = kept(name.slice(PREFIX.length));
    if (sale?.store === facts.store) found.push(sale);
  }
  return found.sort((one, other) => one.begun - other.begun);
}

/** Calls `back(id, sale)` when another window has written a sale; without one when it has forgotten it. */
export function onKept(back) {
  addEventListener('storage', (event) => {
    if (!event.key?.startsWith(PREFIX)) return;
    back(event.key.slice(PREFIX.length), event.newValue && JSON.parse(event.newValue));
  });
}
