import { expect, it } from 'vitest';
import { RecordDelivery } from '../../../src/targets/kafka/record-delivery.ts';
import type { DeliveredBatch } from '../../../src/targets/target.ts';

it('hands on what the places hold, and empties them before', () => {
  const seen: unknown[] = [];
  const delivery: RecordDelivery = new RecordDelivery((batch: DeliveredBatch) => {
    const slice = (starts: Uint32Array, ends: Uint32Array) =>
      Array.from({ length: batch.count }, (_, i) => Buffer.from(batch.bytes.subarray(starts[i], ends[i])).toString());
    seen.push({
      addresses: slice(batch.addressStarts, batch.addressEnds),
      identities: slice(batch.identityStarts, batch.identityEnds),
      payloads: slice(batch.payloadStarts, batch.payloadEnds),
      partition: batch.log?.partition,
      offsets: Array.from(batch.log?.offsets?.subarray(0, batch.count) ?? []),
      atUs: batch.atUs,
      redelivered: batch.redelivered,
      // Whoever takes it may have the next ones read at once.
      left: delivery.places.count,
    });
  });
  const { places } = delivery;
  delivery.flush(4, 99);
  expect(seen).toEqual([]);
  places.bytes = Buffer.from('k1i1v1k2i2v2');
  for (const [i, at] of [0, 6].entries()) {
    places.keyStarts[i] = at;
    places.keyEnds[i] = places.identityStarts[i] = at + 2;
    places.identityEnds[i] = places.valueStarts[i] = at + 4;
    places.valueEnds[i] = at + 6;
    places.offsets[i] = 1e10 + i;
  }
  places.count = 2;
  delivery.flush(4, 99);
  delivery.flush(4, 100);
  const once = { addresses: ['k1', 'k2'], identities: ['i1', 'i2'], payloads: ['v1', 'v2'], left: 0 };
  const first = { ...once, partition: 4, offsets: [1e10, 1e10 + 1], atUs: 99, redelivered: false };
  expect(seen).toEqual([first]);
  places.count = 1;
  delivery.flush(7, 101);
  expect(seen[1]).toMatchObject({ partition: 7, payloads: ['v1'], atUs: 101 });
});
