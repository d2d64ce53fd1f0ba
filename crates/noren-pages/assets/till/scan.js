// The customer's code: by the camera, by a hand scanner, or typed.

import { word } from '../words.js';

const state = document.getElementById('scan-state');
const camera = document.getElementById('camera');
const video = document.getElementById('video');
const torch = document.getElementById('torch');
const turn = document.getElementById('switch-camera');
const typed = document.getElementById('typed');
const fault = document.getElementById('typed-fault');

/** What the scanner says of itself. */
const SAID = {
  loading: () => word('till-scan-starting'), looking: () => word('till-scan-ready'),
  found: () => word('till-scan-ready'), none: () => word('till-scan-none'),
  broken: () => word('till-scan-none'), denied: () => word('till-scan-denied'),
  insecure: () => word('till-scan-insecure'),
};

let scanner = null;
let opening = 0;

function told(name) {
  state.textContent = (SAID[name] ?? SAID.none)();
  camera.hidden = !['loading', 'looking', 'found'].includes(name);
}

/** What a code is without what people and scanners put around it. */
export function clean(text) {
  const plain = text.normalize('NFKC').trim();
  return /^[\d\s-]+$/.test(plain) ? plain.replace(/[\s-]/g, '') : plain;
}

/** Opens the camera; `onCode(text)` is told once. */
export async function startScan(onCode) {
  const mine = ++opening;
  fault.textContent = '';
  typed.value = '';
  told('loading');
  torch.hidden = turn.hidden = true;
  torch.setAttribute('aria-pressed', 'false');
  try {
    const { openScanner } = await import('../scanner.js');
    const open = await openScanner({
      video,
      onCode: (text) => { if (mine === opening) onCode(text); },
      onState: (name) => { if (mine === opening) told(name); },
    });
    if (mine !== opening) return open?.stop();
    scanner = open;
    torch.hidden = !open?.hasTorch;
    turn.hidden = !open?.canTurn;
  } catch {
    if (mine === opening) told('broken');
  }
}

export function stopScan() {
  opening += 1;
  scanner?.stop();
  scanner = null;
}

torch.addEventListener('click', async () => {
  const on = torch.getAttribute('aria-pressed') !== 'true';
  await scanner?.torch(on);
  torch.setAttribute('aria-pressed', String(on));
});
turn.addEventListener('click', () => scanner?.turn());

/** `onCode(text)` for what is typed. */
export function hearTyped(onCode) {
  document.getElementById('typed-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const code = clean(typed.value);
    fault.textContent = code ? '' : word('till-scan-bad');
    if (code) onCode(code);
    else typed.focus();
  });
}

addEventListener('pagehide', stopScan);
