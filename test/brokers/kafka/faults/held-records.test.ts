import { expect, it } from 'vitest';
import { BlockStore } from '../../../../src/brokers/block-store.ts';
import { looseRecord } from '../../../../src/brokers/kafka/faults/batch-editor.ts';
import { type HeldRecord, HeldRecords } from '../../../../src/brokers/kafka/faults/held-records.ts';
import { PartitionLog } from '../../../../src/brokers/kafka/log/partition-log.ts';
import { SpillFile } from '../../../../src/brokers/spill-file.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const log = () => new PartitionLog(new BlockStore(), new SpillFile());
const held = (ordinal: number): HeldRecord => ({
  record: looseRecord(0, null, Buffer.alloc(0)),
  fault: { kind: 'reorder', ordinal, topic: 't', partition: 0, value: Buffer.alloc(0) },
});

function setting() {
  const clock = new VirtualClock();
  const records = new HeldRecords(clock);
  const expired: number[] = [];
  const hold = (of: PartitionLog, key: string, ordinal: number) =>
    records.add(of, key, held(ordinal), 2000, () => expired.push(ordinal));
  return { clock, records, expired, hold, ordinals: (of: PartitionLog) => records.takeAll(of).map(ordinalOf) };
}

const ordinalOf = ({ fault }: HeldRecord) => fault.ordinal;

it('a held record is that of its key and partition, and is taken once', async () => {
  const { records, hold, clock, expired } = setting();
  const [one, other] = [log(), log()];
  hold(one, 'a', 0);
  hold(other, 'a', 1);
  hold(one, 'b', 2);
  expect(records.take(one, 'c')).toBeUndefined();
  expect(records.take(one, 'a')?.fault.ordinal).toBe(0);
  expect(records.take(one, 'a')).toBeUndefined();
  await clock.advance(clock.nowUs() + 1_999_999);
  expect(expired).toEqual([]);
  await clock.advance(clock.nowUs() + 1);
  expect(expired).toEqual([1, 2]);
});

it('all of a partition are taken in the order they came, and none of them expires', async () => {
  const { hold, clock, expired, ordinals } = setting();
  const [one, other] = [log(), log()];
  for (const [ordinal, key] of ['b', 'a', 'c'].entries()) hold(one, key, ordinal);
  hold(other, 'a', 3);
  expect(ordinals(one)).toEqual([0, 1, 2]);
  expect(ordinals(one)).toEqual([]);
  await clock.advance(clock.nowUs() + 2_000_000);
  expect(expired).toEqual([3]);
});

it('what is forgotten does not come back', async () => {
  const { records, hold, clock, expired, ordinals } = setting();
  const [one, other] = [log(), log()];
  hold(one, 'a', 0);
  hold(other, 'a', 1);
  records.clear();
  await clock.advance(clock.nowUs() + 2_000_000);
  expect([expired, ordinals(one), ordinals(other)]).toEqual([[], [], []]);
});
