import { expect, it } from 'vitest';
import { createEventBatch } from '../../../src/core/event-batch.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { BatchPool } from '../../../src/targets/kafka/batch-pool.ts';
import { reportOutcome, reportResent } from '../../../src/targets/kafka/outcome-report.ts';
import type { ProduceBatch } from '../../../src/targets/kafka/produce-batch.ts';
import { appendEvent, SinkRecord, testFleet } from '../../contracts/sink.ts';

/** Slots 10, 11 of fleet 0, then 10, 11, 12 of fleet 1, then 13 of fleet 0, at times that count from 100. */
function mixed(): ProduceBatch {
  const produced = new BatchPool().take(4096, 4096);
  let atUs = 100;
  for (const [fleet, slots] of [
    [0, [10, 11]],
    [1, [10, 11, 12]],
    [0, [13]],
  ] as const) {
    const events = createEventBatch(8, 4096);
    events.fleet = fleet;
    for (const slot of slots) appendEvent(events, testFleet(fleet, 5, 'a'), slot);
    for (let i = 0; i < events.count; i++) produced.append(events, i, atUs++, 0);
  }
  return produced;
}

it('tells each event’s outcome once, with its own fleet and time', () => {
  const record = new SinkRecord();
  reportOutcome(record, mixed(), Outcome.rejected, 'too large', 7_000);
  expect(record.repeated).toEqual([]);
  expect([...record.outcomes].map(([key, { sentAtUs }]) => `${key} ${sentAtUs}`)).toEqual([
    '0/10 100',
    '0/11 101',
    '1/10 102',
    '1/11 103',
    '1/12 104',
    '0/13 105',
  ]);
  for (const told of record.outcomes.values())
    expect(told).toMatchObject({ outcome: Outcome.rejected, reason: 'too large', atUs: 7_000 });
});

it('tells each event that is sent again, of which none can be there twice', () => {
  const record = new SinkRecord();
  const twice: (boolean | undefined)[] = [];
  reportResent(
    {
      settled: () => {},
      drained: () => {},
      notice: () => {},
      resent: (fleet, slots, count, mayRepeat) => {
        twice.push(mayRepeat);
        record.resent(fleet, slots, count);
      },
    },
    mixed(),
  );
  expect(record.again).toEqual(['0/10', '0/11', '1/10', '1/11', '1/12', '0/13']);
  expect(twice).toEqual([false, false, false]);
});
