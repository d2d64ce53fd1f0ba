// Reads codes with the camera or from a picture. The phone's scanner and the till's are this one.
//
// Where the browser has a detector of its own for QR and Code 128, that is used; else a reader in
// WebAssembly, fetched from our own address when the first picture is to be read.

const FORMATS = ['qr_code', 'code_128'];
const LOOK_EVERY_MS = 90;
const SAME_AGAIN_MS = 2500;

let reader; // A promise of a function: picture or video in, texts out.

async function native() {
  if (!('BarcodeDetector' in globalThis)) return null;
  try {
    const known = await BarcodeDetector.getSupportedFormats();
    if (!FORMATS.every((format) => known.includes(format))) return null;
    const detector = new BarcodeDetector({ formats: FORMATS });
    return async (source) => (await detector.detect(source)).map((found) => found.rawValue);
  } catch {
    return null;
  }
}

async function wasm() {
  const zxing = await import('./vendor/zxing/reader/index.js');
  const file = new URL('./vendor/zxing/zxing_reader.wasm', import.meta.url).href;
  zxing.prepareZXingModule({ overrides: { locateFile: () => file }, fireImmediately: true });
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (source) => {
    const width = source.videoWidth || source.naturalWidth || source.width;
    const height = source.videoHeight || source.naturalHeight || source.height;
    if (!width || !height) return [];
    // Enough for a code that fills a third of the picture, and quick on an old phone.
    const scale = Math.min(1, 1600 / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    const options = { formats: ['QRCode', 'Code128'], tryHarder: true, maxNumberOfSymbols: 2 };
    const found = await zxing.readBarcodes(picture, options);
    return found.filter((code) => code.isValid !== false && code.text).map((code) => code.text);
  };
}

function ready() {
  reader ??= native().then((own) => own ?? wasm());
  return reader;
}

/** The texts of the codes in a picture file. */
export async function readPicture(file) {
  const read = await ready();
  const picture = await createImageBitmap(file);
  try {
    return await read(picture);
  } finally {
    picture.close();
  }
}

/** Why a camera cannot be opened, in one word: `insecure`, `none`, `denied` or `broken`. */
function fault(error) {
  if (!globalThis.isSecureContext) return 'insecure';
  if (!navigator.mediaDevices?.getUserMedia) return 'none';
  if (error?.name === 'NotAllowedError' || error?.name === 'SecurityError') return 'denied';
  if (error?.name === 'NotFoundError' || error?.name === 'OverconstrainedError') return 'none';
  return 'broken';
}

/** Opens the camera on `video` and calls `onCode(text)` for each code that is read, the same one not
 * twice in a row. `onState` is told `loading`, `looking`, `found`, and of faults as above. The answer
 * closes the camera (`stop`), lights (`torch(on)`, where `hasTorch`), and takes the other camera
 * (`turn()`, where `canTurn`); it is `null` when there is no camera to close. */
export async function openScanner({ video, onCode, onState = () => {} }) {
  if (!globalThis.isSecureContext || !navigator.mediaDevices?.getUserMedia) {
    onState(fault());
    return null;
  }
  let stream = null;
  let running = true;
  let facing = 'environment';
  let last = { text: '', at: 0 };
  const close = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
  };
  const open = async () => {
    close();
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 720 } },
      audio: false,
    });
    if (!running) return close();
    video.srcObject = stream;
    await video.play();
  };
  onState('loading');
  let read;
  try {
    await open();
    read = await ready();
  } catch (error) {
    running = false;
    close();
    onState(fault(error));
    return null;
  }
  const track = () => stream?.getVideoTracks()[0];
  const cameras = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const stop = () => {
    running = false;
    close();
    video.srcObject = null;
  };
  const look = async () => {
    if (!running) return;
    try {
      if (video.readyState >= 2) {
        for (const text of await read(video)) {
          const again = text === last.text && performance.now() - last.at < SAME_AGAIN_MS;
          if (!running || again) continue;
          last = { text, at: performance.now() };
          onState('found');
          onCode(text);
        }
      }
    } catch {
      // A frame that cannot be read is followed by another.
    }
    if (running) setTimeout(look, LOOK_EVERY_MS);
  };
  onState('looking');
  look();
  addEventListener('pagehide', stop, { once: true });
  return {
    stop,
    hasTorch: Boolean(track()?.getCapabilities?.().torch),
    canTurn: cameras.filter((device) => device.kind === 'videoinput').length > 1,
    torch: (on) => track()?.applyConstraints({ advanced: [{ torch: on }] }),
    turn: async () => {
      facing = facing === 'environment' ? 'user' : 'environment';
      try {
        await open();
      } catch (error) {
        stop();
        onState(fault(error));
      }
    },
  };
}
