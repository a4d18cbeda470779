import { describe, expect, it } from 'vitest';
import { expectAccused, faultyBroker } from './faulty-broker.ts';

const runThrough = faultyBroker();

/** What never comes is not waited for longer than this. */
const grace = 'verify: { grace: 2s }';

// Each has a proxy, a run and a folder of its own, and waits more than it works.
describe.concurrent('known faults between the phones and the broker', () => {
  it('events that are acknowledged and dropped: exactly those are missing, exit 1', async () => {
    const judged = await runThrough({ drop: { share: 0.02 } }, { more: grace });
    const { result, found, injected } = judged;
    const dropped = injected('drop');
    expect(dropped.length).toBeGreaterThan(3);
    expect(found('missing')).toEqual(dropped);
    expect(result.delivery).toMatchObject({ missing: dropped.length, lost: 0, duplicates: 0, corrupt: 0 });
    expectAccused(judged);
  });

  it('events that are doubled: exactly those are duplicates; fine for at-least-once, not for exactly-once', async () => {
    const lenient = await runThrough({ double: { share: 0.03 } });
    const doubled = lenient.injected('double');
    expect(doubled.length).toBeGreaterThan(5);
    expect(lenient.found('duplicate')).toEqual(doubled);
    expect(lenient.result.delivery).toMatchObject({ duplicates: doubled.length, missing: 0, corrupt: 0, reordered: 0 });
    expect(lenient.code).toBe(0);

    const strict = await runThrough({ double: { share: 0.03 } }, { more: 'verify: { expect: exactly-once }' });
    expect(strict.found('duplicate')).toEqual(strict.injected('double'));
    expect(strict.result.verdict).toBe('fail');
    expect(strict.code).toBe(1);
  });

  it('events that are reordered: exactly those overtaken are named', async () => {
    const { code, result, found, injected } = await runThrough({ reorder: { share: 0.03 } });
    const reordered = injected('reorder');
    expect(reordered.length).toBeGreaterThan(5);
    expect(found('reordered')).toEqual(reordered);
    expect(result.delivery).toMatchObject({ reordered: reordered.length, missing: 0, duplicates: 0, corrupt: 0 });
    expect(code).toBe(1);
  });

  it('events that are altered: exactly those are corrupt, exit 1', async () => {
    const { code, result, found, injected } = await runThrough({ alter: { share: 0.02, offset: 14 } }, { more: grace });
    const altered = injected('alter');
    expect(altered.length).toBeGreaterThan(3);
    expect(found('corrupt')).toEqual(altered);
    expect(result.delivery.corrupt).toBe(altered.length);
    expect(code).toBe(1);
  });

  it('acknowledgements that are dropped: unknown, seen all the same, never lost', async () => {
    const { code, result, injected } = await runThrough({ dropAcks: { every: 250 } }, { target: 'timeout: 8s' });
    expect(injected('dropAcks').length).toBe(3);
    expect(result.events).toMatchObject({ unknown: 3, acked: result.events.intended - 3 });
    expect(result.delivery).toMatchObject({ recovered: 3, unseenUnknown: 0, lost: 0, missing: 0 });
    expect(result.delivery.verified).toBe(result.events.intended);
    expect(code).toBe(0);
  });

  it('so many acknowledgements dropped that nothing can be said: inconclusive, exit 3, still nothing lost', async () => {
    const { code, result } = await runThrough({ dropAcks: { share: 0.1 } }, { target: 'timeout: 3s' });
    expect(result.delivery).toMatchObject({ lost: 0, missing: 0 });
    expect(result.delivery.coverage).toBeLessThan(0.99);
    expect(result.verdict).toBe('inconclusive');
    expect(code).toBe(3);
  });

  it('connections cut in mid-run: what was in flight is unknown, the rest arrives, nothing is lost or doubled', async () => {
    const { code, result } = await runThrough({ reset: { every: 200 } }, { more: grace });
    const { events, delivery } = result;
    expect(events.intended).toBe(events.sent + events.notSent);
    expect(events.unknown).toBeGreaterThan(0);
    expect(delivery).toMatchObject({ lost: 0, duplicates: 0, corrupt: 0, phantom: 0 });
    expect(delivery.missing === 0 || result.verdict === 'inconclusive').toBe(true);
    expect([0, 3]).toContain(code);
  });

  it('a backlog that is full ends the run where the scenario says abort: inconclusive, and named', async () => {
    const { code, result } = await runThrough(
      { stall: { everyMs: 60_000, forMs: 50_000, firstAfterMs: 500 } },
      {
        faultsFromStart: true,
        rate: '5k/s',
        duration: '20s',
        target: 'max_in_flight: 1, timeout: 1s, backlog: { max: 64KiB, then: abort }',
      },
    );
    expect(result.run.ended).toBe('aborted');
    expect(result.errors).toContainEqual(expect.objectContaining({ code: 'backlog-full' }));
    expect(result.reasons.join()).toContain('backlog of target is full');
    expect(result.verdict).toBe('inconclusive');
    expect(code).toBe(3);
  });
});
