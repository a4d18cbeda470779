import { describe, expect, it } from 'vitest';
import { codecs } from '../../src/codecs/registry.ts';
import { compileWriter } from '../../src/codecs/writer.ts';
import { seatStream, streamRoot } from '../../src/core/random.ts';
import type { Device, DeviceModel, Params, ParamValue, ReadingSpec, SeatKey } from '../../src/models/model.ts';
import { shapeOf } from '../../src/models/model-shape.ts';
import { plannedVocabulary } from '../../src/plan/check-templates.ts';
import { profileFields } from '../../src/plan/fleet-payload.ts';

const SECOND = 1_000_000;
const START_US = 1_772_366_400_000_000;
const root = streamRoot(42, 'contract');

/** Key of a seat's stream as the events layer makes it. */
export function seatKey(seat: number): SeatKey {
  const key = { seat, k0: 0, k1: 0 };
  seatStream(root, seat, key);
  return key;
}

export function defaultParams(model: DeviceModel): Record<string, ParamValue> {
  return Object.fromEntries(Object.entries(model.params).map(([name, spec]) => [name, spec.default]));
}

/** Readings, then labels, in the order of `sample`. */
export function quantitiesOf(model: DeviceModel, params: Params): [string, ReadingSpec][] {
  const { readings, labels } = shapeOf(model, params);
  return [...Object.entries(readings), ...Object.entries(labels ?? {})];
}

/** Parameter sets at the corners: the usual ones, and each parameter at each of its ends. */
function corners(model: DeviceModel, usual: Params): Params[] {
  const sets: Params[] = [usual];
  for (const [name, spec] of Object.entries(model.params)) {
    for (const value of endsOf(spec)) sets.push({ ...usual, [name]: value });
  }
  return sets;
}

function endsOf(spec: DeviceModel['params'][string]): readonly ParamValue[] {
  if (spec.type === 'choice') return spec.choices;
  if (spec.type === 'number') return [spec.min, spec.max].filter((value) => value !== undefined);
  return spec.type === 'flag' ? [false, true] : [];
}

