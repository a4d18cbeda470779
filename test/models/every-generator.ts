import type { Params } from '../../src/models/model.ts';

/** Every kind of generator with every option, as a scenario writes them. */
export const everyGenerator: Params = {
  five: 5,
  site: 'lisbon',
  version: { constant: -1.25, unit: 'V' },
  mode: ['auto', 'manual'],
  temperature: { uniform: [-10, 30.5] },
  die: { uniform: [1, 6], decimals: 0 },
  vendor: { uniform: [0, 1_000_000], decimals: 3, per: 'device' },
  pressure: { normal: [1013, 8], unit: 'hPa', decimals: 1 },
  humidity: { normal: [60, 30], min: 0, max: 100 },
  level: { walk: { from: 10, to: 30, step: 0.2 } },
  jump: { walk: { from: -1, to: 1, step: 2 }, decimals: 6 },
  daylight: { sine: { low: 0, high: 900, period: '24h', peak_at: '14h' } },
  hum: { sine: { low: -1, high: 1, period: '20ms', phase: 'device' } },
  swing: { sine: { low: -1, high: 1, period: '10s', phase: '25%' } },
  state: { enum: ['idle', 'busy', 'fault'], weights: [90, 9, 1] },
  status: { enum: [200, 404.5, -1], per: 'device' },
  count: { counter: {} },
  down: { counter: { start: 10, step: -0.1, wrap: 0 } },
  product: { zipf: { n: 1000, s: 1.1 } },
};
