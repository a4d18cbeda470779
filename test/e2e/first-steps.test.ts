import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';

const bin = fileURLToPath(new URL('../../bin/iotload.js', import.meta.url));

const space = inScratch();
const { here, asked } = space;

/** `iotload` on a pseudo-terminal; `answers` are typed one after the other as their questions appear. */
function onTerminal(args: string, answers: readonly (readonly [question: RegExp, keys: string])[]) {
  const child = spawn('script', ['-qec', `"${process.execPath}" "${bin}" ${args}`, '/dev/null'], {
    cwd: space.dir,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  let typed = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    for (let next = answers[typed]; next?.[0].test(shown); next = answers[typed]) {
      typed++;
      child.stdin.write(next[1]);
    }
  });
  return new Promise<{ code: number | null; shown: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, shown }));
  });
}

describe('iotload init', () => {
  it('overwrites nothing', async () => {
    writeFileSync(space.path('scenario.yaml'), 'mine');
    const { code, stderr } = await asked('init', 'file');
    expect(stderr).toContain('nothing is overwritten');
    expect(code).toBe(2);
    expect(readFileSync(space.path('scenario.yaml'), 'utf8')).toBe('mine');
  });

  it.each([
    [['init', 'pulsar'], 'kinesis'],
    [['init', 'kafka', '--endpoint', 'localhost'], '--endpoint'],
    [['init', 'mqtt', '--rate', '5'], '--rate'],
    [['init', 'mqtt', '--endpoint', 'nowhere'], '--endpoint'],
    [['init', 'file', '--endpoint', 'embedded'], '--endpoint'],
    [['init', '--file', 'no/such/place.yaml'], '--file'],
  ])('%j is exit 2 and writes nothing', async (args, place) => {
    const { code, stderr } = await asked(...args);
    expect(stderr).toContain(place);
    expect(code).toBe(2);
    expect(existsSync(space.path('scenario.yaml'))).toBe(false);
  });

  it('asks on a terminal, again where the answer is no good', async () => {
    const { code, shown } = await onTerminal('init --devices 20', [
      [/into a file\?.*\] /, 'file\r'],
      [/2M\/day \[100\/s\] /, '5\r'],
      [/unit/, '40/s\r'],
      [/File to write \[scenario.yaml\] /, 'mine.yaml\r'],
    ]);
    expect(shown).toContain('wrote mine.yaml');
    expect(code).toBe(0);
    const text = readFileSync(space.path('mine.yaml'), 'utf8');
    for (const piece of ['protocol: file', 'devices: 20', 'rate: 40/s']) expect(text).toContain(piece);
  });

  it('writes nothing when it is left', async () => {
    const { code, shown } = await onTerminal('init', [[/into a file\?.*\] /, '\u0003']]);
    expect(shown).toContain('nothing was written');
    expect(code).toBe(130);
    expect(existsSync(space.path('scenario.yaml'))).toBe(false);
  });
});

describe('iotload quick', () => {
  it('prints a scenario that runs as well', async () => {
    const printed = await asked('quick', 'file:events.jsonl', '--print', '--rate', '50/s', '--duration', '1s');
    expect(printed.code).toBe(0);
    expect(existsSync(space.path('events.jsonl'))).toBe(false);
    writeFileSync(space.path('quick.yaml'), printed.stdout);
    const run = await here('run', 'quick.yaml', '--out', 'out', '-q');
    expect([run.code, run.stdout, run.stderr]).toEqual([0, '', '']);
  });

  it('verifies nothing in the void, and says so', async () => {
    const { code, stdout } = await here('quick', 'discard', '--duration', '1s', '--out', 'out', '--progress', 'none');
    expect(stdout).toContain('delivery not checked');
    expect(code).toBe(0);
  });

  it.each([
    [['quick'], 2, 'embedded'],
    [['quick', 'kafka:9092'], 2, 'TARGET'],
    [['quick', 'embedded', '--rate', '5'], 2, '--rate'],
    [['quick', 'discard', '--qos', '1'], 2, '--qos'],
    [['quick', 'embedded', '--workers', '0'], 2, '--workers'],
    [['quick', 'embedded', '--username', 'me'], 2, 'MQTT_PASSWORD'],
  ])('%j is exit %i', async (args, exit, place) => {
    const { code, stderr } = await asked(...args);
    expect(stderr).toContain(place);
    expect(code).toBe(exit);
  });

  it('is exit 4 where nobody listens', async () => {
    const { code, stderr } = await here('quick', 'mqtt://127.0.0.1:1', '--duration', '1s');
    expect(stderr).toContain('127.0.0.1:1');
    expect(code).toBe(4);
  });
});

describe('iotload plan', () => {
  it('tells what a scenario comes to', async () => {
    const { code, stdout } = await here('plan', 'quickstart', '--workers', '2');
    expect(code).toBe(0);
    const golden = readFileSync(new URL('../fixtures/cli/plan.txt', import.meta.url), 'utf8');
    expect(stdout.replace(/digest .*/, 'digest')).toBe(golden.replace(/digest .*/, 'digest'));
  });

  it('prints it as data', async () => {
    const { code, stdout } = await asked('plan', 'quickstart', '--rate', '1k/s', '--json');
    expect(code).toBe(0);
    const { plan, digest, estimate } = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
    expect(plan?.['name']).toBe('quickstart');
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(estimate).toMatchObject({ events: 17_000, meanPerSecond: 1000, connections: 100 });
  });

  it('says what run would refuse, and is exit 2 for what is wrong', async () => {
    const args = ['plan', 'quickstart', '--set', 'target.endpoint=mqtt://broker.example.com'];
    const refused = await asked(...args);
    expect(refused.stderr).toContain('run would refuse it');
    expect(refused.code).toBe(0);
    expect((await asked('plan', 'quickstart', '--rate', '5')).code).toBe(2);
    expect((await asked('plan', 'nowhere.yaml')).code).toBe(2);
  });
});

describe('iotload models', () => {
  it('lists them, and tells all about one', async () => {
    expect((await asked('models')).stdout).toContain('phone-motion');
    const { code, stdout } = await here('models', 'phone-motion');
    expect(code).toBe(0);
    for (const piece of ['shaken_share', '0 to 0.6', 'magnitude', 'm/s²', 'activity', 'rest', '{"magnitude":'])
      expect(stdout).toContain(piece);
    const json = JSON.parse((await asked('models', 'phone-motion', '--json')).stdout) as object;
    expect(json).toHaveProperty('payloads.raw.example');
  });

  it('knows what was meant', async () => {
    const { code, stderr } = await asked('models', 'phone-moton');
    expect(stderr).toContain('did you mean phone-motion?');
    expect(code).toBe(2);
  });
});
