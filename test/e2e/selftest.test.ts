import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { SelfTestReport } from '../../src/selftest/selftest.ts';
import { iotload } from './iotload.ts';

/** Nine runs at most, some of them beside each other. */
const TIMEOUT_MS = 240_000;

/** What each protocol's quick self-test has to come to. */
const verdicts = {
  mqtt: [
    ['clean', 'pass'],
    ['delay-bimodal', 'pass'],
    ['stall', 'pass'],
    ['lose-ack', 'pass'],
    ['late', 'pass'],
    ['everything', 'fail'],
    ['generator-starved', 'inconclusive'],
    ['verifier-killed', expect.stringMatching(/inconclusive|pass/)],
  ],
  kafka: [
    ['clean', 'pass'],
    ['lose-ack', 'pass'],
    ['everything', 'fail'],
    ['generator-starved', 'inconclusive'],
    ['verifier-killed', expect.stringMatching(/inconclusive|pass/)],
  ],
  kinesis: [
    ['clean', 'pass'],
    ['lose-ack', 'pass'],
    ['everything', 'fail'],
    ['generator-starved', 'inconclusive'],
    ['verifier-killed', expect.stringMatching(/inconclusive|pass/)],
  ],
  'kafka-plain': [
    ['delay-bimodal', 'pass'],
    ['stall', 'pass'],
    ['lose-ack', 'pass'],
    ['everything', 'fail'],
  ],
};

it.each(Object.entries(verdicts))(
  'a quick self-test of %s is green, with a row for each case',
  async (protocol, expected) => {
    const { code, stdout, stderr } = await iotload(['selftest', '--quick', '--protocol', protocol]);
    // Beside other tests the machine may be too slow for what is measured in time; no figure is ever wrong.
    expect(stdout).toMatch(/: (every figure was the true one|no count was wrong, but .*)\n$/);
    expect([0, 3]).toContain(code);
    const rows = [...stdout.matchAll(/^([a-z-]+) +(?:ok|\?) +(pass|fail|inconclusive) +\S/gm)].map(
      ([, name, verdict]) => [name, verdict],
    );
    const undecided = [...stdout.matchAll(/^([a-z-]+) +\? /gm)].map(([, name]) => name);
    expect(undecided.filter((name) => name !== 'delay-bimodal' && name !== 'stall')).toEqual([]);
    expect(rows).toEqual(expected);
    if (protocol !== 'kafka-plain') expect(stdout).toMatch(/clean +ok +pass +nothing → 10000 verified/);
    expect(stdout).toMatch(/this machine: timers fire late by p50 /);
    expect(stderr.trimEnd().split('\n')).toHaveLength(rows.length);
  },
  TIMEOUT_MS,
);

it('one case by name, as JSON; and what there is for a name that there is not', async () => {
  const { code, stdout } = await iotload([
    'selftest',
    '--quick',
    '--protocol',
    'mqtt',
    '--case',
    'swap',
    '--json',
    '-q',
  ]);
  const report = JSON.parse(stdout) as SelfTestReport;
  expect(code).toBe(0);
  expect(report).toMatchObject({
    status: 'ok',
    cases: [{ name: 'swap', verdict: 'fail', status: 'ok', problems: [] }],
  });
  const unknown = await iotload(['selftest', '--case', 'swop']);
  expect([unknown.code, unknown.stdout]).toEqual([2, '']);
  expect(unknown.stderr).toContain('double-exactly-once');
  const nobody = await iotload(['selftest', '--protocol', 'amqp']);
  expect([nobody.code, nobody.stdout]).toEqual([2, '']);
  expect(nobody.stderr).toContain('kafka, kafka-plain, kinesis, mqtt');
}, 60_000);

it.each([
  ['silent', /missing: named, though nobody touched it: slot \d+$/],
  ['boasting', /duplicate: not named, though it suffered it: slot 4711$/],
])(
  'a truth that differs by one event (%s) is found out, exit 5',
  async (lie, problem) => {
    const program = fileURLToPath(new URL('./tampered-selftest.mjs', import.meta.url));
    const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
      execFile(process.execPath, [program, lie], (error, out) => resolve({ code: error?.code ?? 0, stdout: out }));
    });
    const report = JSON.parse(stdout) as SelfTestReport;
    const [one] = report.cases;
    expect([code, report.status, one?.status]).toEqual([5, 'wrong', 'wrong']);
    expect(one?.problems).toContainEqual(expect.stringMatching(problem));
    rmSync(dirname(one?.dir as string), { recursive: true });
  },
  60_000,
);
