import { describe, expect, it } from 'vitest';
import { IotloadError } from '../../src/core/errors.ts';
import { awaitProbe, fixAnchor, refuseLateStart } from '../../src/runner/readiness.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

/** Lets promises settle, then moves the clock, until `done` resolves or `ms` are over. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let step = 0; step < ms; step += 100) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advanceTo(clock.nowUs() + 100_000);
  }
  await new Promise((resolve) => setImmediate(resolve));
}

describe('awaitProbe', () => {
  it('publishes again until a marker is seen', async () => {
    const clock = new VirtualClock();
    let published = 0;
    let see = (): void => {};
    const seen = new Promise<void>((resolve) => {
      see = resolve;
    });
    const publish = (): void => {
      if (++published === 3) see();
    };
    const ready = awaitProbe(clock, { publish, seen, failure: () => null, stopped: () => false });
    await pass(clock, 2000);
    await ready;
    expect(published).toBe(3);
  });

  it('gives up after ten seconds and says what to look at', async () => {
    const clock = new VirtualClock();
    const probe = { publish: () => {}, seen: new Promise<void>(() => {}), failure: () => null, stopped: () => false };
    const ready = expect(awaitProbe(clock, probe)).rejects.toMatchObject({
      code: 'verifier-not-ready',
      hint: expect.stringContaining('--no-verify'),
    });
    await pass(clock, 11_000);
    await ready;
  });

  it('ends with the reason when nothing can be published, and quietly when the run was called off', async () => {
    const clock = new VirtualClock();
    const reason = new IotloadError('target-refused', 'not authorised');
    const never = new Promise<void>(() => {});
    const probe = { publish: () => {}, seen: never, failure: () => reason, stopped: () => false };
    const failed = expect(awaitProbe(clock, probe)).rejects.toBe(reason);
    await pass(clock, 600);
    await failed;
    await awaitProbe(clock, { publish: () => {}, seen: never, failure: () => null, stopped: () => true });
  });
});

describe('fixAnchor', () => {
  it('is a whole millisecond ahead on both clocks', () => {
    const clock = new VirtualClock(123_456_789);
    const anchor = fixAnchor(clock, 'r', null);
    expect(anchor.startWallUs % 1000).toBe(0);
    expect(anchor.startWallUs - clock.wallUs()).toBe(anchor.startMonoUs - clock.nowUs());
    expect(anchor.startMonoUs - clock.nowUs()).toBeGreaterThanOrEqual(300_000);
  });

  it('takes a given start, unless it has passed', () => {
    const clock = new VirtualClock();
    const startUs = clock.wallUs() + 5_000_000;
    expect(fixAnchor(clock, 'r', startUs)).toEqual({
      runId: 'r',
      startWallUs: startUs,
      startMonoUs: clock.nowUs() + 5_000_000,
    });
    clock.advanceTo(clock.nowUs() + 5_000_000);
    expect(() => fixAnchor(clock, 'r', startUs)).toThrow(/past/);
    expect(() => refuseLateStart(clock, null)).not.toThrow();
  });
});
