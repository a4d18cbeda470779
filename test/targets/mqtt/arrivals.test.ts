import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { Arrivals } from '../../../src/targets/mqtt/arrivals.ts';
import { FrameSplitter } from '../../../src/wire/mqtt-splitter.ts';

const publish = (
  topic: string,
  payload: string,
  extra: { qos?: 0 | 1; messageId?: number; dup?: boolean; retain?: boolean } = {},
): Buffer => generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false, ...extra });

/** Feeds `chunks` and returns the delivered batches as `topic=payload`, the PUBACK bytes and what the broker said of itself. */
function deliver(chunks: Buffer[]): { batches: string[][]; acks: string[]; system: string[] } {
  const batches: string[][] = [];
  const acks: string[] = [];
  const system: string[] = [];
  const arrivals = new Arrivals(4, (batch) => {
    const text = (from: Uint32Array, to: Uint32Array, i: number): string =>
      Buffer.from(batch.bytes.slice(from[i], to[i])).toString();
    batches.push(
      Array.from({ length: batch.count }, (_, i) => {
        return `${text(batch.addressStarts, batch.addressEnds, i)}=${text(batch.payloadStarts, batch.payloadEnds, i)}`;
      }),
    );
    expect(batch.atUs).toBe(7);
  });
  const splitter = new FrameSplitter();
  for (const chunk of chunks) {
    arrivals.begin(7);
    splitter.push(chunk, chunk.length, (bytes, start, body, end) => {
      arrivals.add(bytes, start, body, end, (...told) => system.push(told.join(' ')));
    });
    acks.push(arrivals.finish().toString('hex'));
  }
  return { batches, acks, system };
}

describe('Arrivals', () => {
  it('delivers the frames of one read together, those sent before apart, and acknowledges them in one write', () => {
    const chunk = Buffer.concat([
      publish('a/b', 'one'),
      publish('a/c', 'two', { qos: 1, messageId: 258 }),
      publish('a/b', '', { qos: 1, messageId: 3, dup: true }),
    ]);
    expect(deliver([chunk])).toEqual({
      batches: [['a/b=one', 'a/c=two'], ['a/b=']],
      acks: ['4002010240020003'],
      system: [],
    });
  });

  it('delivers a frame that crosses two reads with the second, from its own buffer', () => {
    const chunk = Buffer.concat([publish('a', '1'), publish('b', '2', { qos: 1, messageId: 9 }), publish('c', '3')]);
    const found = deliver([chunk.subarray(0, 10), chunk.subarray(10)]);
    expect(found.batches).toEqual([['a=1'], ['b=2'], ['c=3']]);
    expect(found.acks).toEqual(['', '40020009']);
  });

  it('takes no retained message for an arrival, and keeps the broker’s own topics apart', () => {
    const chunk = Buffer.concat([
      publish('a', 'old', { qos: 1, messageId: 5, retain: true }),
      publish('$SYS/broker/publish/messages/dropped', '17', { retain: true }),
      publish('a', 'new'),
    ]);
    expect(deliver([chunk])).toEqual({
      batches: [['a=new']],
      acks: ['40020005'],
      system: ['$SYS/broker/publish/messages/dropped 17 true 7'],
    });
  });

  it('splits a long run into batches and grows its acknowledgements', () => {
    const frames = Array.from({ length: 5000 }, (_, i) => publish('t', `${i}`, { qos: 1, messageId: i + 1 }));
    const found = deliver([Buffer.concat(frames)]);
    expect(found.batches.map(({ length }) => length)).toEqual([2048, 2048, 904]);
    expect(found.batches.flat()).toEqual(frames.map((_, i) => `t=${i}`));
    expect(found.acks[0]).toHaveLength(5000 * 8);
  });
});
