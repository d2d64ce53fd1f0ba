// The scanner's page: camera, picture, or typed; whatever is read goes through the same form.

import { openScanner, readPicture } from '../scanner.js';
import { word } from '../words.js';

const by = (id) => document.getElementById(id);
const state = by('state');
const form = by('typed');
let camera = null;

const SAID = {
  none: 'wallet-camera-none',
  denied: 'wallet-camera-denied',
  insecure: 'wallet-camera-insecure',
  broken: 'wallet-camera-broken',
  loading: 'wallet-camera-loading',
  looking: 'wallet-camera-looking',
  found: 'wallet-camera-found',
};

function say(name) {
  state.textContent = word(SAID[name]);
  const open = name === 'loading' || name === 'looking' || name === 'found';
  by('camera').hidden = !open;
  by('stop').hidden = !open;
  by('start').hidden = open;
}

function go(text) {
  camera?.stop();
  by('code').value = text;
  form.requestSubmit();
}

async function open() {
  camera = await openScanner({ video: by('video'), onCode: go, onState: say });
  by('torch').hidden = !camera?.hasTorch;
  by('turn').hidden = !camera?.canTurn;
}

function close() {
  camera?.stop();
  camera = null;
  for (const id of ['camera', 'stop', 'torch', 'turn']) by(id).hidden = true;
  by('start').hidden = false;
  state.textContent = '';
}

by('start').hidden = false;
by('by-picture').hidden = false;
by('start').addEventListener('click', open);
by('stop').addEventListener('click', close);
by('turn').addEventListener('click', () => camera?.turn());
by('torch').addEventListener('click', () => {
  const on = by('torch').getAttribute('aria-pressed') !== 'true';
  by('torch').setAttribute('aria-pressed', String(on));
  camera?.torch(on);
});
by('picture').addEventListener('change', async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  state.textContent = word('wallet-camera-loading');
  const found = await readPicture(file).catch(() => []);
  if (found.length) go(found[0]);
  else state.textContent = word('wallet-picture-empty');
});

// Who has allowed the camera before does not want to be asked again.
const allowed = await navigator.permissions?.query({ name: 'camera' }).catch(() => null);
if (allowed?.state === 'granted') open();
