import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { BlockStore } from '../../../../src/brokers/block-store.ts';
import { PartitionLog } from '../../../../src/brokers/kafka/log/partition-log.ts';
import { SpillFile } from '../../../../src/brokers/spill-file.ts';
import { ProtocolWriter } from '../../../../src/wire/kafka/protocol-writer.ts';
import { batchOf, createTopic, fetchFrom, produce, rawClient, server } from '../raw-client.ts';
import { readLog } from '../read-log.ts';

const KIB = 1024;
const bounds = { cacheBytes: 256 * KIB, slackBytes: 128 * KIB };
const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('iotload-broker-'));

it('keeps in memory what it may, reads the rest from a file, and leaves nothing behind', async () => {
  const before = folders();
  const broker = await server({ bounds });
  const client = rawClient(broker.port);
  await createTopic(client, 't', 3);
  const textOf = (i: number) => `${i} `.repeat(1000);
  for (let i = 0; i < 900; i++) {
    await produce(client, 't', i % 3, await batchOf([{ value: textOf(i) }]));
    // One block that is being filled, beyond the bound.
    expect(broker.residentBytes).toBeLessThanOrEqual(bounds.cacheBytes + bounds.slackBytes + 1024 * KIB);
  }
  for (let partition = 0; partition < 3; partition++) {
    const values = (await readLog(client, 't', partition)).map(({ value }) => value);
    expect(values).toEqual(Array.from({ length: 300 }, (_, i) => textOf(3 * i + partition)));
    // From the middle, and by pieces.
    expect((await fetchFrom(client, 't', partition, 137, { partitionBytes: 1 })).records.readBigInt64BE(0)).toBe(137n);
  }
  expect(folders()).toEqual(before);
});

it('stops taking batches where the disk takes none, and goes on when it does', async () => {
  let broken = true;
  class Disk extends SpillFile {
    override write(bytes: Buffer, length: number, position: number, done: (failed: boolean) => void): void {
      if (broken) setImmediate(done, true);
      else super.write(bytes, length, position, done);
    }
  }
  const store = new BlockStore({ cacheBytes: 64 * KIB, slackBytes: 64 * KIB });
  const file = new Disk();
  const log = new PartitionLog(store, file);
  const batch = await batchOf([{ value: 'x'.repeat(10_000) }]);
  let appended = 0;
  const append = async (): Promise<boolean> => {
    await store.room();
    if (store.isFull) return false;
    log.append(batch, 0, batch.length);
    appended++;
    return true;
  };
  while (await append());
  // With the block that is being filled.
  expect(store.residentBytes).toBeLessThan((64 + 64 + 256) * KIB);
  broken = false;
  // Each attempt tries the disk again.
  while (!(await append())) await new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 100; i++) expect(await append()).toBe(true);
  for (let offset = 0; offset < appended; offset++) {
    const slice = await log.read(offset, 1, true);
    expect(slice?.bytes.readBigInt64BE(slice.from)).toBe(BigInt(offset));
    if (slice !== null) log.release(slice);
  }
  log.drop();
  file.close();
});

it('gives memory back with the topic', async () => {
  const broker = await server();
  const client = rawClient(broker.port);
  await createTopic(client, 't', 1);
  for (let i = 0; i < 50; i++) await produce(client, 't', 0, await batchOf([{ value: 'x'.repeat(100_000) }]));
  expect(broker.residentBytes).toBeGreaterThan(5_000_000);
  await client.ask(20, 1, new ProtocolWriter().int32(1).string('t').int32(1000).take());
  expect(broker.residentBytes).toBe(0);
  expect((await fetchFrom(client, 't', 0, 0)).error).toBe(3);
});
