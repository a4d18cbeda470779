import { fileURLToPath } from 'node:url';
import { isTimed, type Load, type SelfTestCase } from './cases.ts';

/** Seconds before what is measured. */
export const WARM_UP_S = 1;

/** Folder of the plugin that a case may load, which is there once it is built. */
export const pluginFolder = fileURLToPath(new URL('.', import.meta.url));

/** The scenario of a case, whose events go to `target`. */
export function caseScenario(one: SelfTestCase, { events, perSecond, devices }: Load, target: string): string {
  const warmUp = isTimed(one) ? WARM_UP_S : 0;
  const durationMs = Math.round((events / perSecond - warmUp) * 1000);
  const starved = one.mishap === 'generator-starved';
  const [model, payload] = starved ? ['laborious', 'number'] : ['phone-motion', 'seismograph-traced'];
  return [
    'iotload: 1',
    `name: selftest-${one.name}`,
    ...(starved ? ['plugins: [./laborious-model.js]'] : []),
    `run: { warm_up: ${warmUp}s, duration: ${durationMs}ms, drain: 2m }`,
    `fleets: { devices: { model: ${model}, devices: ${devices}, rate: ${perSecond}/s, payload: ${payload} } }`,
    `target: ${target}`,
    `verify: { expect: ${one.expect}, order: ${one.order ? 'per_device' : false}, grace: ${one.graceSeconds}s }`,
    ...(one.thresholds === undefined ? [] : [`thresholds: [${one.thresholds.map((text) => `"${text}"`).join(', ')}]`]),
    '',
  ].join('\n');
}
