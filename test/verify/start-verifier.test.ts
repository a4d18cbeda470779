import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { IotloadError } from '../../src/core/errors.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { encodeProbe } from '../../src/events/probe.ts';
import { settle } from '../../src/verify/settle.ts';
import { startVerifier, type VerifierHandle } from '../../src/verify/start-verifier.ts';
import { readSeen } from '../../src/wire/seen-file.ts';
import { readSent } from '../../src/wire/sent-file.ts';
import { payloadsOf, writeSent } from './rehearsal.ts';
import { testPlan } from './test-plan.ts';

const clock = systemClock();
const runId = 'r1';
const plan = testPlan([{ devices: 3, slots: 50 }]);
const outcomes = Array.from({ length: 50 }, () => Outcome.acked);
let dir: string;
let path: string;
let verifier: VerifierHandle | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-process-'));
  path = join(dir, 'events.jsonl');
});
afterEach(async () => {
  await verifier?.close();
  rmSync(dir, { recursive: true });
});

function task(protocol = 'file') {
  const target = { protocol, options: { path, format: 'lines' } };
  return { plan, runId, shard: { index: 0, count: 1 }, target, outDir: dir, runDir: dir, anchor: null };
}

describe('the verifier process', () => {
  it('reads a run back, from the marker to the proof', async () => {
    const probed = new Promise<number>((resolve) => {
      verifier = startVerifier({ probe: resolve });
    });
    const reader = verifier as VerifierHandle;
    await reader.open(task());
    writeFileSync(path, '');
    writeFileSync(join(dir, 'events.probe'), `${Buffer.from(encodeProbe(runId)).toString()}\n`);
    expect(await probed).toBe(1);

    const anchor = { runId, startWallUs: 1_700_000_000_000_000, startMonoUs: clock.nowUs() };
    reader.anchor(anchor);
    const lines = payloadsOf(plan, anchor).map((payload) => `${Buffer.from(payload).toString()}\n`);
    lines.splice(20, 1);
    lines.splice(7, 0, lines[3] as string);
    appendFileSync(path, lines.join(''));
    await writeSent(dir, plan, runId, outcomes);
    const done = await reader.finish(200_000);
    expect(done.end).toMatchObject({ complete: true, doubts: [] });
    expect(done.end.cpuSeconds).toBeGreaterThan(0);
    expect(done.progress).toMatchObject({ received: 50, seen: 49, duplicates: 1 });

    const seen = await readSeen(join(dir, 'seen'));
    const { delivery, laws, findings } = settle({ plan, sent: await readSent(join(dir, 'sent')), seen });
    expect(delivery).toMatchObject({ verified: 49, lost: 1, missing: 0, duplicates: 1, reordered: 0, corrupt: 0 });
    expect(findings.map(({ kind, slot }) => [kind, slot])).toEqual([
      ['lost', 20],
      ['duplicate', 3],
    ]);
    expect(laws.filter(({ holds }) => !holds)).toEqual([]);
    await reader.close();
  });

  it('says that a protocol cannot be read back', async () => {
    verifier = startVerifier();
    await expect(verifier.open(task('discard'))).rejects.toMatchObject({ code: 'not-supported' });
  });

  it('has not failed when it is told to end', async () => {
    const failures: IotloadError[] = [];
    verifier = startVerifier({ failed: (error) => failures.push(error) });
    await verifier.open(task());
    await verifier.close();
    expect(failures).toEqual([]);
  });

  it('ends with its channel, whatever it is waiting for', async () => {
    verifier = startVerifier();
    await verifier.open(task());
    await writeSent(dir, plan, runId, outcomes);
    const finished = verifier.finish(600_000_000);
    await Promise.all([expect(finished).rejects.toMatchObject({ code: 'verifier-died' }), verifier.close()]);
    expect(await readSeen(join(dir, 'seen'))).toMatchObject({ end: null });
  });

  it('is given up when it gives no answer within a minute after its grace', async () => {
    const timers: { ms: number; task: () => void; cancelled: boolean }[] = [];
    const failures: IotloadError[] = [];
    const byHand: Clock = {
      ...clock,
      after(ms, task) {
        const timer = { ms, task, cancelled: false };
        timers.push(timer);
        return () => {
          timer.cancelled = true;
        };
      },
    };
    const reader = startVerifier({ failed: (error) => failures.push(error) }, byHand);
    verifier = reader;
    await reader.open(task());
    await writeSent(dir, plan, runId, outcomes);
    const finished = reader.finish(600_000_000);
    const hurried = reader.finish(300_000_000, true);
    expect(timers.map(({ ms, cancelled }) => [ms, cancelled])).toEqual([
      [660_000, true],
      [360_000, false],
    ]);
    timers[1]?.task();
    const given = { code: 'verifier-died', message: expect.stringContaining('no answer within 60 s') };
    await expect(finished).rejects.toMatchObject(given);
    await expect(hurried).rejects.toMatchObject(given);
    expect(failures).toMatchObject([given]);
  });

  it('leaves no timer behind when it has answered', async () => {
    let open = 0;
    const counting: Clock = {
      ...clock,
      after(ms, task) {
        open++;
        const cancel = clock.after(ms, task);
        return () => {
          open--;
          cancel();
        };
      },
    };
    const reader = startVerifier({}, counting);
    verifier = reader;
    await reader.open(task());
    await writeSent(dir, plan, runId, outcomes);
    await reader.finish(0);
    expect(open).toBe(0);
  });

  it('is not called a worker when it dies, and not ready when it dies before it was', async () => {
    const failures: IotloadError[] = [];
    verifier = startVerifier({ failed: (error) => failures.push(error) });
    const opened = verifier.open(task());
    await Promise.all([
      expect(opened).rejects.toMatchObject({
        code: 'verifier-not-ready',
        message: expect.stringContaining('the verifier died'),
      }),
      verifier.close(),
    ]);
    expect(failures).toEqual([]);
  });
});
