import { describe, expect, it } from 'vitest';
import { limitReasons, targetNeeds } from '../../src/runner/target-limits.ts';
import { planned } from '../plan/request.ts';

const firstAt = '2026-01-01T00:00:00.000Z';
const error = (code: string, message: string, count: number) => ({ code, message, count, firstAt });

describe('the limit of a target', () => {
  it('is told with where there was no room, the fullest first, and with what is needed', () => {
    const errors = [
      error('lake/throttled', 'shardId-1', 10),
      error('lake/throttled', 'shardId-0', 1200),
      error('lake/throttled', 'shardId-2', 3),
      error('lake/throttled', 'shardId-3', 1),
      error('lake/rejected', 'throttled', 4),
      error('lake/needs', 'it needs 5 shards', 1),
      error('edge/throttled', 'broker:9092', 2),
    ];
    expect(limitReasons(errors)).toEqual([
      'the limit was lake: no room at shardId-0 1,200 times, shardId-1 10 times, shardId-2 3 times, and 1 more; it needs 5 shards',
      'the limit was edge: no room at broker:9092 2 times',
    ]);
    expect(limitReasons([error('lake/rejected', 'refused', 4)])).toEqual([]);
  });

  it('is reckoned only for a target that had no room', async () => {
    const text = `
iotload: 1
name: hot
run: { duration: 12s }
fleets: { f: { model: environment-sensor, devices: 300, every: 100ms, payload: kinesis-poc-traced } }
target: { protocol: kinesis, endpoint: embedded }
`;
    const { plan } = await planned({ text });
    const start = { runId: 'r', startWallUs: 1_767_225_600_000_000, workers: 1 };
    const tally = { code: 'target/throttled', message: 'shardId-000000000000', count: 9, firstWallUs: 5 };
    expect(await targetNeeds(plan, [], start)).toEqual([]);
    const [needs] = await targetNeeds(plan, [tally], start);
    expect(needs).toMatchObject({ code: 'target/needs', count: 1, firstWallUs: 5 });
    expect(needs?.message).toMatch(/^this load needs 5 shards at the peak, filled to 70 %/);
  });
});
