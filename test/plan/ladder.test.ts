import { describe, expect, it } from 'vitest';
import { levelWindow } from '../../src/plan/ladder.ts';
import type { FleetPlan, Plan } from '../../src/plan/plan.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { planned } from './request.ts';

const two = (capacity: string, more = ''): string => `iotload: 1
run: { duration: 10s, warm_up: 2s }
fleets:
  phones: { model: phone-motion, devices: 100, rate: 300/s, payload: raw }
  boards: { model: sensor-board, devices: 300, every: 3s, payload: sketch-temperature }
target: { protocol: mqtt, endpoint: embedded }
capacity: { hold: 10s, precision: 50%, ${capacity} }
${more}`;

async function ladderOf(text: string): Promise<Plan & { ladder: NonNullable<Plan['ladder']> }> {
  const { plan } = await planned({ text, level: 'ladder' });
  return plan as Plan & { ladder: NonNullable<Plan['ladder']> };
}

/** Events a second of a fleet while a load is judged. */
function rateAt({ schedule }: FleetPlan, { fromUs, toUs }: { fromUs: number; toUs: number }): number {
  const profile = createSchedule(schedule);
  return ((profile.dueBy(toUs) - profile.dueBy(fromUs)) * 1e6) / (toUs - fromUs);
}

describe('a ladder', () => {
  it('walks its loads by the clock, each with time to settle', async () => {
    const plan = await ladderOf(two('from: 100/s, to: 1k/s'));
    const { levels } = plan.ladder;
    expect([levels[0], levels.at(-1)]).toEqual([100, 1000]);
    for (const [i, level] of levels.slice(1).entries()) expect(level / (levels[i] as number)).toBeLessThan(1.51);
    expect(plan.run).toMatchObject({ warmUpUs: 2e6, durationUs: levels.length * 12e6 - 2e6 });
    for (const [i, level] of levels.entries()) {
      const window = levelWindow(plan.ladder, i);
      expect(window).toEqual({ fromUs: i * 12e6 + 2e6, toUs: (i + 1) * 12e6 });
      const rates = plan.fleets.map((fleet) => rateAt(fleet, window));
      expect(rates[0]).toBeCloseTo(level * 0.75, 0);
      expect(rates[1]).toBeCloseTo(level * 0.25, 0);
    }
  });

  it('of devices has all of them, which report the more often', async () => {
    const plan = await ladderOf(two('vary: devices, from: 400, to: 1600'));
    expect(plan.fleets.map(({ devices }) => devices)).toEqual([400, 1200]);
    const { levels } = plan.ladder;
    for (const [i, level] of levels.entries()) {
      const [phones, boards] = plan.fleets.map((fleet) => rateAt(fleet, levelWindow(plan.ladder, i)));
      expect(phones).toBeCloseTo(300, 0);
      expect(boards).toBeCloseTo((level * 0.75) / 3, 0);
    }
  });

  it('keeps its pace whatever the speed of device time', async () => {
    const plan = await ladderOf(two('from: 100/s, to: 1k/s', 'clock: { speed: 60x }'));
    for (const [i, level] of plan.ladder.levels.entries()) {
      const rates = plan.fleets.map((fleet) => rateAt(fleet, levelWindow(plan.ladder, i)));
      expect(rates.reduce((sum, rate) => sum + rate, 0) / level).toBeCloseTo(1, 1);
    }
  });

  it('is judged load by load, never as a whole', async () => {
    const plan = await ladderOf(two('from: 100/s, to: 1k/s', 'thresholds: [response_time p90 < 1s, lost == 0]'));
    expect(plan.thresholds).toEqual([]);
    expect(plan.ladder.thresholds).toEqual(['response_time p90 < 1s', 'lost == 0']);
    expect((await ladderOf(two('from: 100/s, to: 1k/s'))).ladder.thresholds).toEqual(['response_time p99 < 1s']);
  });

  it('has no more loads than fit', async () => {
    const plan = await ladderOf(two('from: 1/s, to: 100k/s').replace('50%', '0.1%'));
    expect(plan.ladder.levels.length).toBe(24);
  });
});
