import { describe, expect, it } from 'vitest';
import { expectedOf } from '../../src/selftest/expected.ts';
import { withLateAnswers } from '../../src/selftest/late-answers.ts';
import { truthOf } from './truth.ts';

const mqtt = { absence: 'missing', repeats: false } as const;

describe('answers that came after the time-out', () => {
  it('are none where what is unknown was made so', () => {
    const truth = truthOf(100, { 'lose-ack': [3], swallow: [4] });
    expect(withLateAnswers(truth, [3, 4])).toEqual({ truth, late: 0 });
    // One that was made so and is not reported is no late answer, but wrong.
    expect(withLateAnswers(truth, [3])).toEqual({ truth, late: 0 });
  });

  it('are lost acknowledgements to whoever waited', () => {
    const truth = truthOf(100, { 'lose-ack': [3], lose: [7, 8], double: [9] });
    const { truth: seen, late } = withLateAnswers(truth, [3, 5, 7, 9]);
    expect(late).toBe(3);
    const { events, delivery, findings } = expectedOf(100, seen, mqtt);
    expect(events).toMatchObject({ acked: 96, unknown: 4 });
    expect(delivery).toMatchObject({ recovered: 3, unseenUnknown: 1, missing: 1, duplicates: 1, verified: 98 });
    expect(findings).toMatchObject({ missing: [8], duplicate: [9] });
    // What the caller has stays as it was.
    expect(truth.slots.lose).toEqual([7, 8]);
  });
});
