import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor } from '../../src/core/anchor.ts';
import { type Disk, systemDisk } from '../../src/core/disk.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Source } from '../../src/targets/target.ts';
import { readSeen, type SeenRecord, SeenWriter } from '../../src/wire/seen-file.ts';
import { payloadsOf, writeSent } from './rehearsal.ts';
import { allAcked, clock, runId, Stage } from './stage.ts';
import { testPlan } from './test-plan.ts';

let dir: string;
let anchor: Anchor;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-verifier-'));
  anchor = { runId, startWallUs: 1_700_000_000_000_000, startMonoUs: clock.nowUs() - 1_000_000 };
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('Verifier', () => {
  const plan = (): Plan => testPlan([{ devices: 5, slots: 20 }]);

  it('counts events without identity, and waits for no more of them than were sent', async () => {
    const stage = new Stage(dir, testPlan([{ devices: 5, slots: 20, identity: 'none' }]));
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    stage.deliver(Array.from({ length: 23 }, () => new TextEncoder().encode('anything')));
    const { settlement } = await stage.finish(60_000_000);
    expect(settlement.delivery).toMatchObject({ received: 23, verified: 20, missing: 0, foreign: 3, duplicates: null });
  });

  it('makes one event in a thousand again, and finds that one with a right checksum was never sent like that', async () => {
    const saying = (word: string): Plan => {
      const made = testPlan([{ devices: 5, slots: 2_000 }]);
      const [fleet] = made.fleets as [Plan['fleets'][number]];
      fleet.payload.fields = [{ name: 'says', value: word }];
      return made;
    };
    const stage = new Stage(dir, saying('yes'));
    await writeSent(dir, stage.plan, runId, allAcked(2_000));
    await stage.open(anchor);
    // Devices, times and checksums are right; the rest is not.
    stage.deliver(payloadsOf(saying('no'), anchor));
    const { settlement } = await stage.finish(0);
    expect(settlement.delivery).toMatchObject({ received: 2_000, verified: 1_998, corrupt: 2 });
  });

  it('tells the time by the wall clock where nobody told it when the run began', async () => {
    const stage = new Stage(dir, plan());
    const started: Anchor = { runId, startWallUs: clock.wallUs() - 5_000_000, startMonoUs: 0 };
    await stage.open(null);
    const before = clock.wallUs();
    stage.deliver(payloadsOf(stage.plan, started));
    const after = clock.wallUs();
    await stage.verifier.handle({ kind: 'finish', graceUs: 0, cutShort: false });
    const { endToEnd } = (await readSeen(join(dir, 'seen'))).fleets[0] as SeenRecord['fleets'][number];
    // The first of the 20 events was due at the start, the last 19 ms later. The wall clock tells milliseconds.
    const [least, most] = [before - started.startWallUs - 2_000, after - started.startWallUs + 2_000];
    for (const us of [endToEnd.max, endToEnd.min + 19_000]) {
      expect(us).toBeGreaterThanOrEqual(least);
      expect(us).toBeLessThanOrEqual(most);
    }
  });

  it('passes on what its source notices, and how often', async () => {
    const stage = new Stage(dir, plan());
    await stage.open(anchor);
    stage.context?.events.notice('reconnected', 'one', 1);
    stage.context?.events.notice('reconnected', 'more', 3);
    expect(stage.messages.slice(1)).toEqual([
      { kind: 'notice', notice: 'reconnected', detail: 'one' },
      { kind: 'notice', notice: 'reconnected', detail: 'more (3 times)' },
    ]);
    const [fleet] = stage.context?.fleets ?? [];
    expect([fleet?.deviceId(2), fleet?.deviceId(2, 1)]).toEqual(['fleet0-2', 'fleet0-7']);
    await stage.verifier.handle({ kind: 'abort' });
  });

  it('closes a source that came when it had been told to end', async () => {
    let give: (source: Source) => void = () => {};
    let closed = 0;
    const stage = new Stage(dir, plan(), () => new Promise((resolve) => (give = resolve)));
    const opened = stage.open(anchor);
    while (stage.context === undefined) await new Promise(setImmediate);
    await stage.verifier.handle({ kind: 'abort' });
    give({
      health: () => stage.health,
      readToEnd: () => Promise.resolve({ complete: true }),
      close: () => Promise.resolve(void closed++),
    });
    await opened;
    expect({ closed, messages: stage.messages }).toEqual({ closed: 1, messages: [] });
  });

  it('cannot finish what was never opened', async () => {
    const stage = new Stage(dir, plan());
    await stage.verifier.handle({ kind: 'finish', graceUs: 0, cutShort: false });
    expect(stage.messages).toMatchObject([
      { kind: 'failed', error: { code: 'defect', message: expect.stringContaining('before it was opened') } },
    ]);
  });

  it('says nothing more when it is told to end while it waits, or while its source reads to the end', async () => {
    const waiting = new Stage(dir, plan());
    await writeSent(dir, waiting.plan, runId, allAcked(20));
    await waiting.open(anchor);
    const finished = waiting.verifier.handle({ kind: 'finish', graceUs: 60_000_000, cutShort: false });
    await waiting.verifier.handle({ kind: 'abort' });
    await finished;
    expect(waiting.messages.filter(({ kind }) => kind !== 'progress')).toEqual([{ kind: 'ready' }]);

    let reading = (): void => {};
    let readOn = (): void => {};
    const begun = new Promise<void>((resolve) => (reading = resolve));
    const stage: Stage = new Stage(dir, plan(), () =>
      Promise.resolve({
        health: () => stage.health,
        readToEnd: () => {
          reading();
          return new Promise((resolve) => (readOn = () => resolve({ complete: true })));
        },
        close: () => Promise.resolve(),
      }),
    );
    await stage.open(anchor);
    const read = stage.verifier.handle({ kind: 'finish', graceUs: 0, cutShort: false });
    await begun;
    await stage.verifier.handle({ kind: 'abort' });
    readOn();
    await read;
    expect(stage.messages.filter(({ kind }) => kind !== 'progress')).toEqual([{ kind: 'ready' }]);
    expect((await readSeen(join(dir, 'seen'))).end).toBeNull();
  });

  it('asks a broker that counts what it dropped, where something did not come, until it has counted', async () => {
    const stage = new Stage(dir, plan());
    stage.health.brokerDropped = 0;
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    stage.deliver(payloadsOf(stage.plan, anchor).slice(0, 15));
    const startUs = clock.nowUs();
    const finished = stage.finish(0);
    clock.after(150, () => Object.assign(stage.health, { brokerDropped: 5 }));
    const { seen } = await finished;
    expect(clock.nowUs() - startUs).toBeGreaterThan(140_000);
    expect(seen.end?.doubts).toEqual(['the broker dropped 5 messages for slow readers']);
  });

  it('says so when the very last it has to write cannot be written', async () => {
    let full = false;
    const filling: Disk = {
      ...systemDisk,
      create: async (path) => {
        const file = await systemDisk.create(path);
        const append = (bytes: Uint8Array): Promise<void> =>
          full ? Promise.reject(new Error('ENOSPC')) : file.append(bytes);
        return { append, sync: () => file.sync(), close: () => file.close() };
      },
    };
    const stage = new Stage(dir, plan(), undefined, filling);
    stage.atClose = () => {
      full = true;
    };
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    stage.deliver(payloadsOf(stage.plan, anchor));
    await stage.verifier.handle({ kind: 'finish', graceUs: 0, cutShort: false });
    expect(stage.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'file-unwritable' } });
    expect(await readSeen(join(dir, 'seen'))).toMatchObject({ end: null, unattributed: { received: 20 } });
  });

  it('has everything read again where the reader before left no positions, and doubts itself only where that cannot be', async () => {
    for (const positions of [null, () => 7]) {
      const began = join(dir, `${positions === null}`);
      mkdirSync(began);
      const stage = new Stage(began, plan());
      stage.positions = positions;
      await writeSent(began, stage.plan, runId, allAcked(20));
      await stage.open(anchor, true);
      expect(stage.context).toMatchObject({ resumeFrom: null, fromStart: true });
      stage.deliver(payloadsOf(stage.plan, anchor));
      const { seen } = await stage.finish(0);
      expect(seen.end?.source.gaps).toBe(positions === null ? 1 : 0);

      const next = new Stage(began, plan());
      next.positions = positions;
      await next.open(anchor, true);
      expect(next.context).toMatchObject({ resumeFrom: positions?.() ?? null, fromStart: positions === null });
    }
  });

  it('takes the place of none but a reader of its own run', async () => {
    const other = await SeenWriter.open(join(dir, 'seen'), {
      runId: 'r0',
      shard: { index: 0, count: 1 },
      fleets: [{ name: 'fleet0', devices: 5, slots: 20 }],
    });
    await other.close();
    const stage = new Stage(dir, plan());
    await stage.open(anchor, true);
    expect(stage.messages).toMatchObject([
      { kind: 'failed', error: { code: 'file-corrupt', where: join(dir, 'seen'), value: 'r0' } },
    ]);
  });

  it('takes the place of none whose record is damaged', async () => {
    writeFileSync(join(dir, 'seen'), 'this is no record');
    const stage = new Stage(dir, plan());
    await stage.open(anchor, true);
    expect(stage.messages).toMatchObject([{ kind: 'failed', error: { code: 'file-corrupt' } }]);
    expect(readFileSync(join(dir, 'seen'), 'utf8')).toBe('this is no record');
  });
});
