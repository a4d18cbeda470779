import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor } from '../../src/core/anchor.ts';
import { IotloadError } from '../../src/core/errors.ts';
import { encodeProbe } from '../../src/events/probe.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Settlement } from '../../src/verify/settle.ts';
import { judge } from '../../src/verify/verdict.ts';
import { readSeen, type SeenRecord } from '../../src/wire/seen-file.ts';
import { testResult } from '../metrics/test-result.ts';
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

describe.each(['fields', 'derived'] as const)('Verifier, identity %s', (identity) => {
  const plan = (): Plan => {
    const made = testPlan([{ devices: 5, slots: 100, identity }]);
    const fields = [
      { name: 'device', value: '<device>' },
      { name: 'time', value: '<time.iso>' },
      { name: 'x', value: '<ax>' },
    ];
    (made.fleets[0] as Plan['fleets'][number]).payload.fields = fields.slice(0, 2);
    (made.fleets[0] as Plan['fleets'][number]).schedule.rate = { events: 10, perUs: 1_000_000 };
    return made;
  };

  it('finds exactly what was dropped, doubled, reordered and altered', async () => {
    const stage = new Stage(dir, plan());
    const payloads = payloadsOf(stage.plan, anchor);
    await writeSent(dir, stage.plan, runId, allAcked(100));
    await stage.open(anchor);
    const order = payloads.map((_, slot) => slot).filter((slot) => slot !== 17 && slot !== 64);
    // Slots 30 and 35 are of one seat.
    const [at30, at35] = [order.indexOf(30), order.indexOf(35)];
    [order[at30], order[at35]] = [35, 30];
    const altered = Uint8Array.from(payloads[50] as Uint8Array);
    // Within the time or the id's intended time, wherever the identity is: a digit near the end.
    altered[altered.length - 5] = (altered[altered.length - 5] as number) ^ 1;
    const stream = order.map((slot) => (slot === 50 ? altered : (payloads[slot] as Uint8Array)));
    stream.splice(12, 0, payloads[3] as Uint8Array, payloads[3] as Uint8Array, new TextEncoder().encode('{"other":1}'));
    stage.deliver(stream.slice(0, 40));
    stage.deliver(stream.slice(40));
    const { seen, settlement } = await stage.finish(30_000);
    expect(settlement.delivery).toMatchObject({
      received: 101,
      verified: 97,
      missing: 3,
      duplicates: 2,
      reordered: 1,
      corrupt: 1,
      foreign: 1,
      phantom: 0,
    });
    expect(settlement.findings).toEqual(
      expect.arrayContaining(
        [
          ['missing', 17],
          ['missing', 50],
          ['missing', 64],
          ['duplicate', 3],
          ['reordered', 30],
        ].map(([kind, slot]) => expect.objectContaining({ kind, slot, seat: Number(slot) % 5 })),
      ),
    );
    expect(settlement.laws.filter(({ holds }) => !holds)).toEqual([]);
    expect(seen.end).toMatchObject({ complete: false, doubts: [], cpuSeconds: 1, peakRssBytes: 2 });
    expect(stage.closed).toBe(1);
  });

  it('measures from the intended time, in the measured window only, and keeps negative times', async () => {
    const stage = new Stage(dir, plan());
    stage.plan.run = { warmUpUs: 1_000_000, durationUs: 2_000_000, drainUs: 0 };
    const payloads = payloadsOf(stage.plan, anchor);
    await writeSent(dir, stage.plan, runId, allAcked(100));
    await stage.open(anchor);
    // Slot k is due at k × 100 ms; slots 10 … 29 are measured.
    payloads.forEach((payload, slot) => {
      stage.deliver([payload], anchor.startMonoUs + slot * 100_000 + (slot === 12 ? -40 : slot));
    });
    const { seen, settlement } = await stage.finish(30_000);
    expect(seen.fleets[0]?.endToEnd).toMatchObject({ min: -40, max: 29, negative: 1, rejected: 0 });
    expect([...(seen.fleets[0]?.endToEnd.cells.values() ?? [])].reduce((a, b) => a + b)).toBe(20);
    expect(seen.end?.signals).toEqual([
      'the verifier saw 1 of 20 events before they were due, by up to 40 us: the clocks disagree',
    ]);
    expect(settlement.laws.filter(({ holds }) => !holds)).toEqual([]);
  });

  it('learns the anchor after it was opened, and tells of the marker before', async () => {
    const stage = new Stage(dir, plan());
    await stage.open(null);
    expect(stage.messages).toEqual([{ kind: 'ready' }]);
    stage.deliver([encodeProbe(runId), encodeProbe('another')]);
    expect(stage.messages[1]).toEqual({ kind: 'probe', count: 1 });
    await stage.verifier.handle({ kind: 'anchor', anchor });
    stage.deliver(payloadsOf(stage.plan, anchor));
    await writeSent(dir, stage.plan, runId, allAcked(100));
    const { settlement } = await stage.finish(1_000_000);
    expect(settlement.delivery).toMatchObject({ received: 101, verified: 100, foreign: 1, missing: 0 });
  });
});

