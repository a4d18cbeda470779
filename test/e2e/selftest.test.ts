import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { SelfTestReport } from '../../src/selftest/selftest.ts';
import { iotload } from './iotload.ts';
import { expectQuickSelfTest } from './quick-selftest.ts';

expectQuickSelfTest('mqtt', [
  ['clean', 'pass'],
  ['delay-bimodal', 'pass'],
  ['stall', 'pass'],
  ['lose-ack', 'pass'],
  ['late', 'pass'],
  ['everything', 'fail'],
  ['generator-starved', 'inconclusive'],
  ['verifier-killed', expect.stringMatching(/inconclusive|pass/)],
]);

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
