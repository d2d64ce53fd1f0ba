// A code held to a camera: a file of frames that Chromium plays as the picture of its camera.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { PNG } from 'pngjs';

import { noren } from './settings.mjs';

const WIDTH = 640;
const HEIGHT = 480;
/** Black and white of video. */
const [BLACK, WHITE] = [16, 235];

/** Dark or light for every dot of a picture. */
function dots(file) {
  const { width, height, data } = PNG.sync.read(readFileSync(file));
  const dark = (x, y) => {
    const at = (y * width + x) * 4;
    return data[at] + data[at + 1] + data[at + 2] < 384 && data[at + 3] > 127;
  };
  return { width, height, dark };
}

/** The picture in the middle of a white frame, as large as whole dots allow. */
function luma({ width, height, dark }) {
  const plane = Buffer.alloc(WIDTH * HEIGHT, WHITE);
  const room = Math.min((WIDTH - 40) / width, (HEIGHT - 40) / height);
  // Whole dots when it grows; when it shrinks, the nearest one.
  const scale = room >= 1 ? Math.floor(room) : room;
  const [wide, high] = [Math.floor(width * scale), Math.floor(height * scale)];
  const [left, top] = [(WIDTH - wide) >> 1, (HEIGHT - high) >> 1];
  for (let y = 0; y < high; y += 1) {
    for (let x = 0; x < wide; x += 1) {
      if (dark(Math.floor(x / scale), Math.floor(y / scale))) {
        plane[(top + y) * WIDTH + left + x] = BLACK;
      }
    }
  }
  return plane;
}

/**
 * Writes the file of a camera that sees a code with this text; `kind` is `qr` or `code128`. Gives
 * its path, for a browser that is opened with it: one browser for one code.
 */
export async function camera(text, kind = 'qr') {
  const name = join(tmpdir(), `noren-camera-${process.pid}-${crypto.randomUUID()}`);
  const how = kind === 'qr' ? ['--level', 'm', '--size-mm', '60', '--dpi', '180'] : ['--barcode', '--size-mm', '80', '--dpi', '180'];
  await noren('qr', 'draw', ...how, '-o', `${name}.png`, text);
  const plane = luma(dots(`${name}.png`));
  const grey = Buffer.alloc((WIDTH / 2) * (HEIGHT / 2) * 2, 128);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), plane, grey]);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(`${name}.y4m`, Buffer.concat([head, frame, frame, frame]));
  return `${name}.y4m`;
}
