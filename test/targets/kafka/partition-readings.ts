import { PartitionReading } from '../../../src/targets/kafka/partition-reading.ts';
import { RecordDelivery } from '../../../src/targets/kafka/record-delivery.ts';
import { loadCodec } from '../../../src/wire/kafka/compression.ts';
import { crc32cInJs } from '../../../src/wire/kafka/crc32c.ts';
import { RecordBatchReader } from '../../../src/wire/kafka/record-batch-reader.ts';
import type { Arrived } from './reading-world.ts';

const codecs = new Map([['none', await loadCodec('none')]] as const);

/** A partition that is read from its beginning, into `arrived`, with what it has to tell as notices there. */
export function partitionReading(partition: number, arrived: Arrived): PartitionReading {
  return new PartitionReading(partition, 0, 0, {
    topic: 'readings',
    reader: new RecordBatchReader(crc32cInJs, codecs),
    delivery: new RecordDelivery((batch) => arrived.delivered(batch)),
    gap: (detail) => arrived.notice('gap', detail),
    notice: (detail) => arrived.notice('notice', detail),
    hole: (of, from, to) => arrived.notice('hole', `${of} ${from}-${to}`),
  });
}
