// Waits for somebody to approve the code: asks every three seconds, counts the time down, and has the
// page show a new code when this one counts no more.

import { connection } from '../till/frame.js';
import { word } from '../words.js';

const EVERY_MS = 3000;

const left = document.getElementById('pair-left');
let ends = Date.now() + Number(left.dataset.left) * 1000;

function tick() {
  const seconds = Math.max(0, Math.round((ends - Date.now()) / 1000));
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  left.textContent = word('common-time-left', { time });
}

async function ask() {
  try {
    const answer = await fetch('/till/pair/poll', { method: 'POST', signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(String(answer.status));
    const pairing = await answer.json();
    connection('on');
    if (pairing.status === 'paired') return location.replace('/till');
    if (pairing.status === 'expired') return location.reload();
    ends = Date.now() + pairing.seconds_left * 1000;
  } catch {
    connection('off');
  }
  setTimeout(ask, EVERY_MS);
}

tick();
setInterval(tick, 1000);
setTimeout(ask, EVERY_MS);
