// The amount, by the keys on the screen and on a keyboard, and scanners that type like a keyboard.

import { yen } from '../amounts.js';

const DIGITS_MAX = 9;
/** Between two letters of a scanner, on a slow machine too. What was typed by hand before is older. */
const SCANNER_MS = 250;
/** Nobody types so many letters so fast: what comes next is the scanner's, even after its radio paused. */
const MACHINE = { letters: 4, meanMs: 40, pauseMs: 1_500 };
/** No amount is so long, and every customer's code is longer. */
const SCANNED_MIN = 13;
/** The shortest code on goods (JAN-8, GS1 General Specifications). */
const GOODS_MIN = 8;

/** Only digits, as full-width ones, commas and yen signs are theirs to use. */
function digitsOf(text) {
  return text.normalize('NFKC').replace(/\D/g, '').replace(/^0+/, '').slice(0, DIGITS_MAX);
}

/** The field of the amount: written in groups of three, whoever writes. */
export class Amount {
  constructor(field, keys, changed) {
    this.field = field;
    this.changed = changed;
    this.composing = false;
    field.addEventListener('compositionstart', () => { this.composing = true; });
    field.addEventListener('compositionend', () => { this.composing = false; this.set(field.value); });
    field.addEventListener('input', () => { if (!this.composing) this.set(field.value); });
    for (const button of keys) {
      button.addEventListener('click', () => this.press(button.dataset.key));
    }
  }

  set(text) {
    const digits = digitsOf(text);
    const grouped = digits.replace(/\B(?=(\d{3})+$)/g, ',');
    if (this.field.value !== grouped) this.field.value = grouped;
    this.changed();
  }

  press(key) {
    const digits = digitsOf(this.field.value);
    if (key === 'back') this.set(digits.slice(0, -1));
    else if (key === 'clear') this.set('');
    else this.set(digits + key);
  }

  /** Whole yen, or `null`. */
  value() {
    return yen(this.field.value);
  }
}

/** Hears what is typed anywhere on the page. `onScan(code)`: a scanner has read one. `onKey(key)`: a
 * person typed a digit, `back` or `enter`, and no field has the keyboard. `undo()`: what a scanner
 * typed so far went into a field, and is to be taken out again. `takesShort()`: where a scanner's short
 * code may stand; elsewhere it is the code of goods, and nothing. */
export function hearKeys({ onScan, onKey, before, undo, takesShort }) {
  let burst = '';
  let first = 0;
  let last = -Infinity;
  let machine = false;
  let memory = null;
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const now = event.timeStamp;
    const quick = now - last < (machine ? MACHINE.pauseMs : SCANNER_MS);
    if (event.key === 'Enter') {
      const swallow = () => {
        event.preventDefault();
        event.stopPropagation();
      };
      // A key that is held down says nothing twice.
      if (event.repeat) return swallow();
      const code = burst;
      const short = machine && code.length >= GOODS_MIN && !takesShort();
      // What comes next begins anew, however soon it comes.
      burst = '';
      last = -Infinity;
      machine = false;
      if (quick && (code.length >= SCANNED_MIN || short)) {
        swallow();
        undo(memory);
        if (code.length >= SCANNED_MIN) onScan(code);
        return;
      }
    } else if (event.key.length === 1 && !event.repeat) {
      if (!quick) {
        burst = '';
        first = now;
        machine = false;
        memory = before();
      }
      burst += event.key;
      last = now;
      machine ||= burst.length >= MACHINE.letters && (last - first) / (burst.length - 1) < MACHINE.meanMs;
    }
    const inField = event.target.closest?.('input, select, textarea');
    if (inField) return;
    const key = event.key.normalize('NFKC');
    if (/^\d$/.test(key)) onKey(key);
    else if (event.key === 'Backspace') onKey('back');
    // On a button or a link, Enter is theirs.
    else if (event.key === 'Enter' && !event.target.closest?.('button, a')) onKey('enter');
  }, { capture: true });
}
