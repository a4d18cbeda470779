import { describe, expect, it } from 'vitest';
import { figuresTogether, ladderFigures } from '../../src/capacity/ladder-figures.ts';
import { ladderRun } from './ladder-run.ts';

describe('the figures of a ladder', () => {
  it('are those of each load while it is judged, and nothing of its settling', async () => {
    const { dir, plan, ladder, anchor } = await ladderRun((due, second) =>
      second % 5 === 0 ? { acked: 0, rejected: due, responseUs: 9e6 } : { responseUs: 10 * due },
    );
    const levels = await ladderFigures(dir, plan, ladder, anchor);
    expect(ladder.levels).toEqual([100, 200, 400]);
    for (const [i, places] of levels.entries()) {
      const load = ladder.levels[i] as number;
      expect(places).toMatchObject([
        { due: 4 * load, seconds: 4, counts: { pickedUp: 4 * load, acked: 4 * load, rejected: 0 } },
      ]);
      const { events, rate, latency } = figuresTogether(places);
      expect(events).toMatchObject({ intended: 4 * load, sent: 4 * load, acked: 4 * load, rejected: 0 });
      expect(rate).toEqual({ targetPerSecond: load, achievedPerSecond: load });
      expect(latency.responseTime).toMatchObject({ count: 4 * load, min: 10 * load, max: 10 * load });
      expect(latency.endToEnd).toMatchObject({ count: 4 * load, max: 3_000 });
    }
  });

  it('are none of a load that a run did not come to', async () => {
    const { dir, plan, ladder, anchor } = await ladderRun(() => ({}), { seconds: 7 });
    const levels = await ladderFigures(dir, plan, ladder, anchor);
    expect(levels.map(([place]) => place?.seconds)).toEqual([4, 1, 0]);
    expect(figuresTogether(levels[2] ?? []).rate).toEqual({ targetPerSecond: 0, achievedPerSecond: 0 });
  });

  it('go together by sum, the time of several places being one', () => {
    const place = (acked: number) => ({
      ...{ due: 2 * acked, seconds: 4, samples: [] },
      counts: { pickedUp: acked, sent: acked, acked, rejected: 1, unknown: 0, noAck: 0, notSent: 2, waiting: 0 },
    });
    expect(figuresTogether([place(40), place(80)])).toMatchObject({
      events: { intended: 126, sent: 122, acked: 120, rejected: 2, notSent: 4 },
      rate: { targetPerSecond: 60, achievedPerSecond: 30 },
      latency: { unit: 'us', responseTime: { count: 0 } },
    });
  });
});