/** What every device model promises. `usual` for a model whose readings follow from its parameters; their names and number stay. */
export function describeModel(model: DeviceModel, usual: Params = defaultParams(model)): void {
  const quantities = quantitiesOf(model, usual);
  const width = quantities.length;

  function row(device: Device, seat: number, n: number, dueUs: number): number[] {
    const out = new Float64Array(width + 2).fill(Number.NaN);
    const key = seatKey(seat);
    device.sample(key, n, device.sampledAt(key, n, dueUs), out, 1);
    expect([out[0], out[width + 1]]).toEqual([Number.NaN, Number.NaN]);
    return [...out.subarray(1, width + 1)];
  }

  describe(`model ${model.name}`, () => {
    it('documents itself, its parameters, readings and payloads', () => {
      const { payloads } = shapeOf(model, usual);
      const docs = [model, ...Object.values(model.params), ...Object.values(payloads)].map(({ doc }) => doc);
      if (model.freeParams !== undefined)
        docs.push(model.freeParams.doc, ...model.freeParams.forms.map(({ doc }) => doc));
      docs.push(...quantities.map(([, spec]) => spec.doc));
      for (const doc of docs) expect(doc).toMatch(/^[A-Z0-9].*\.$/);
      expect(Object.keys(payloads)).not.toEqual([]);
      const { picture, readings } = shapeOf(model, usual);
      if (picture !== undefined) expect(Object.keys(readings)).toContain(picture);
    });

    it('has payloads that can be written', () => {
      const shape = shapeOf(model, usual);
      const vocabulary = plannedVocabulary('fleet', 10, shape, usual);
      for (const { codec, fields } of Object.values(shape.payloads)) {
        const layout = codecs[codec]?.layout({ fields: profileFields(fields), identity: null, vocabulary });
        expect(compileWriter(layout?.ops ?? []).maxBytes).toBeGreaterThan(0);
      }
    });

    it('has names that a scenario can write, and none twice', () => {
      const names = [...Object.keys(model.params), ...quantities.map(([name]) => name)];
      for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(new Set(names).size).toBe(names.length);
    });

    it('has defaults within their bounds', () => {
      for (const spec of Object.values(model.params)) {
        if (spec.type === 'choice') expect(spec.choices).toContain(spec.default);
        else if (spec.type === 'number') {
          expect(spec.default).toBeGreaterThanOrEqual(spec.min ?? Number.NEGATIVE_INFINITY);
          expect(spec.default).toBeLessThanOrEqual(spec.max ?? Number.POSITIVE_INFINITY);
        }
      }
    });

    it('keeps every reading within its bounds, whatever the parameters', () => {
      for (const params of corners(model, usual)) {
        const device = model.create(params, []);
        const bounds = quantitiesOf(model, params);
        for (let i = 0; i < 3_000; i++) {
          row(device, i % 97, i, START_US + i * 0.217 * SECOND).forEach((value, at) => {
            const [name, { min, max, names, flag, optional }] = bounds[at] as [string, ReadingSpec];
            const isNamed = names === undefined || names[value] !== undefined;
            const isYesOrNo = flag === undefined || value === 0 || value === 1;
            const isThere = value >= min && value <= max && isNamed && isYesOrNo;
            const isRight = isThere || (optional === true && Number.isNaN(value));
            if (!isRight) expect({ params, name, value, min, max }).toBe('within its bounds');
          });
        }
      }
    });

    it('is a pure function: other order, another instance, another history, same values', () => {
      const asked = Array.from({ length: 200 }, (_, i) => [i % 13, i, START_US + i * 3.7 * SECOND] as const);
      const device = model.create(usual, []);
      const forwards = asked.map((one) => row(device, ...one));
      for (let i = 0; i < 500; i++) row(device, 1000 + i, i * 7, START_US - i * SECOND);
      const backwards = [...asked].reverse().map((one) => row(device, ...one));
      const fresh = asked.map((one) => row(model.create(usual, []), ...one));
      expect(backwards.reverse()).toEqual(forwards);
      expect(fresh).toEqual(forwards);
    });

    it('gives the same bytes from cold and from warm memory, in whatever order its life is asked for', () => {
      const asked = [0, 1, 59, 360, 6_666, 6_667, 6_668, 20_000, 1_000_003, 5_000_000_000].flatMap((n) =>
        [0, 1, 7, 4_000_000_000].map((seat) => [seat, n, START_US + n * SECOND] as const),
      );
      const bytes = (values: number[]): string => Buffer.from(Float64Array.from(values).buffer).toString('hex');
      const cold = asked.map((one) => bytes(row(model.create(usual, []), ...one)));
      const device = model.create(usual, []);
      for (let round = 0; round < 2; round++) {
        expect(asked.map((one) => bytes(row(device, ...one)))).toEqual(cold);
        const backwards = asked.map((_, i) => asked[asked.length - 1 - i] as (typeof asked)[number]);
        expect(backwards.map((one) => bytes(row(device, ...one)))).toEqual([...cold].reverse());
      }
    });

    it('gives each seat a life of its own', () => {
      const device = model.create(usual, []);
      const lives = Array.from({ length: 20 }, (_, seat) =>
        Array.from({ length: 20 }, (_, n) => row(device, seat, n, START_US + n * SECOND)).join(),
      );
      expect(new Set(lives).size).toBe(20);
    });

    it('reads its sensor at most the promised delay before an event is due, on whole microseconds, in order', () => {
      const device = model.create(usual, []);
      for (let seat = 0; seat < 50; seat++) {
        const key = seatKey(seat);
        let before = Number.NEGATIVE_INFINITY;
        for (let n = 0; n < 500; n++) {
          const dueUs = START_US + seat * 1234 + n * (model.maxSamplingDelayUs + 1);
          const atUs = device.sampledAt(key, n, dueUs);
          const isRight =
            Number.isInteger(atUs) && atUs <= dueUs && atUs > dueUs - model.maxSamplingDelayUs && atUs > before;
          if (!isRight) expect({ seat, n, dueUs, atUs, before }).toBe('in order and in time');
          before = atUs;
        }
      }
    });

    it('works from 1970 to 2255', () => {
      const device = model.create(usual, []);
      for (const dueUs of [0, 1, 4_102_444_800 * SECOND, Number.MAX_SAFE_INTEGER]) {
        row(device, 3, 5, dueUs).forEach((value, at) => {
          const isMissing = quantities[at]?.[1].optional === true && Number.isNaN(value);
          expect(Number.isFinite(value) || isMissing).toBe(true);
        });
      }
    });
  });
}
