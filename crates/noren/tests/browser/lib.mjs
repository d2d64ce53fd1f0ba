// What flows use. A flow is an exported async function of a file in `flows/`; it is given a world (see
// `lib/world.mjs`) and throws when something is not as it should be:
//
//     export async function paid_by_a_code(world) {
//       const till = await world.open({ device: 'tablet' });
//       await till.goto(`${switchUrl()}/till`);
//       await tap(till, till.getByRole('button', { name: world.say('till-show-code') }));
//     }
//     paid_by_a_code.languages = 'all'; // else: the language of the day

export * from './lib/settings.mjs';
export { DEVICES, USER_AGENTS, faultless, offline, tap } from './lib/browser.mjs';
export { WEIGHT_MAX, axe, legible, light, narrow, reachable, sound, spoken, weight } from './lib/checks.mjs';
export { camera } from './lib/camera.mjs';
export { fill, focused, press, scanner, tabOnto, tabTo } from './lib/keyboard.mjs';
export { linePayOrder, shopOfItsOwn } from './lib/linepay.mjs';
export { Wire } from './lib/wire.mjs';
export * from './lib/people.mjs';
