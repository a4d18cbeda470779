import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { discard } from '../../../src/targets/discard/index.ts';
import { openSink } from '../../../src/targets/discard/sink.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../../contracts/sink.ts';

describe('discard', () => {
  const fleet = testFleet(2, 3, '');

  it('acknowledges nothing and cannot be read', () => {
    expect(discard.traits({})).toMatchObject({ acknowledges: false, readable: false, hosts: [] });
    expect(discard.source).toBeUndefined();
  });

  it('settles every event as no_ack before send returns, and gives its room back', async () => {
    const record = new SinkRecord();
    const sink = await openSink({}, sinkContext(record, [fleet]));
    const room = sink.room[0];
    const startUs = systemClock().nowUs();
    await sendSlots(sink, record, fleet, 0, 1000);
    expect(record.count(Outcome.noAck)).toBe(1000);
    expect(record.repeated).toEqual([]);
    expect(sink.room[0]).toBe(room);
    for (const { sentAtUs, atUs } of record.outcomes.values()) {
      expect(sentAtUs).toBeGreaterThanOrEqual(startUs);
      expect(atUs).toBeGreaterThanOrEqual(sentAtUs);
    }
    await sink.flush(0);
    await Promise.all([sink.close(), sink.close()]);
  });
});
