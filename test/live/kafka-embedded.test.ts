import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddedBroker } from '../../src/brokers/embedded-broker.ts';
import { startKafkaBroker } from '../../src/brokers/kafka/embedded-kafka-broker.ts';
import { partitionOf } from '../../src/wire/kafka/murmur2.ts';
import { consoleRead, consoleWrite, kcatRead, kcatWrite, type PrintedRecord } from './kafka-clients.ts';

/** Of one key, so that all of it is in one partition and in its order. */
function records(name: string, count: number): PrintedRecord[] {
  return Array.from({ length: count }, (_, i) => ({ key: name, value: `${name} ${i} ${'x'.repeat(i % 300)}` }));
}

describe('the embedded Kafka', () => {
  let broker: EmbeddedBroker;
  let endpoint: string;
  beforeAll(async () => {
    broker = await startKafkaBroker();
    endpoint = broker.endpoint.replace(/^kafka:\/\//, '');
  });
  afterAll(() => broker.stop());

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('keeps what kcat writes with compression %s', async (codec) => {
    const written = records(`kcat-${codec}`, 3000);
    await kcatWrite(endpoint, `kcat-${codec}`, written, codec);
    expect(await kcatRead(endpoint, `kcat-${codec}`)).toEqual(written);
  });

  it('keeps what Kafka’s idempotent console producer writes, for kcat and for the console consumer', async () => {
    const written = records('console', 3000);
    await consoleWrite(endpoint, 'console', written, 'zstd');
    expect(await kcatRead(endpoint, 'console')).toEqual(written);
    // Which is also to say that Java puts a key where we say it does.
    expect(await consoleRead(endpoint, 'console', partitionOf(Buffer.from('console'), 6), 3000)).toEqual(written);
  });
});
