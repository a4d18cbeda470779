import { describe, expect, it } from 'vitest';
import { mistakes, planned, scenario } from './request.ts';

const clock = (speed: string): string => `clock: { start: 2024-01-31T00:00:00Z, speed: ${speed} }`;

describe('clock.speed', () => {
  it('multiplies rates, and every as well', async () => {
    const { plan } = await planned({ text: scenario({ more: clock('2.5x') }) });
    expect(plan.clock).toEqual({ startUs: Date.UTC(2024, 0, 31) * 1000, speed: { numerator: 5, denominator: 2 } });
    expect(plan.fleets[0]?.slots).toBe(25_000);
    const every = scenario({ more: clock('1440x') }).replace('rate: 1k/s', 'every: 24h');
    expect((await planned({ text: every.replace('10s', '3m') })).plan.fleets[0]?.slots).toBe(300);
  });

  it('shortens the times of a profile, and leaves shares and the warm-up alone', async () => {
    const fleet = 'profile: [{ hold: 50%, for: 1h }, { ramp: [50%, 100%], for: 7s }, { hold: 10%, for: 50% }]';
    const text = scenario({ fleet, more: clock('1440x') }).replace('duration: 10s', 'duration: 10s, warm_up: 3s');
    const { plan } = await planned({ text: text.replace('1k/s', '1/s') });
    const segments = plan.fleets[0]?.schedule.segments.map(({ durationUs }) => durationUs);
    // 7 s are 4861.1 µs, which the next entry begins after.
    expect(segments).toEqual([3_000_000, 2_500_000, 4_861, 5_000_000]);
  });

  it('lets --rate say what is sent', async () => {
    const { plan } = await planned({ text: scenario({ more: clock('1440x') }).replace('1k/s', '1/s'), rate: '100/s' });
    expect(plan.fleets[0]?.slots).toBe(1000);
  });

  it('spreads the events of a device, so that their times can be told apart', async () => {
    const fields = (more: string): string =>
      scenario({ more }).replace('payload: raw', 'payload: { fields: { d: <device>, t: <time.iso> } }');
    const fast = fields(clock('1440x')).replace('1k/s', '10/s');
    expect((await planned({ text: fast })).plan.fleets[0]?.payload.identity).toBe('derived');
    const slow = fields(clock('0.001x')).replace('1k/s', '90k/s');
    expect((await planned({ text: slow })).plan.fleets[0]?.payload.identity).toBe('fields');
  });

  it('is refused where rate and speed cannot be kept exactly together', async () => {
    const text = scenario({ more: clock('999.999x') }).replace('1k/s', '0.123451/h');
    expect(await mistakes({ text })).toEqual(['the rate has too many digits to be kept exactly at this speed']);
  });
});
