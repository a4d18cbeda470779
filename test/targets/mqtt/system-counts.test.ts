import { describe, expect, it } from 'vitest';
import { SystemCounts } from '../../../src/targets/mqtt/system-counts.ts';

const [received, dropped] = SystemCounts.topics as [string, string];

describe('what a broker tells of itself', () => {
  it('is nothing at first, then what was added since the reader came', () => {
    const counts = new SystemCounts();
    expect([counts.received, counts.dropped]).toEqual([null, null]);
    counts.take(received, '1000', true, 1);
    expect(counts.received).toEqual({ by: '$SYS/broker/publish/messages', messages: 0, readAll: false, atUs: 1 });
    counts.take(received, '1250', false, 5);
    expect(counts.received).toMatchObject({ messages: 250, atUs: 5 });
    counts.take(dropped, '40', true, 6);
    expect(counts.dropped).toBe(0);
    counts.take(dropped, '47', false, 7);
    expect(counts.dropped).toBe(7);
  });

  it('is all it took where it had told nothing before', () => {
    const counts = new SystemCounts();
    counts.take(received, '12', false, 1);
    expect(counts.received?.messages).toBe(12);
  });

  it('begins anew with a broker that was restarted', () => {
    const counts = new SystemCounts();
    counts.take(received, '1000', true, 1);
    counts.take(received, '30', false, 2);
    expect(counts.received?.messages).toBe(30);
    counts.take(dropped, '9', true, 1);
    counts.take(dropped, '2', false, 2);
    expect(counts.dropped).toBe(2);
  });

  it.each(['', 'many', '9007199254740993'])('is not %j, nor what stands elsewhere', (payload) => {
    const counts = new SystemCounts();
    counts.take(received, payload, true, 1);
    counts.take('$SYS/broker/uptime', '17', true, 1);
    expect([counts.received, counts.dropped]).toEqual([null, null]);
  });
});
