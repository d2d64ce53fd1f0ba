// The sentences of the screens, read from the files that the screens are made from, so that a flow
// finds a button by what stands on it in the language at hand.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { setting } from './settings.mjs';

const read = new Map();

/** Every sentence of a language, by key. */
function sentences(language) {
  if (read.has(language)) return read.get(language);
  const folder = join(setting('NOREN_WORDS'), language);
  const found = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ftl'))) {
    let key = null;
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const begins = /^([a-z][a-z0-9-]*)\s*=\s*(.*)$/.exec(line);
      if (begins) {
        key = begins[1];
        found.set(key, begins[2].trim());
      } else if (key && /^\s+\S/.test(line)) {
        found.set(key, `${found.get(key)}\n${line.trim()}`.trim());
      } else if (line.trim() !== '') {
        key = null;
      }
    }
  }
  read.set(language, found);
  return found;
}

/** True for a key of a sentence: a page that shows one lacks the sentence. */
export const isKey = (text) => sentences('ja').has(text);

/** The sentence of that key; arguments are replaced where they are given. */
export function say(language, key, args = {}) {
  const sentence = sentences(language).get(key);
  assert.ok(sentence !== undefined, `no sentence ${key} in ${language}`);
  return sentence.replace(/\{\s*\$([\w-]+)\s*\}/g, (whole, name) => args[name] ?? whole);
}

/** The sentence of that key as a pattern; an argument that is not given may be anything. */
export function pattern(language, key, args = {}) {
  const parts = say(language, key, args).split(/\{\s*\$[\w-]+\s*\}/);
  const plain = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
  return new RegExp(parts.map(plain).join('.+'));
}
