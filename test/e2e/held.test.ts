import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CapacityResult } from '../../src/capacity/capacity-result.ts';
import { sleep, systemClock } from '../../src/core/clock.ts';
import type { CheckResult, RunResult } from '../../src/metrics/result.ts';
import { hasEndMark } from '../../src/wire/journal.ts';
import { until } from '../until.ts';
import { faultyBroker } from './faulty-broker.ts';
import { childrenOf, holdBack } from './held-process.ts';
import { type Running, scratch, start } from './iotload.ts';
import { phones } from './scenario-text.ts';

const runThrough = faultyBroker();
const load = { rate: '1000/s', duration: '3s' };

/** Holds back a process of the run, from when its start is fixed until `over`. */
async function held(
  { child, finished, stderr }: Running,
  out: string,
  which: (run: number) => number | undefined,
  over: () => Promise<unknown>,
): Promise<void> {
  await Promise.race([until(() => existsSync(`${out}/sent`), 45_000), finished]);
  const pid = which(child.pid as number);
  if (pid === undefined) throw new Error(`there is nobody to hold back:\n${stderr()}`);
  const release = holdBack(pid);
  await Promise.race([over(), finished]);
  await release();
}

async function everythingSent(out: string): Promise<void> {
  while (!(await hasEndMark(`${out}/sent`))) await sleep(systemClock(), 20);
}

function check({ checks }: RunResult, name: string): CheckResult | undefined {
  return checks.find((candidate) => candidate.name === name);
}

// Linux tells who is whose child, and stops and continues processes; the figures are not looked at, only what follows from them.
describe.runIf(process.platform === 'linux')('a process held to a fifth of a processor', () => {
  it('the generator: no latency is judged, and it is named; delivery is judged all the same', async () => {
    const { code, result } = await runThrough(
      {},
      {
        ...load,
        more: 'thresholds: [response_time p99 < 1ms, response_time p50 < 1h, end_to_end p99 < 1h, lost == 0]',
        meanwhile: (running, out) =>
          held(
            running,
            out,
            (run) => run,
            () => everythingSent(out),
          ),
      },
    );
    expect(result.generator.status).toBe('unhealthy');
    expect(result.generator.signals.join()).toMatch(/the generator's process stood still for .* in all/);
    for (const name of ['response_time p99 < 1ms', 'response_time p50 < 1h', 'end_to_end p99 < 1h']) {
      const reason = expect.stringMatching(/^the generator was the limit: the generator's schedule lag \(p99\) was/);
      expect(check(result, name)).toMatchObject({ status: 'inconclusive', reason });
    }
    expect(check(result, 'lost == 0')?.status).toBe('pass');
    expect(check(result, 'delivery')?.status).toBe('pass');
    expect(result.delivery).toMatchObject({ verified: result.events.acked, missing: 0, lost: 0 });
    expect([code, result.verdict]).toEqual([3, 'inconclusive']);
  });

  it('the generator, while it looks for a capacity: it is named, and there is none', async () => {
    const space = scratch();
    const file = space.path('case.yaml');
    const capacity = 'capacity: { from: 500/s, to: 2k/s, hold: 1500ms }';
    writeFileSync(file, phones({ target: '{ protocol: mqtt, endpoint: embedded, connections: 4 }', more: capacity }));
    const out = space.path('out');
    const running = start(['capacity', file, '--out', out, '--workers', '1', '--progress', 'none']);
    // Only while a step sends: what comes before would take five times as long.
    for (const step of ['01-500', '02-500']) {
      const dir = `${out}/steps/${step}`;
      await held(
        running,
        dir,
        (run) => run,
        () => everythingSent(dir),
      );
    }
    const { code, stdout } = await running.finished;
    const { verdict, answer, finding, steps } = JSON.parse(
      readFileSync(`${out}/capacity.json`, 'utf8'),
    ) as CapacityResult;
    space.remove();
    expect(steps.map(({ verdict, limit }) => [verdict, limit?.kind])).toEqual([
      ['generator', 'generator'],
      ['generator', 'generator'],
    ]);
    expect(finding).toMatchObject({ ending: 'generator full', highestHeld: null, lowestBroke: null, interval: null });
    expect(answer).toMatch(/^Not known: the generator was full before the target was/);
    // Lines are wrapped.
    expect(stdout.replace(/\s+/g, ' ')).toContain(answer);
    expect(stdout).not.toMatch(/It holds|^ *capacity /m);
    expect([code, verdict]).toEqual([3, 'inconclusive']);
  });

  it('the generator, and events are dropped: that is a failure, whoever was slow', async () => {
    const { code, result, found, injected } = await runThrough(
      { drop: { share: 0.02 } },
      {
        ...load,
        more: 'verify: { grace: 1s }\nthresholds: [response_time p99 < 1ms]',
        meanwhile: (running, out) =>
          held(
            running,
            out,
            (run) => run,
            () => everythingSent(out),
          ),
      },
    );
    expect(found('missing')).toEqual(injected('drop'));
    expect(check(result, 'delivery')?.status).toBe('fail');
    expect(check(result, 'response_time p99 < 1ms')?.status).toBe('inconclusive');
    expect([code, result.verdict]).toEqual([1, 'fail']);
  });

  it('the reader, and events do not arrive: nobody knows whose fault it was, nothing is lost', async () => {
    const { code, result, injected } = await runThrough(
      { drop: { share: 0.02 } },
      {
        ...load,
        more: 'verify: { grace: 1s }\nthresholds: [missing == 0, end_to_end p99 < 1ms]',
        meanwhile: (running, out) =>
          held(
            running,
            out,
            (run) => childrenOf(run, 'verify/process')[0],
            () => running.finished,
          ),
      },
    );
    expect(result.delivery.missing).toBeGreaterThanOrEqual(injected('drop').length);
    expect(result.delivery.lost).toBe(0);
    expect(result.verifier.status).toBe('unhealthy');
    for (const name of ['delivery', 'missing == 0', 'end_to_end p99 < 1ms']) {
      const reason = expect.stringContaining('the reader stood still for');
      expect(check(result, name)).toMatchObject({ status: 'inconclusive', reason });
    }
    expect([code, result.verdict]).toEqual([3, 'inconclusive']);
  });

  it('the reader, and everything arrives: that is proof enough', async () => {
    const { code, result } = await runThrough(
      {},
      {
        ...load,
        meanwhile: (running, out) =>
          held(
            running,
            out,
            (run) => childrenOf(run, 'verify/process')[0],
            () => running.finished,
          ),
      },
    );
    expect(result.delivery).toMatchObject({ verified: result.events.acked, missing: 0, lost: 0 });
    expect(result.verifier.signals.join()).toContain('the reader stood still for');
    expect([code, result.verdict]).toEqual([0, 'pass']);
  });
});
