// Pictures of every screen in five languages, on a phone and on a computer, light and (in Japanese) dark,
// with a page to leaf through.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SCREENS } from '../screens.mjs';
import { start } from './browser.mjs';
import { LANGUAGES } from './settings.mjs';
import { World } from './world.mjs';

const AT_ONCE = 2;

/** In what each screen is seen. */
const LOOKS = [
  { look: 'phone', options: { device: 'phone' }, languages: LANGUAGES },
  { look: 'desktop', options: { device: 'desktop' }, languages: LANGUAGES },
  { look: 'phone-dark', options: { device: 'phone', colorScheme: 'dark' }, languages: ['ja'] },
  { look: 'desktop-dark', options: { device: 'desktop', colorScheme: 'dark' }, languages: ['ja'] },
];

/** One picture; the reason when it could not be taken. */
async function taken(browser, folder, { screen, look, options, language }) {
  const world = new World(browser, screen.name, language, options);
  try {
    const page = await screen.reach(world);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(folder, language, file(screen, look)), fullPage: true });
    return null;
  } catch (error) {
    return `${screen.name} ${look} ${language}: ${error.message.split('\n')[0]}`;
  } finally {
    await world.close();
  }
}

const file = (screen, look) => `${screen.name.replaceAll('/', '-')}.${look}.png`;

/** Takes them into a folder, whose earlier pictures go; prints where they are. */
export async function pictures([folder, ...wanted]) {
  rmSync(folder, { recursive: true, force: true });
  const screens = SCREENS.filter(({ name }) => wanted.length === 0 || wanted.some((one) => name.startsWith(one)));
  const all = screens.flatMap((screen) =>
    LOOKS.flatMap((look) => look.languages.map((language) => ({ screen, ...look, language }))),
  );
  for (const language of LANGUAGES) mkdirSync(join(folder, language), { recursive: true });
  const browser = await start();
  const missing = [];
  const next = all.values();
  const work = async () => {
    for (const each of next) {
      const why = await taken(browser, folder, each);
      if (why) console.log(`FAILED ${why}`);
      if (why) missing.push(why);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await browser.close();
  writeFileSync(join(folder, 'index.html'), index(screens));
  console.log(`${all.length - missing.length} pictures of ${screens.length} screens, ${missing.length} missing`);
  console.log(`${folder}/index.html`);
  return missing.length === 0;
}

/** A table for each screen: looks down, languages across. */
function index(screens) {
  const cell = (screen, look, language) => {
    const source = `${language}/${file(screen, look)}`;
    return `<td><a href="${source}"><img loading="lazy" src="${source}" alt="${screen.name}, ${look}, ${language}"></a></td>`;
  };
  const row = (screen, { look, languages }) =>
    `<tr><th>${look}</th>${languages.map((language) => cell(screen, look, language)).join('')}</tr>`;
  const heads = LANGUAGES.map((language) => `<th>${language}</th>`).join('');
  const table = (screen) =>
    `<h2>${screen.name}</h2><table><tr><th></th>${heads}</tr>${LOOKS.map((look) => row(screen, look)).join('')}</table>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title>
<style>body{font:14px system-ui,sans-serif}img{width:220px;border:1px solid #888}td,th{vertical-align:top;padding:4px}</style>
<h1>Screens</h1>${screens.map(table).join('\n')}</html>\n`;
}
