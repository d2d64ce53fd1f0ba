// What is heard: three chimes that nobody mixes up, and the amount spoken where the device has a voice of
// the page's language. Can be switched off, and is remembered.

import { word } from '../words.js';

const MUTED = 'noren.till.muted';
let context = null;
/** What could not be written down. */
let chosen = null;

export function muted() {
  return (chosen ?? localStorage.getItem(MUTED)) === 'yes';
}

function mute(choice) {
  try {
    localStorage.setItem(MUTED, choice);
    chosen = null;
  } catch {
    chosen = choice;
  }
}

/** A browser plays nothing before somebody has touched the page. */
export function audible() {
  return !muted() && context?.state === 'running';
}

/** To be called when somebody touches the page. */
export async function wakeSound() {
  const Context = globalThis.AudioContext;
  if (!Context) return;
  context ??= new Context();
  if (context.state !== 'running') await context.resume().catch(() => {});
}

function tone(frequency, from, seconds, shape) {
  const start = context.currentTime + from;
  const oscillator = new OscillatorNode(context, { type: shape, frequency });
  const loud = new GainNode(context, { gain: 0 });
  loud.gain.setValueAtTime(0, start);
  loud.gain.linearRampToValueAtTime(0.3, start + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.001, start + seconds);
  oscillator.connect(loud).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + seconds);
}

/** Two notes up, as a shop's door. */
export function chimePaid() {
  if (!audible()) return;
  tone(880, 0, 0.5, 'sine');
  tone(1318.5, 0.18, 0.9, 'sine');
}

/** Two short notes down: not this sale, but one on the counter's code. */
export function chimeCounter() {
  if (!audible()) return;
  tone(1046.5, 0, 0.18, 'triangle');
  tone(784, 0.15, 0.25, 'triangle');
}

/** One low note, twice. */
export function chimeUnpaid() {
  if (!audible()) return;
  tone(196, 0, 0.35, 'square');
  tone(165, 0.4, 0.6, 'square');
}

/** A code was read. */
export function beep() {
  if (audible()) tone(1760, 0, 0.12, 'sine');
}

/** Says a sentence in the page's language, if the device has a voice for it. */
export function speak(sentence) {
  const speech = globalThis.speechSynthesis;
  if (!speech || muted()) return;
  const { language, region } = new Intl.Locale(document.documentElement.lang).maximize();
  const voices = speech.getVoices();
  const tag = (voice) => voice.lang.replace('_', '-');
  // Cantonese is Chinese, too: the language of the place first.
  const exact = voices.find((one) => tag(one) === `${language}-${region}`);
  const voice = exact ?? voices.find((one) => tag(one).split('-')[0] === language);
  if (!voice) return;
  const said = new SpeechSynthesisUtterance(sentence);
  said.voice = voice;
  said.lang = voice.lang;
  speech.speak(said);
}

/** The switch for the sound: a button that says what is so. `changed` hears of it. */
export function soundSwitch(button, changed = () => {}) {
  const show = () => {
    const on = audible() ? word('till-sound-on') : word('till-sound-wake');
    button.textContent = muted() ? word('till-sound-off') : on;
    button.setAttribute('aria-pressed', String(audible()));
    changed();
  };
  button.addEventListener('click', async () => {
    // Sound that is on but cannot be heard yet is turned on, not off.
    const silent = !muted() && !audible();
    if (!silent) mute(muted() ? 'no' : 'yes');
    await wakeSound();
    show();
    if (!muted()) beep();
  });
  for (const event of ['pointerdown', 'keydown']) {
    addEventListener(event, async () => {
      if (audible()) return;
      await wakeSound();
      show();
    }, { capture: true });
  }
  // Voices come some time after the page.
  globalThis.speechSynthesis?.getVoices();
  show();
}
