import { describe, expect, it } from 'vitest';
import { sameEventsCheck } from '../../src/verify/same-events-check.ts';
import { acked, settleWays, slots, type Ways } from './several-targets.ts';

function check(ways: Partial<Ways>) {
  const { readings } = settleWays({
    sent: { edge: acked(10), lake: acked(10) },
    seen: { edge: slots(10), lake: slots(10) },
    verify: { read: ['edge', 'lake'] },
    ...ways,
  });
  return sameEventsCheck(readings);
}

describe('sameEventsCheck', () => {
  it('passes where both hold the same', () => {
    expect(check({})).toEqual({
      name: 'same events',
      expression: 'read: [edge, lake]',
      status: 'pass',
      observed: '10 in common',
      reason: '',
    });
  });

  it('is not asked where no fleet is read twice', () => {
    expect(check({ verify: { read: ['edge'] }, seen: { edge: slots(10) } })).toBeNull();
  });

  it('fails for what one holds and the other took and lacks, however often either got it', () => {
    expect(check({ seen: { edge: [...slots(10), 3], lake: slots(10).slice(2) } })).toMatchObject({
      status: 'fail',
      observed: '8 in common',
      reason: 'lake lacks 2 events that another one holds',
    });
    // What neither has is missing, not different.
    expect(check({ seen: { edge: slots(8), lake: slots(8) } })).toMatchObject({ status: 'pass' });
  });

  it('compares what is read behind a bridge with what is read before it', () => {
    expect(check({ sent: { edge: acked(10) }, seen: { edge: slots(10), lake: slots(9) } })).toMatchObject({
      status: 'fail',
      reason: 'lake lacks 1 events that another one holds',
    });
  });

  it('accuses nobody of what was not taken on the way there', () => {
    expect(
      check({ sent: { edge: acked(10), lake: [...acked(9), 'notSent'] }, seen: { edge: slots(10), lake: slots(9) } }),
    ).toMatchObject({
      status: 'inconclusive',
      reason: '1 events were not taken on the way to lake and arrived on another one',
    });
  });

  it('believes a reader with doubts only where it read all that is stored', () => {
    const seen = { edge: slots(10), lake: slots(9) };
    const doubts = { lake: ['the reader stood still'] };
    expect(check({ seen, doubts })).toMatchObject({
      status: 'inconclusive',
      reason: 'lake lacks 1 events, but its reader was not fit: the reader stood still',
    });
    expect(check({ seen, doubts, complete: ['lake'] })).toMatchObject({ status: 'fail' });
  });

  it('does not know without a reader, an identity, or anything in common', () => {
    expect(check({ seen: { edge: slots(10), lake: null } })).toMatchObject({ reason: 'nothing was read back' });
    expect(check({ identity: 'none' })).toMatchObject({ reason: 'events without identity can only be counted' });
    expect(check({ seen: { edge: [], lake: [] } })).toMatchObject({ reason: 'nothing was verified' });
  });
});
