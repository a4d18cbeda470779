import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { murmur2, partitionOf } from '../../../src/wire/kafka/murmur2.ts';

describe('murmur2', () => {
  // The values of Kafka's own test, org.apache.kafka.common.utils.UtilsTest.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %j', (text, hash) => {
    const bytes = new TextEncoder().encode(`<${text}>`);
    expect(murmur2(bytes, 1, bytes.length - 1)).toBe(hash);
  });

  it('chooses the partition that kafkajs chooses like the Java client', () => {
    const partition = Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 500 }), (key, count) => {
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 0 }));
        const message = { key: Buffer.from(key), value: null };
        expect(partitionOf(key, count)).toBe(partition({ topic: 't', partitionMetadata, message } as never));
      }),
    );
  });
});
