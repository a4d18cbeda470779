/*
 * A plugin for the case in which the generator is the limit: a device whose every reading takes far more work than there is time for.
 */
import { draw, unit } from '../core/random.ts';
import type { DeviceModel } from '../models/model.ts';

/** Draws behind one reading: some hundred microseconds on any machine of these years. */
const DRAWS = 100_000;

export const models: readonly DeviceModel[] = [
  {
    name: 'laborious',
    doc: 'A device that thinks very long about a number.',
    params: {},
    readings: { number: { doc: 'The number.', unit: '', decimals: 3, min: 0, max: 1 } },
    payloads: {
      number: { doc: 'The number.', codec: 'json', fields: { number: '<number>' }, identity: 'fields' },
    },
    maxSamplingDelayUs: 1,
    create: () => ({
      sampledAt: (_seat, _n, dueUs) => dueUs,
      sample(seat, n, _tUs, out, at) {
        let word = n;
        for (let i = 0; i < DRAWS; i++) word = draw(seat.k0 ^ word, seat.k1, n, i);
        out[at] = unit(word);
      },
    }),
  },
];
