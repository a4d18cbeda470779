import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMqttBroker } from '../../src/brokers/mqtt/embedded-mqtt-broker.ts';
import type { EmbeddedBroker } from '../../src/brokers/registry.ts';
import { inScratch } from './in-scratch.ts';
import { answer, iotload, scratch, start, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

let broker: EmbeddedBroker;
beforeAll(async () => {
  broker = await startMqttBroker();
});
afterAll(() => broker.stop());

const space = inScratch();

/** Writes a scenario against the running broker and returns its path. */
function scenario(options: Partial<Parameters<typeof phones>[0]> = {}): string {
  const target = `{ protocol: mqtt, endpoint: "${broker.endpoint}", connections: 2 }`;
  writeFileSync(space.path('case.yaml'), phones({ target, ...options }));
  return space.path('case.yaml');
}

describe('the command line itself', () => {
  it.each([
    [['rnu'], 'did you mean "iotload run"?'],
    [['teleport'], 'the commands are init, quick, broker'],
    [['run'], 'one that ships: arduino, ceiling, day-in-a-minute'],
    [['run', 'quickstart', '--shrad', '0/1'], 'did you mean --shard?'],
    [['run', 'quickstart', 'too', 'much'], 'run knows no "too"'],
    [['run', 'quickstart', '--workers', 'many'], '--workers'],
    [['run', 'quickstart', '--shard', '2/2'], '0 ≤ i < n'],
    [['run', 'quickstart', '--start-at', 'noon'], 'ISO instant'],
    [['run', 'quickstart', '--duration', '30'], '--duration'],
    [['run', 'no-such-file.yaml'], 'shipped scenarios'],
    [['verify', 'quickstart'], '--run-id'],
    [['run', 'quickstart', '--run-id', 'a/b'], 'nightly-42'],
    [['run', 'quickstart', '--set'], 'set'],
    [['run', 'quickstart', '--out'], '--out: the value is missing'],
    [['run', 'quickstart', '--seed', '1', '--seed', '2'], '--seed: given more than once'],
    [['run', 'quickstart', '--workers', '5000'], 'from 1 to 256'],
    [['verify', '.'], 'plan.json'],
    [['sample', 'quickstart', '--fleet', 'cars'], 'phones'],
  ])('%j is exit 2 and says what to do', async (args, hint) => {
    const { code, stderr } = await answer(args, space.dir);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });
});

describe('iotload validate and sample', () => {
  it('describe a valid scenario and print its schema', async () => {
    const valid = await iotload(['validate', scenario({ more: 'thresholds: [ lost == 0 ]' })]);
    expect(valid.code).toBe(0);
    expect(valid.stdout).toMatch(/valid\n.*50 × phone-motion, 750 events/);
    expect(valid.stdout).toContain('lost == 0');
    const schema = await answer(['validate', '--schema']);
    expect(JSON.parse(schema.stdout)).toHaveProperty('properties.fleets');
  });

  it('print the same events for the same seed and run id, others for another seed', async () => {
    const file = scenario({ start: '2026-01-01T00:00:00Z' });
    const sampled = ['sample', file, '--run-id', 'r', '--count', '60'];
    const sample = async (...more: string[]): Promise<string> => (await answer([...sampled, ...more])).stdout;
    const first = (await iotload(sampled)).stdout;
    expect(first.trim().split('\n').length).toBe(60);
    expect(await sample()).toBe(first);
    expect(await sample('--seed', '2')).not.toBe(first);
    expect((await sample('--address')).split('\t')[0]).toMatch(/^iotload\/r\//);
  });
});

describe('iotload verify', () => {
  const finished = scratch();
  beforeAll(async () => {
    const target = `{ protocol: mqtt, endpoint: "${broker.endpoint}", connections: 2 }`;
    writeFileSync(finished.path('case.yaml'), phones({ target }));
    const args = ['--out', finished.path('out'), '--progress', 'none', '--workers', '2'];
    expect((await iotload(['run', finished.path('case.yaml'), ...args])).code).toBe(0);
  });
  afterAll(() => finished.remove());

  /** The results of a finished run, in a directory of its own. */
  function finishedRun(): string {
    cpSync(finished.path('out'), space.path('out'), { recursive: true });
    return space.path('out');
  }

  it('settles a finished run again, to the same answer', async () => {
    const out = finishedRun();
    const before = summaryOf(out);
    const { code, stdout } = await iotload(['verify', out]);
    expect(code).toBe(0);
    expect(stdout).toContain('PASS');
    expect(summaryOf(out)).toEqual(before);
  });

  it('accuses nobody for a record that was cut off, and refuses one that was damaged', async () => {
    const out = finishedRun();
    const seen = readFileSync(space.path('out/seen'));
    truncateSync(space.path('out/seen'), seen.length - 20);
    expect((await answer(['verify', out])).code).toBe(3);
    rmSync(space.path('out/seen'));
    expect((await answer(['verify', out])).code).toBe(3);
    seen[40] = (seen[40] as number) ^ 1;
    writeFileSync(space.path('out/seen'), seen);
    const damaged = await answer(['verify', out]);
    expect(damaged.code).toBe(3);
    expect(damaged.stderr).toContain('damaged');
  });

  it('settles what a killed run left behind, and accuses nobody', async () => {
    const out = space.path('out');
    const running = start(['run', scenario({ duration: '30s' }), '--out', out, '--progress', 'plain']);
    // Two seconds of events stand in the record before more than four are sent.
    await running.said(/verified [2-9],\d{3}/);
    running.child.kill('SIGKILL');
    await running.finished;
    const { code, stdout } = await iotload(['verify', out]);
    expect(stdout).toContain('INCONCLUSIVE');
    expect(code).toBe(3);
    const { run, events, delivery } = summaryOf(out);
    expect(run.ended).toBe('aborted');
    expect(events.intended).toBe(15_000);
    expect(events.acked).toBeGreaterThan(0);
    expect(delivery.lost + delivery.phantom).toBe(0);
  });

  it('a reader that was stopped by hand accuses nobody of what came after', async () => {
    // Long enough for events to come when the reader has gone, also where nobody is quick.
    const file = scenario({ duration: '7s' });
    const [sent, seen] = [space.path('sent'), space.path('seen')];
    const verifier = start(['verify', file, '--run-id', 'cut', '--out', seen]);
    await verifier.said(/reading run cut/);
    const run = iotload(['run', file, '--run-id', 'cut', '--no-verify', '--out', sent, '--progress', 'none']);
    await verifier.said(/verified [1-9]/);
    verifier.interrupt();
    expect((await verifier.finished).code).toBe(130);
    await run;
    const { code } = await answer(['verify', sent, '--seen', seen]);
    expect(summaryOf(sent).delivery.missing).toBeGreaterThan(0);
    expect(summaryOf(sent).verdict).toBe('inconclusive');
    expect(code).toBe(3);
  });

  it('proves a run that another process made', async () => {
    const file = scenario({ duration: '2s' });
    const [sent, seen] = [space.path('sent'), space.path('seen')];
    const verifier = start(['verify', file, '--run-id', 'nightly', '--sent', sent, '--out', seen]);
    await verifier.said(/reading run nightly/);
    const run = await iotload(['run', file, '--run-id', 'nightly', '--no-verify', '--out', sent, '--progress', 'none']);
    expect(run.stdout).toContain('delivery not checked');
    const { code, stdout } = await verifier.finished;
    expect(stdout).toContain('PASS');
    expect(code).toBe(0);
    expect(summaryOf(sent).delivery).toMatchObject({ verified: 1000, missing: 0, duplicates: 0 });
    expect((await answer(['verify', sent, '--seen', seen])).code).toBe(0);
  });

  it('says what it cannot read live', async () => {
    const embedded = await answer(['verify', 'quickstart', '--run-id', 'x'], space.dir);
    expect(embedded.stderr).toContain('embedded broker lives inside its run');
    const derived = await answer(['verify', scenario({ payload: 'seismograph' }), '--run-id', 'x'], space.dir);
    expect(derived.stderr).toContain('--start-at');
    expect([embedded.code, derived.code]).toEqual([2, 2]);
  });
});
