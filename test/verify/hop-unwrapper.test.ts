import { describe, expect, it } from 'vitest';
import type { HopPlan } from '../../src/plan/plan.ts';
import type { DeliveredBatch } from '../../src/targets/target.ts';
import { HopUnwrapper } from '../../src/verify/hop-unwrapper.ts';

/** A batch of messages, each with an identity beside it. */
function batchOf(messages: readonly string[], identity = ''): DeliveredBatch {
  const pieces = messages.flatMap((message) => ['key', identity, message]).map((text) => Buffer.from(text));
  const ends: number[] = [];
  for (const { length } of pieces) ends.push((ends.at(-1) ?? 0) + length);
  const starts = ends.map((end, i) => end - (pieces[i] as Buffer).length);
  const every = (all: number[], offset: number): Uint32Array =>
    Uint32Array.from(all.filter((_, i) => i % 3 === offset));
  return {
    count: messages.length,
    bytes: Buffer.concat(pieces),
    addressStarts: every(starts, 0),
    addressEnds: every(ends, 0),
    identityStarts: every(starts, 1),
    identityEnds: every(ends, 1),
    payloadStarts: every(starts, 2),
    payloadEnds: every(ends, 2),
    atUs: 7,
    redelivered: false,
  };
}

function told(batch: DeliveredBatch): [payload: string, identity: string][] {
  const text = (start = 0, end = 0): string => Buffer.from(batch.bytes.subarray(start, end)).toString();
  return Array.from({ length: batch.count }, (_, i) => [
    text(batch.payloadStarts[i], batch.payloadEnds[i]),
    text(batch.identityStarts[i], batch.identityEnds[i]),
  ]);
}

const string: HopPlan = { payloadAt: '/payload', as: 'string', survives: 'fields' };
const wrapped = (payload: unknown): string => JSON.stringify({ topic: 'a/b', payload, qos: 1 });

describe('HopUnwrapper', () => {
  it('takes texts out of what a bridge made of them, byte for byte', () => {
    const payloads = ['{"msg": "23"}', '', '"quoted"\n', 'déjà vu ✓'];
    const unwrapper = new HopUnwrapper(string);
    expect(told(unwrapper.unwrap(batchOf(payloads.map(wrapped))))).toEqual(payloads.map((payload) => [payload, '']));
    expect(unwrapper.misfits).toBe(0);
  });

  it('takes values as they stand, and base64', () => {
    const values = new HopUnwrapper({ ...string, as: 'object' });
    expect(told(values.unwrap(batchOf(['{"payload": {"a": 1.50 }, "x":0}'])))).toEqual([['{"a": 1.50 }', '']]);
    const base64 = new HopUnwrapper({ ...string, as: 'base64' });
    expect(told(base64.unwrap(batchOf([wrapped(Buffer.from([1, 2, 65]).toString('base64'))])))).toEqual([
      ['\u0001\u0002A', ''],
    ]);
  });

  it('leaves what does not fit empty, counts it, and goes on', () => {
    const unwrapper = new HopUnwrapper(string);
    const messages = ['no json', wrapped({ a: 1 }), '{"other":"x"}', wrapped('good')];
    expect(told(unwrapper.unwrap(batchOf(messages))).map(([payload]) => payload)).toEqual(['', '', '', 'good']);
    expect(unwrapper.misfits).toBe(3);
  });

  it('keeps an identity beside the payload only where it survives', () => {
    expect(told(new HopUnwrapper(string).unwrap(batchOf([wrapped('x')], 'id')))).toEqual([['x', '']]);
    const kept = new HopUnwrapper({ ...string, survives: 'headers' });
    expect(told(kept.unwrap(batchOf([wrapped('x'), wrapped('yy')], 'id')))).toEqual([
      ['x', 'id'],
      ['yy', 'id'],
    ]);
    const bare: HopPlan = { as: 'string', survives: 'headers' };
    expect(told(new HopUnwrapper(bare).unwrap(batchOf(['x'], 'id')))).toEqual([['x', 'id']]);
    expect(told(new HopUnwrapper({ ...bare, survives: 'fields' }).unwrap(batchOf(['x'], 'id')))).toEqual([['x', '']]);
  });

  it('takes batches of any size', () => {
    const unwrapper = new HopUnwrapper(string);
    const payloads = Array.from({ length: 1_000 }, (_, i) => `${i}`.repeat(50));
    expect(told(unwrapper.unwrap(batchOf(payloads.map(wrapped)))).map(([payload]) => payload)).toEqual(payloads);
    expect(unwrapper.unwrap(batchOf([wrapped('x')])).atUs).toBe(7);
  });
});
