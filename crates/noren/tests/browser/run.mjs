// Runs the flows, a few at a time, each in one language or in all, and prints a row for each with what
// it took. `node run.mjs` for all; `node run.mjs till checkout/paid` for flows whose names begin so;
// `node run.mjs --screenshots` for pictures of every screen.

import { readdirSync } from 'node:fs';

import { isOfFaults, start } from './lib/browser.mjs';
import { sound } from './lib/checks.mjs';
import { LANGUAGES } from './lib/settings.mjs';
import { World } from './lib/world.mjs';
import { SCREENS } from './screens.mjs';

/** Two processors, and a browser beside the switch. */
const AT_ONCE = Number(process.env.NOREN_BROWSER_AT_ONCE ?? 2);
const PATIENCE_S = 90;

/** The languages of flows that do not run in all: today's, or those that were asked for. */
function languages() {
  const asked = process.env.NOREN_BROWSER_LANGUAGES ?? process.env.NOREN_BROWSER_LANGUAGE;
  if (asked === 'all') return LANGUAGES;
  if (asked) {
    const named = asked.split(',');
    const unknown = named.filter((name) => !LANGUAGES.includes(name));
    if (unknown.length > 0) throw new Error(`no language ${unknown}; there are ${LANGUAGES}, and all`);
    return named;
  }
  return [LANGUAGES[Math.floor(Date.now() / 86_400_000) % LANGUAGES.length]];
}

/** Every flow with the languages that it runs in. */
async function plan(wanted) {
  const folder = new URL('./flows/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.mjs')).sort();
  const runs = [];
  for (const file of files) {
    const flows = Object.entries(await import(new URL(file, folder)));
    for (const [flow, body] of flows.filter(([, body]) => typeof body === 'function')) {
      const name = `${file.replace(/\.mjs$/, '')}/${flow}`;
      if (wanted.length > 0 && !wanted.some((prefix) => name.startsWith(prefix))) continue;
      const all = body.languages === 'all' && !process.env.NOREN_BROWSER_LANGUAGE;
      for (const language of all ? LANGUAGES : languages()) runs.push({ name, body, language });
    }
  }
  for (const screen of SCREENS) {
    const name = `screens/${screen.name}`;
    if (wanted.length > 0 && !wanted.some((prefix) => name.startsWith(prefix))) continue;
    for (const language of languages()) runs.push({ name, body: visit(screen), language });
  }
  return runs;
}

/** Goes to a screen and holds it to all that screens have to be. */
const visit = (screen) => async (world) => {
  const page = await screen.reach(world);
  const bytes = await sound(page, screen.language ?? world.language, screen);
  return `${(bytes / 1000).toFixed(1)} kB`;
};

/** What went wrong, and where in the flow; what called the flow is of no interest. */
function short(error) {
  const lines = (error.stack ?? String(error)).split('\n');
  const frames = lines.filter((line) => /^\s+at .*\/(flows\/|screens)/.test(line));
  const where = frames.map((line) => line.replace(/file:.*\/(flows\/|screens)/, '$1'));
  return [...lines.filter((line) => !/^\s+at /.test(line)), ...where].join('\n');
}

/** Runs one flow; gives what was wrong, or nothing. */
async function run(browser, { name, body, language }) {
  const world = new World(browser, name, language);
  let late;
  const patience = new Promise((_, fail) => {
    late = setTimeout(() => fail(new Error(`not done after ${PATIENCE_S} s`)), PATIENCE_S * 1000);
  });
  try {
    const said = await Promise.race([body(world), patience]);
    world.check();
    return { said };
  } catch (error) {
    const told = [short(error)];
    try {
      if (!isOfFaults(error)) world.check();
    } catch (faults) {
      told.push(faults.message);
    }
    return { wrong: [...told, ...(await world.pictures())].join('\n') };
  } finally {
    clearTimeout(late);
    await world.close();
  }
}

async function flows(wanted) {
  const runs = await plan(wanted);
  console.log(`flows in ${languages().join(', ')}; those that matter most in all five`);
  let [passed, failed] = [0, 0];
  const browser = await start();
  const next = runs.values();
  const work = async () => {
    for (const each of next) {
      const began = Date.now();
      const { said, wrong } = await run(browser, each);
      const took = ((Date.now() - began) / 1000).toFixed(1);
      const row = `${each.name.padEnd(52)} ${each.language.padEnd(8)} ${took.padStart(6)} s`;
      console.log(`${wrong ? 'FAILED' : 'ok    '} ${row}${said ? `  ${said}` : ''}`);
      if (wrong) console.log(wrong.replace(/^/gm, '         '));
      if (wrong) failed += 1;
      else passed += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}

const wanted = process.argv.slice(2);
const good = wanted[0] === '--screenshots'
  ? await (await import('./lib/pictures.mjs')).pictures(wanted.slice(1))
  : await flows(wanted);
process.exit(good ? 0 : 1);
