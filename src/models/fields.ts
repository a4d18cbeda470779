import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { Generator } from './generators/generator.ts';
import { generatorKinds, readGenerator } from './generators/read-generator.ts';
import type { Device, DeviceModel, Params, ParamValue, ReadingSpec, SeatKey } from './model.ts';

/** A device that has no model yet: each reading is drawn on its own. */
export const fields: DeviceModel = {
  name: 'fields',
  doc: 'A device that has no model yet: each parameter is a reading, made by a generator of its own.',
  params: {},
  freeParams: {
    doc: 'Each is a reading: <name> in payload, topic or key. decimals (default 2, as written for what is listed or counted) and unit may stand beside the kind.',
    forms: [
      ...Object.values(generatorKinds).map(({ example, doc }) => ({ example, doc })),
      { example: '5', doc: 'A number or a text alone is a constant.' },
      { example: '[idle, busy]', doc: 'A list alone is one of its values, all alike.' },
      {
        example: '{ uniform: [1, 6], decimals: 0, per: device }',
        doc: 'Drawn once for each device and then the same.',
      },
    ],
    check(name, value) {
      const read = readGenerator(name, value);
      return 'problems' in read ? read.problems : [];
    },
    instead: 0,
  },
  readings: {},
  payloads: {},
  shape(params) {
    const readings: Record<string, ReadingSpec> = {};
    const members: Record<string, string> = { device: '<device>', time: '<time.iso>' };
    for (const [name, value] of Object.entries(params)) {
      const { generator, unit } = compiled(name, value);
      readings[name] = { doc: `As ${JSON.stringify(value)} says.`, unit, ...generator.reading };
      members[name] = `<${name}>`;
    }
    const doc = 'Device, time, and every reading under its name.';
    return { readings, payloads: { readings: { doc, codec: 'json', fields: members, identity: 'fields' } } };
  },
  costNs: 400,
  // The sensor is read when the event is due.
  maxSamplingDelayUs: 1,
  create: (params) => new Fields(params),
};

/** Parameters have been checked. */
function compiled(name: string, value: ParamValue): { generator: Generator; unit: string } {
  const read = readGenerator(name, value);
  if ('problems' in read)
    throw new IotloadError('defect', `a generator was not checked: ${read.problems[0]?.message}`, { value: name });
  return read;
}

class Fields implements Device {
  readonly #generators: readonly Generator[];

  constructor(params: Params) {
    this.#generators = Object.entries(params).map(([name, value]) => compiled(name, value).generator);
  }

  sampledAt(_seat: SeatKey, _n: number, dueUs: Micros): Micros {
    return dueUs;
  }

  sample(seat: SeatKey, n: number, tUs: Micros, out: Float64Array, at: number): void {
    for (const generator of this.#generators) out[at++] = generator.value(seat, n, tUs);
  }
}
