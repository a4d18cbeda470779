import { expect, it, onTestFinished } from 'vitest';
import { startKinesisServer } from '../../../src/brokers/kinesis/server.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { createEventBatch } from '../../../src/core/event-batch.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { optionsSchema } from '../../../src/targets/kinesis/options.ts';
import { openSink } from '../../../src/targets/kinesis/sink.ts';
import type { TargetOptions } from '../../../src/targets/target.ts';
import { SinkRecord, sinkContext, testFleet } from '../../contracts/sink.ts';

const MIB = 1024 * 1024;
const KEY = 'k'.repeat(200);

/** Sends events with so many bytes of key and data together, and returns how each ended. */
async function sent(sizes: readonly number[], block: object = {}): Promise<string[]> {
  const server = await startKinesisServer({ port: 0, clock: systemClock(), limits: false });
  onTestFinished(() => server.close());
  const options = optionsSchema.parse({
    endpoint: `http://127.0.0.1:${server.port}`,
    create: { shards: 1 },
    linger: '1ms',
    ...block,
  }) as unknown as TargetOptions;
  const fleet = testFleet(0, sizes.length, KEY);
  const record = new SinkRecord();
  const sink = await openSink(options, sinkContext(record, [fleet]));
  const batch = createEventBatch(
    sizes.length,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  for (const [slot, size] of sizes.entries()) {
    const at = batch.end;
    Buffer.from(batch.bytes.buffer).write(KEY, at);
    batch.starts[slot] = at;
    batch.identities[slot] = batch.payloads[slot] = at + KEY.length;
    batch.ends[slot] = batch.end = at + size;
    batch.slots[slot] = batch.seats[slot] = slot;
    batch.count++;
  }
  const lane = sink.laneOf(0, 0);
  sink.room[lane] = (sink.room[lane] as number) - sizes.length;
  const before = [...sink.room];
  sink.send(batch, systemClock().nowUs());
  await sink.flush(10_000);
  await sink.close();
  expect(record.repeated).toEqual([]);
  expect(sink.room[lane]).toBe((before[lane] as number) + sizes.length);
  return sizes.map((_, slot) => {
    const settled = record.outcomes.get(`0/${slot}`);
    return settled?.outcome === Outcome.acked ? 'acked' : `${settled?.outcome} ${settled?.reason}`;
  });
}

const tooLarge = `${Outcome.rejected} record too large`;

it('the largest record is taken, one byte more is rejected, and nothing else with it', async () => {
  expect(await sent([500, MIB, MIB + 1, 500, 2 * MIB])).toEqual(['acked', 'acked', tooLarge, 'acked', tooLarge]);
});

it('a record that is larger than a request may be is rejected', async () => {
  expect(await sent([500, 16 * 1024, 16 * 1024 + 1], { batch: '16KiB' })).toEqual(['acked', 'acked', tooLarge]);
});