describe('Verifier', () => {
  const plan = (): Plan => testPlan([{ devices: 5, slots: 20 }]);

  it('waits for what is outstanding, and no longer', async () => {
    const stage = new Stage(dir, plan());
    const payloads = payloadsOf(stage.plan, anchor);
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    stage.deliver(payloads.slice(1));
    const startUs = clock.nowUs();
    const finished = stage.finish(60_000_000);
    clock.after(100, () => stage.deliver(payloads.slice(0, 1)));
    const { settlement } = await finished;
    expect(settlement.delivery).toMatchObject({ verified: 20, missing: 0, late: 0 });
    expect(clock.nowUs() - startUs).toBeGreaterThan(90_000);
    expect(clock.nowUs() - startUs).toBeLessThan(20_000_000);
    expect(stage.messages.at(-1)).toMatchObject({ kind: 'done', progress: { seen: 20, outstanding: 0 } });
  });

  it('counts second copies that come right after the last event', async () => {
    const stage = new Stage(dir, plan());
    const payloads = payloadsOf(stage.plan, anchor);
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    stage.deliver(payloads);
    const finished = stage.finish(60_000_000);
    clock.after(120, () => stage.deliver(payloads.slice(0, 1)));
    expect((await finished).settlement.delivery).toMatchObject({ verified: 20, duplicates: 1 });
  });

  it('calls late what comes when the grace is over, and lost only what a complete reader did not find', async () => {
    const stage = new Stage(dir, plan());
    const payloads = payloadsOf(stage.plan, anchor);
    stage.complete = true;
    stage.atEnd = () => stage.deliver(payloads.slice(18, 19));
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    stage.deliver(payloads.slice(0, 18));
    const { settlement } = await stage.finish(50_000);
    expect(settlement.delivery).toMatchObject({ verified: 19, late: 1, lost: 1, missing: 0 });
  });

  const impatience = ['reading was ended before the grace was over'];
  const verdictOf = ({ seen, settlement }: { seen: SeenRecord; settlement: Settlement }) =>
    judge({
      plan: plan(),
      run: testResult({ events: settlement.events, delivery: settlement.delivery }),
      ended: 'interrupted',
      sentTold: true,
      laws: settlement.laws,
      reader: { finished: seen.end !== null, doubts: seen.end?.doubts ?? [] },
      ordered: true,
      generator: { status: 'healthy', cpuSeconds: 1, peakRssBytes: 1, signals: [] },
      skipped: new Map(),
    }).verdict;

  it.each([true, false])('can be hurried, which accuses nobody (said so: %s)', async (cutShort) => {
    const stage = new Stage(dir, plan());
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    stage.deliver(payloadsOf(stage.plan, anchor).slice(0, 15));
    const finished = stage.finish(600_000_000);
    await stage.verifier.handle({ kind: 'finish', graceUs: 0, cutShort });
    const read = await finished;
    expect(read.settlement.delivery).toMatchObject({ verified: 15, missing: 5 });
    expect(read.seen.end?.doubts).toEqual(impatience);
    expect(verdictOf(read)).toBe('inconclusive');
  });

  it('a grace that was short from the start accuses nobody', async () => {
    const stage = new Stage(dir, plan());
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    stage.deliver(payloadsOf(stage.plan, anchor).slice(0, 15));
    const read = await stage.finish(0, true);
    expect(read.seen.end?.doubts).toEqual(impatience);
    expect(verdictOf(read)).toBe('inconclusive');
  });

  it('a full grace does accuse, and a short one that was enough raises no doubt', async () => {
    const payloads = payloadsOf(plan(), anchor);
    await writeSent(dir, plan(), runId, allAcked(20));
    const patient = new Stage(dir, plan());
    await patient.open(anchor);
    patient.deliver(payloads.slice(0, 15));
    const read = await patient.finish(0);
    expect(read.seen.end?.doubts).toEqual([]);
    expect(verdictOf(read)).toBe('fail');

    const hurried = new Stage(dir, plan());
    await hurried.open(anchor);
    hurried.deliver(payloads);
    expect((await hurried.finish(0, true)).seen.end?.doubts).toEqual([]);
  });

  it('doubts a reader ended by hand when nobody knows what is outstanding', async () => {
    const stage = new Stage(dir, plan());
    await stage.open(anchor);
    stage.deliver(payloadsOf(stage.plan, anchor));
    await stage.verifier.handle({ kind: 'finish', graceUs: 0, cutShort: true });
    expect((await readSeen(join(dir, 'seen'))).end?.doubts).toEqual(impatience);
  });

  it('says why the reader cannot vouch for absence', async () => {
    const stage = new Stage(dir, plan());
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    Object.assign(stage.health, { gaps: 2, brokerDropped: 7 });
    const { seen } = await stage.finish(0);
    expect(seen.end?.doubts).toEqual([
      'the reader lost its session 2 times',
      'the broker dropped 7 messages for slow readers',
    ]);
  });

  it('keeps what the other side counted, and whether that was told after everything had been sent', async () => {
    const count = { by: 'the clerk', messages: 20, readAll: true };
    for (const [late, final] of [
      [0, false],
      [60e6, true],
    ] as const) {
      const own = mkdtempSync(join(dir, 'counted-'));
      const stage = new Stage(own, plan());
      await writeSent(own, stage.plan, runId, allAcked(20));
      const atUs = clock.nowUs() + late;
      stage.counted = () => ({ ...count, atUs });
      await stage.open(anchor);
      const { seen } = await stage.finish(0);
      expect(seen.end?.counted).toEqual({ ...count, final, markers: 0 });
    }
  });

  it('keeps nothing of it where another reader had begun, nor where nothing was told', async () => {
    const stage = new Stage(dir, plan());
    await writeSent(dir, stage.plan, runId, allAcked(20));
    stage.counted = () => null;
    await stage.open(anchor);
    expect((await stage.finish(0)).seen.end).not.toHaveProperty('counted');
    const next = new Stage(dir, plan());
    next.counted = () => ({ by: 'the clerk', messages: 3, readAll: true, atUs: clock.nowUs() });
    await next.open(anchor, true);
    expect((await next.finish(0)).seen.end).not.toHaveProperty('counted');
  });

  it('reports a source that cannot be opened', async () => {
    const refusal = new IotloadError('target-unreachable', 'nobody there', { where: 'mqtt://127.0.0.1:1' });
    const stage = new Stage(dir, plan(), () => Promise.reject(refusal));
    await stage.open(anchor);
    expect(stage.messages).toMatchObject([
      { kind: 'failed', error: { code: 'target-unreachable', message: 'nobody there', where: 'mqtt://127.0.0.1:1' } },
    ]);
  });

  it('reports a damaged record of what was sent', async () => {
    const stage = new Stage(dir, plan());
    await stage.open(anchor);
    rmSync(join(dir, 'sent'), { force: true });
    await writeSent(dir, testPlan([{ devices: 5, slots: 20 }]), runId, allAcked(20));
    const record = readFileSync(join(dir, 'sent'));
    record[20] = (record[20] as number) ^ 1;
    writeFileSync(join(dir, 'sent'), record);
    await stage.verifier.handle({ kind: 'finish', graceUs: 0, cutShort: false });
    expect(stage.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'file-corrupt' } });
    expect(stage.closed).toBe(1);
  });

  it('does not vouch for what a predecessor saw who was killed before anything of it was on record', async () => {
    const stage = new Stage(dir, plan());
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor, true);
    stage.deliver(payloadsOf(stage.plan, anchor).slice(10));
    const { seen } = await stage.finish(0);
    expect(seen.end?.doubts).toEqual([expect.stringContaining('lost its session once')]);
  });

  it('gives up where it cannot write, once', async () => {
    symlinkSync('/dev/full', join(dir, 'seen'));
    const stage = new Stage(dir, plan());
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    stage.deliver(payloadsOf(stage.plan, anchor));
    await stage.verifier.handle({ kind: 'finish', graceUs: 0, cutShort: false });
    await stage.verifier.handle({ kind: 'finish', graceUs: 0, cutShort: false });
    expect(stage.messages.filter(({ kind }) => kind !== 'progress')).toMatchObject([
      { kind: 'ready' },
      { kind: 'failed', error: { code: 'file-unwritable', where: join(dir, 'seen') } },
    ]);
    expect(stage.closed).toBe(1);
  });

  it('does not take another run for its own last arrivals', async () => {
    const stage = new Stage(dir, plan());
    await writeSent(dir, stage.plan, runId, allAcked(20));
    await stage.open(anchor);
    stage.deliver(payloadsOf(stage.plan, anchor));
    const chatter = clock.every(50, () => stage.deliver([new TextEncoder().encode('{"other":1}')]));
    const startUs = clock.nowUs();
    await stage.finish(60_000_000);
    chatter();
    expect(clock.nowUs() - startUs).toBeLessThan(20_000_000);
  });

  it('leaves a readable file when it is aborted', async () => {
    const stage = new Stage(dir, plan());
    await stage.open(anchor);
    stage.deliver(payloadsOf(stage.plan, anchor));
    await stage.verifier.handle({ kind: 'abort' });
    expect(await readSeen(join(dir, 'seen'))).toMatchObject({ end: null });
    expect(stage.closed).toBe(1);
  });
});
