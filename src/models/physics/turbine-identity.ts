/** Plants and models of the fleet, in the order in which a hash of the device chooses among them. */
export const factoryNames = ['A06', 'D18', 'J15', 'C04', 'T10'] as const;
export const turbineNames = [
  'SkyJet134',
  'SkyJet234',
  'SkyJet334',
  'EcoJet1000',
  'JetLift7000',
  'EcoJet2000',
  'FlyForceX550',
  'TurboFan3200',
  'SkyBolt1',
  'SkyBolt2',
  'MightyWing1100',
  'EcoJet3000',
  'AeroGlider4150',
  'SkyBolt250',
] as const;

/** Position of a device's factory, and of its model; devices count from 1. */
export function factoryOf(device: number): number {
  return Math.abs(hashOf(device) % factoryNames.length);
}

export function turbineOf(device: number): number {
  return Math.abs(hashOf(device) % turbineNames.length);
}

/** Murmur3, 32 bits on x86, of one integer with the seed 42: what Spark's `hash` gives for an integer column. Signed. */
export function hashOf(value: number): number {
  let k = Math.imul(value, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  let h = 42 ^ k;
  h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  h ^= 4;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
