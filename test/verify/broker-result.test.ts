import { describe, expect, it } from 'vitest';
import { brokerResult } from '../../src/verify/broker-result.ts';
import type { SeenEnd, SeenRecord } from '../../src/wire/seen-file.ts';
import { seenOf } from './history.ts';

const base = seenOf({ fleets: [{ devices: 1, outcomes: [] }], arrivals: [], graceOver: 0, complete: true });
const events = { intended: 100, notSent: 0, sent: 100, acked: 100, rejected: 0, unknown: 0, noAck: 0, attempts: 100 };
const counted = { by: 'log end offsets', messages: 102, readAll: true, final: true, markers: 2 };

/** A record of a reader to whom so many messages came, besides two markers. */
function seen(received: number, end: Partial<SeenEnd>): SeenRecord {
  return { ...base, unattributed: { ...base.unattributed, received }, end: { ...(base.end as SeenEnd), ...end } };
}

describe('what a target counted itself', () => {
  it('is told without a doubt where it agrees with ours', () => {
    expect(brokerResult(seen(100, { counted }), events)).toEqual({
      by: 'log end offsets',
      messages: 100,
      dropped: null,
      final: true,
      doubts: [],
    });
  });

  it('is a doubt where it took fewer than it acknowledged', () => {
    const found = brokerResult(seen(99, { counted: { ...counted, messages: 101 } }), events);
    expect(found?.doubts).toEqual(['by log end offsets it took 99 messages, fewer than the 100 that it acknowledged']);
  });

  it('is a doubt where not all of it was read, and where more was', () => {
    expect(brokerResult(seen(90, { counted }), events)?.doubts).toEqual([
      'by log end offsets it took 100 messages, of which 90 were read',
    ]);
    expect(brokerResult(seen(103, { counted }), events)?.doubts).toHaveLength(1);
  });

  it('is none where others’ messages may be among it, or where it was told too early', () => {
    const others = { ...counted, messages: 5000, readAll: false };
    expect(brokerResult(seen(100, { counted: others }), events)?.doubts).toEqual([]);
    const early = { ...counted, messages: 7, final: false };
    expect(brokerResult(seen(100, { counted: early }), events)).toMatchObject({
      messages: 5,
      final: false,
      doubts: [],
    });
  });

  it('is what was dropped, or files, where that is all there is', () => {
    const source = { gaps: 0, fullReads: 0, brokerDropped: 4 };
    expect(brokerResult(seen(100, { source }), events)).toMatchObject({ by: 'the broker', messages: null, dropped: 4 });
    const files = { ...counted, messages: null, files: 3, bytes: 900 };
    expect(brokerResult(seen(100, { counted: files }), events)).toMatchObject({ files: 3, bytes: 900, doubts: [] });
  });

  it('is nothing where nobody read, or nothing was told', () => {
    expect(brokerResult(null, events)).toBeUndefined();
    expect(brokerResult({ ...base, end: null }, events)).toBeUndefined();
    expect(brokerResult(base, events)).toBeUndefined();
  });
});
