import { expect, it } from 'vitest';
import { BlockStore } from '../../../../src/brokers/block-store.ts';
import {
  chooserOf,
  type KafkaFaultKind,
  type KafkaFaultPlan,
  type KafkaFaultRecord,
} from '../../../../src/brokers/kafka/faults/fault-plan.ts';
import { HeldRecords } from '../../../../src/brokers/kafka/faults/held-records.ts';
import { RecordFaults } from '../../../../src/brokers/kafka/faults/record-faults.ts';
import { payloadOf, recordsOf } from '../../../../src/brokers/kafka/log/batch-records.ts';
import { PartitionLog } from '../../../../src/brokers/kafka/log/partition-log.ts';
import { SpillFile } from '../../../../src/brokers/spill-file.ts';
import { crc32cInJs } from '../../../../src/wire/kafka/crc32c.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { batchOf, type TestRecord } from '../raw-client.ts';

function setting(plan: KafkaFaultPlan = {}) {
  const clock = new VirtualClock();
  const done: KafkaFaultRecord<Buffer>[] = [];
  const released: PartitionLog[] = [];
  const faults = new RecordFaults(new HeldRecords(clock), crc32cInJs, {
    record: (fault) => done.push({ ...fault, value: Buffer.from(fault.value) }),
    release: (log) => released.push(log),
  });
  const log = new PartitionLog(new BlockStore(), new SpillFile());
  /** Harms a batch of these; of each, the ordinal and what is to happen to it. */
  const harm = async (events: readonly (TestRecord & { ordinal: number; kind?: KafkaFaultKind })[]) => {
    const bytes = await batchOf(events);
    const records = await recordsOf(bytes);
    const harmed = events.map(({ ordinal, kind = null }, i) => ({ ordinal, kind, record: records[i] as never }));
    const { stored, behind } = faults.harm(
      { topic: 't', partition: 3, log, bytes, records },
      harmed,
      chooserOf(plan),
      plan,
    );
    return { isSame: stored === bytes, stored: await valuesOf(stored), behind: await valuesOf(behind) };
  };
  return { clock, log, faults, done, released, harm };
}

async function valuesOf(batch: Uint8Array | null): Promise<string[] | null> {
  return batch === null ? null : (await recordsOf(batch)).map((record) => payloadOf(record).toString());
}

it('a batch that nothing happens to is stored as it came', async () => {
  const { harm, faults, done } = setting();
  expect(await harm([{ value: 'a', ordinal: 0 }])).toEqual({ isSame: true, stored: ['a'], behind: null });
  expect({ stored: faults.stored, done }).toEqual({ stored: 1, done: [] });
});

it('each record of a batch suffers its own fault, and each is written down', async () => {
  const { harm, faults, done } = setting({ alter: { every: 1, offset: 1 } });
  const result = await harm([
    { value: 'aaa', ordinal: 0, kind: 'drop' },
    { value: 'bbb', ordinal: 1, kind: 'double' },
    { value: 'ccc', ordinal: 2, kind: 'alter' },
    { value: 'ddd', ordinal: 3 },
    { value: '', ordinal: 4, kind: 'alter' },
    { value: 'eee', ordinal: 5, kind: 'reorder' },
  ]);
  // Without a value there is nothing to alter, and without a key nobody to be overtaken by.
  expect(result).toEqual({ isSame: false, stored: ['bbb', 'cbc', 'ddd', '', 'eee'], behind: ['bbb'] });
  expect(faults.stored).toBe(6);
  const at = { topic: 't', partition: 3 };
  expect(done).toEqual([
    { kind: 'drop', ordinal: 0, ...at, value: Buffer.from('aaa') },
    { kind: 'double', ordinal: 1, ...at, value: Buffer.from('bbb') },
    { kind: 'alter', ordinal: 2, ...at, value: Buffer.from('ccc'), offset: 1 },
  ]);
});

it('nothing is stored of a batch that loses all', async () => {
  const { harm, faults } = setting();
  const lost = await harm([{ value: 'a', ordinal: 0, kind: 'drop' }]);
  expect(lost).toEqual({ isSame: false, stored: null, behind: null });
  expect(faults.stored).toBe(0);
});

it('a held record comes behind the batch of its next one, which then suffers nothing', async () => {
  const { harm, faults, done, clock, released } = setting();
  expect(await harm([{ key: 'k', value: 'first', ordinal: 0, kind: 'reorder' }])).toMatchObject({ stored: null });
  expect([faults.stored, done]).toEqual([0, []]);
  const next = await harm([
    { key: 'other', value: 'x', ordinal: 1 },
    { key: 'k', value: 'second', ordinal: 2, kind: 'drop' },
  ]);
  expect(next).toEqual({ isSame: true, stored: ['x', 'second'], behind: ['first'] });
  expect(done).toEqual([
    { kind: 'reorder', ordinal: 0, topic: 't', partition: 3, value: Buffer.from('first'), partner: 2 },
  ]);
  expect(faults.stored).toBe(3);
  await clock.advance(clock.nowUs() + 2_000_000);
  expect(released).toEqual([]);
});

it('a repeat that overtakes is no partner', async () => {
  const { harm, done } = setting();
  await harm([{ key: 'k', value: 'first', ordinal: 0, kind: 'reorder' }]);
  await harm([{ key: 'k', value: 'repeat', ordinal: -1 }]);
  expect(done.map((fault) => 'partner' in fault)).toEqual([false]);
});

it('a held record that nothing overtakes is let go after 2 s', async () => {
  const { harm, clock, log, released } = setting();
  await harm([{ key: 'k', value: 'first', ordinal: 0, kind: 'reorder' }]);
  await clock.advance(clock.nowUs() + 1_999_999);
  expect(released).toEqual([]);
  await clock.advance(clock.nowUs() + 1);
  expect(released).toEqual([log]);
});

it('foreign records follow in turn, and count as stored', async () => {
  const payloads = ['f0', 'f1'].map((text) => Buffer.from(text));
  const { harm, faults } = setting({ foreign: { every: 1, payloads } });
  const events = [0, 1, 2].map((ordinal) => ({ key: 'k', value: `e${ordinal}`, ordinal }));
  expect(await harm(events)).toEqual({ isSame: true, stored: ['e0', 'e1', 'e2'], behind: ['f0', 'f1', 'f0'] });
  expect(faults).toMatchObject({ stored: 6, foreign: 3 });
});
