import { describe, expect, it } from 'vitest';
import type { LogFaultRecord } from '../../src/brokers/log-fault-plan.ts';
import { logFaultPlan, logFaults, logTruth } from '../../src/selftest/log-rig.ts';

const fault = (kind: LogFaultRecord<number>['kind'], value: number): LogFaultRecord<number> => ({
  kind,
  ordinal: value,
  value,
});

describe('what a broker with a log is told, and tells', () => {
  it('has its faults under their own names, those that are rarer by their number', () => {
    const shares = { lose: 0.01, swap: 0.02, 'lose-ack': 0.05 };
    expect(logFaultPlan({ seed: 7, shares }, { 'lose-ack': 10 })).toEqual({
      seed: 7,
      drop: { share: 0.01 },
      reorder: { share: 0.02 },
      dropAcks: { every: 200 },
    });
  });

  it('has foreign messages, held answers and stalls only where they are asked for', () => {
    const foreign = { share: 0.1, payloads: [] };
    const [answer, stall] = [{ ms: 5 }, { everyMs: 10, forMs: 1, firstAfterMs: 0 }];
    expect(logFaultPlan({ seed: 1, shares: {}, foreign, answer, stall }, {})).toEqual({
      seed: 1,
      foreign,
      holdAcks: answer,
      stall,
    });
  });

  it('says which slots suffered what', () => {
    const log = [fault('drop', 3), fault('double', 4), fault('drop', 9), fault('reset', 5)];
    const answers = [{ value: 6, cameUs: 10, atUs: 20 }];
    const truth = logTruth({ log, answers, came: 12, stored: 11, foreign: 2 });
    expect(truth).toMatchObject({ came: 12, passed: 11, foreign: 2, answers: [{ slot: 6, cameUs: 10, atUs: 20 }] });
    expect(truth.slots).toMatchObject({ lose: [3, 9], double: [4], swap: [], late: [] });
    expect(Object.keys(truth.slots).sort()).toEqual([...logFaults, 'late'].sort());
  });
});
