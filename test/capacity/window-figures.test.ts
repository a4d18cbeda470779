import { describe, expect, it } from 'vitest';
import { windowFigures } from '../../src/capacity/window-figures.ts';
import type { Stretch } from '../../src/report/timeline/timeline.ts';

/** A second from there on in which 100 events were due, and this became of them. */
function second(from: number, change: Partial<Stretch> = {}): Stretch {
  const counts = { due: 100, sent: 100, acked: 100, noAck: 0, rejected: 0, unknown: 0, notSent: 0 };
  return { fromUs: from * 1e6, toUs: (from + 1) * 1e6, ...counts, ...change } as Stretch;
}

describe('the figures of a window', () => {
  it('are rates over what is known of it', () => {
    const stretches = [second(3, { acked: 60, noAck: 30, rejected: 10 }), second(4, { sent: 120 }), second(5)];
    expect(windowFigures(stretches, 4e6)).toEqual({
      ...{ seconds: 3, offeredPerSecond: 100, takenPerSecond: 290 / 3, backlogSeconds: 0 },
      sentPerSecond: 320 / 3,
    });
  });

  it('are a backlog of what is due and has no outcome, in seconds of its load', () => {
    const outcomes = { acked: 20, rejected: 10, unknown: 5, notSent: 15 };
    expect(windowFigures([second(0, outcomes), second(1, { acked: 75 })], 2e6)?.backlogSeconds).toBe(0.75);
    // Answers of what was due before it are no backlog.
    expect(windowFigures([second(0, { acked: 150 })], 1e6)?.backlogSeconds).toBe(-0.5);
  });

  it('are nothing of less than half of it, nor where nothing was due', () => {
    expect(windowFigures([second(0), second(1)], 4e6)).not.toBeNull();
    expect(windowFigures([second(0), second(1)], 4.1e6)).toBeNull();
    expect(windowFigures([second(0, { due: 0 })], 1e6)).toBeNull();
    expect(windowFigures([], 1e6)).toBeNull();
  });
});
