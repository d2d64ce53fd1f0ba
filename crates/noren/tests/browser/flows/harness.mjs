// The harness itself: what it promises to see, it sees.

import assert from 'node:assert/strict';

import { axe, camera, legible, narrow, switchUrl, until } from '../lib.mjs';

/** Opens a page that has this body, at the switch's address. */
async function written(world, body) {
  const page = await world.open();
  page.own.tolerate(NO_ICON);
  await page.route('**/written', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>x</title><main><h1>x</h1>${body}</main></html>` }),
  );
  await page.goto(`${switchUrl()}/written`);
  return page;
}

/** A page that has no icon is asked for one all the same. */
const NO_ICON = /favicon\.ico/;

export async function a_finding_of_axe_is_told(world) {
  const page = await written(world, '<img src="data:,"><button></button>');
  await assert.rejects(axe(page), /button-name[\s\S]*image-alt/);
}

export async function what_is_too_wide_or_cut_off_is_told(world) {
  const page = await written(
    world,
    '<div style="width:400px">wide</div><button style="width:60px;height:30px;overflow:hidden;font-size:2rem">Long words</button>',
  );
  await assert.rejects(narrow(page), /too wide/);
  await assert.rejects(legible(page), /cut off/);
}

export async function faults_of_a_page_are_told(world) {
  const page = await written(world, '');
  await page.evaluate(async () => {
    console.error('said by the page');
    await fetch('http://192.0.2.1/').catch(() => {});
  });
  const told = page.own.faults.splice(0).join('\n');
  assert.match(told, /said by the page/);
  assert.match(told, /left the demo: http:\/\/192\.0\.2\.1/);
}

export async function a_breach_of_the_content_policy_is_told(world) {
  const page = await world.open();
  page.own.tolerate(NO_ICON);
  await page.route('**/strict', (route) =>
    route.fulfill({ contentType: 'text/html', headers: { 'content-security-policy': "default-src 'none'" }, body: '<p onclick="1">x<script>1</script>' }),
  );
  await page.goto(`${switchUrl()}/strict`);
  // The browser tells in its own time.
  const told = () => page.own.faults.some((fault) => /content policy: script-src-elem blocked inline/.test(fault));
  await until('the breach is told', told);
  page.own.faults.splice(0);
}

export async function a_cut_network_loses_requests_and_answers(world) {
  const page = await world.open({ wire: true });
  const { wire } = page.own;
  page.own.tolerate(NO_ICON);
  await page.goto(`${switchUrl()}/problems`);
  const ask = () => page.evaluate(() => fetch('/problems', { method: 'GET' }).then((r) => r.status, () => 'lost'));
  assert.equal(await ask(), 200);
  const request = wire.loseRequest('GET /problems');
  assert.equal(await ask(), 'lost');
  assert.equal(request.count, 1);
  request.end();
  const answer = wire.loseAnswer(/^GET \/prob/, 1);
  assert.equal(await ask(), 'lost');
  assert.equal(answer.count, 1);
  assert.equal(await ask(), 200);
  wire.cut();
  assert.equal(await ask(), 'lost');
  wire.restore();
  assert.equal(await ask(), 200);
}

export async function codes_are_held_to_a_camera(world) {
  for (const [kind, text] of [['qr', 'https://example.test/%E3%81%9D%E3%81%B0'], ['code128', '86012345678901234567']]) {
    const page = await world.open({ camera: await camera(text, kind) });
    page.own.tolerate(NO_ICON);
    await page.goto(`${switchUrl()}/problems`);
    const { width, dark } = await page.evaluate(async () => {
      const video = document.createElement('video');
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
      await video.play();
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
      const draw = canvas.getContext('2d');
      draw.drawImage(video, 0, 0);
      const { data } = draw.getImageData(0, 0, canvas.width, canvas.height);
      let dark = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at] < 60) dark += 1;
      return { width: canvas.width, dark: dark / (data.length / 4) };
    });
    assert.equal(width, 640);
    assert.ok(dark > 0.05 && dark < 0.6, `${kind}: ${dark} of the picture is dark`);
  }
}
