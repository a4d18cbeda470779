import { describe, expect, it } from 'vitest';
import {
  checkRunId,
  parseClockBound,
  parseShard,
  parseStartAt,
  requireCommonStart,
} from '../../src/cli/shard-flags.ts';

const refused = (where: string) => expect.objectContaining({ code: 'bad-arguments', where });

describe('the flags that shards share', () => {
  it('reads a shard, counted from 0', () => {
    expect(parseShard('0/1')).toEqual({ index: 0, count: 1 });
    expect(parseShard('2/3')).toEqual({ index: 2, count: 3 });
    for (const text of ['', '1', '3/3', '0/0', '-1/3', '1/3/3', '1.5/3', 'a/b'])
      expect(() => parseShard(text), text).toThrow(refused('--shard'));
  });

  it('wants a common run id and start of more than one', () => {
    expect(() => requireCommonStart({ index: 0, count: 1 }, { runId: undefined, startAt: undefined })).not.toThrow();
    expect(() => requireCommonStart({ index: 1, count: 2 }, { runId: 'r', startAt: 'now' })).not.toThrow();
    for (const flags of [
      { runId: 'r', startAt: undefined },
      { runId: undefined, startAt: 'now' },
    ])
      expect(() => requireCommonStart({ index: 1, count: 2 }, flags)).toThrow(refused('--shard'));
  });

  it('reads an instant with its zone, and nothing that leaves it open', () => {
    expect(parseStartAt(undefined)).toBeNull();
    expect(parseStartAt('2026-01-31T12:00:00.250Z')).toBe(Date.UTC(2026, 0, 31, 12, 0, 0, 250) * 1000);
    expect(parseStartAt('2026-01-31T13:00+01:00')).toBe(Date.UTC(2026, 0, 31, 12) * 1000);
    for (const text of ['now', '2026-01-31', '2026-01-31T12:00:00', '2026-13-31T12:00:00Z'])
      expect(() => parseStartAt(text), text).toThrow(refused('--start-at'));
  });

  it('reads a bound of clocks, with its unit', () => {
    expect(parseClockBound(undefined)).toBeNull();
    expect(parseClockBound('2ms')).toBe(2_000);
    expect(parseClockBound('0s')).toBe(0);
    for (const text of ['', '2', '-2ms', '0.1us', 'good'])
      expect(() => parseClockBound(text), text).toThrow(refused('--clock-bound'));
  });

  it('takes a run id that is one plain word', () => {
    expect(checkRunId('nightly-42.a_b')).toBe('nightly-42.a_b');
    for (const text of ['', '-a', 'a b', 'a/b', 'ä', 'x'.repeat(65)])
      expect(() => checkRunId(text), text).toThrow(refused('--run-id'));
  });
});
