import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import yargs from 'yargs';
import { carryOut, type SendingFlags, sendingFlags, workersOf } from '../../src/cli/carry-out.ts';
import { version } from '../../src/cli/version.ts';
import { IotloadError } from '../../src/core/errors.ts';
import type { RunHandle } from '../../src/runner/run.ts';
import type { RunOptions } from '../../src/runner/run-options.ts';
import { testResult } from '../metrics/test-result.ts';
import { planned, scenario } from '../plan/request.ts';
import { capturedOutput } from './captured-output.ts';

const startRun = vi.hoisted(() => vi.fn<(options: RunOptions) => RunHandle>());
vi.mock('../../src/runner/run.ts', () => ({ startRun }));

const flags: SendingFlags = {
  out: undefined,
  workers: undefined,
  'run-id': undefined,
  prometheus: undefined,
  progress: 'plain',
  quiet: false,
  json: false,
};
const { plan } = await planned({ text: scenario() });
const finished = { result: testResult(), dir: join(process.cwd(), 'results', 'mine') };

/** The options of the only run that was started. */
function started(): RunOptions {
  expect(startRun).toHaveBeenCalledOnce();
  return (startRun.mock.calls[0] as [RunOptions])[0];
}

/** Lets the command line have been this until the end of the test. */
function typed(...args: string[]): void {
  const before = process.argv;
  process.argv = ['node', 'iotload', ...args];
  onTestFinished(() => {
    process.argv = before;
  });
}

beforeEach(() => {
  startRun.mockReset();
  startRun.mockReturnValue({ finished: Promise.resolve(finished), stop: () => {} });
});

describe('workersOf', () => {
  it('is one per core and at most four, unless the flag says so', () => {
    expect(workersOf(undefined)).toBe(Math.min(4, availableParallelism()));
    expect([workersOf('1'), workersOf('256')]).toEqual([1, 256]);
  });

  it.each(['0', '257', '2.5', '-1', 'two', ''])('refuses %j', (text) => {
    expect(() => workersOf(text)).toThrow(
      expect.objectContaining({ code: 'bad-arguments', where: '--workers', value: text }),
    );
  });
});

it('the flags of a verb that sends have their defaults', () => {
  const parsed = sendingFlags(yargs([])).parseSync();
  expect(parsed).toMatchObject({ progress: 'auto', quiet: false, json: false });
  expect([parsed.out, parsed.workers, parsed['run-id']]).toEqual([undefined, undefined, undefined]);
  expect(sendingFlags(yargs(['-q'])).parseSync().quiet).toBe(true);
});

describe('carryOut', () => {
  it('runs the whole of a plan, as soon as it can, into a folder of its own', async () => {
    const output = capturedOutput();
    expect(await carryOut(plan, flags)).toBe(0);
    const { runId, workers, ...options } = started();
    expect(options).toMatchObject({ plan, shard: { index: 0, count: 1 }, out: null, startAtWallUs: null, version });
    expect(workers).toBe(workersOf(undefined));
    expect(runId).toBeNull();
    expect(output.stdout).toContain(join('results', 'mine'));
    expect(output.stdout).not.toContain(process.cwd());
  });

  it('hands on what the flags say', async () => {
    capturedOutput();
    const given = { ...flags, out: 'here', workers: '3', 'run-id': 'nightly-42' };
    const start = { startAtWallUs: 5_000_000, resume: true, clockBoundUs: 2_000 };
    await carryOut(plan, given, { shard: { index: 1, count: 4 }, ...start });
    expect(started()).toMatchObject({
      out: 'here',
      workers: 3,
      runId: 'nightly-42',
      shard: { index: 1, count: 4 },
      startAtWallUs: 5_000_000,
      resume: true,
      clockBoundUs: 2_000,
    });
  });

  it.each([
    [{ workers: '0' }, '--workers'],
    [{ 'run-id': 'a b' }, '--run-id'],
  ])('starts nothing with %j', async (wrong, where) => {
    await expect(carryOut(plan, { ...flags, ...wrong })).rejects.toMatchObject({ code: 'bad-arguments', where });
    expect(startRun).not.toHaveBeenCalled();
  });

  it('prints the result as JSON and nothing else on stdout, or nothing at all', async () => {
    const output = capturedOutput();
    await carryOut(plan, { ...flags, json: true });
    expect(JSON.parse(output.stdout)).toEqual(finished.result);
    output.stdout = '';
    await carryOut(plan, { ...flags, quiet: true });
    expect(output).toEqual({ stdout: '', stderr: '' });
  });

  it.each([
    ['pass', 0],
    ['fail', 1],
    ['inconclusive', 3],
    ['error', 5],
  ] as const)('ends with the code of the verdict: %s, %i', async (verdict, exit) => {
    capturedOutput();
    startRun.mockReturnValue({
      finished: Promise.resolve({ ...finished, result: testResult({ verdict }) }),
      stop: () => {},
    });
    expect(await carryOut(plan, { ...flags, quiet: true })).toBe(exit);
  });

  it('tells on stderr what happens, unless it is to be quiet', async () => {
    const output = capturedOutput();
    startRun.mockImplementation(({ observer }) => {
      observer.note('mqtt: reconnected: 3 of 4');
      return { finished: Promise.resolve(finished), stop: () => {} };
    });
    await carryOut(plan, { ...flags, json: true });
    expect(output.stderr).toBe('mqtt: reconnected: 3 of 4\n');
    output.stderr = '';
    await carryOut(plan, { ...flags, quiet: true });
    await carryOut(plan, { ...flags, json: true, progress: 'none' });
    expect(output.stderr).toBe('');
  });

  it('stops in order at the first signal, with its exit code whatever the verdict, and then leaves signals alone', async () => {
    const output = capturedOutput();
    const others = process.listeners('SIGTERM');
    let finish = (): void => {};
    const stop = vi.fn(() => finish());
    let carried = Promise.resolve(0);
    await new Promise<void>((running) => {
      startRun.mockImplementation(() => {
        running();
        const ended: RunHandle['finished'] = new Promise((resolve) => {
          finish = () => resolve({ ...finished, result: testResult({ verdict: 'inconclusive' }) });
        });
        return { finished: ended, stop };
      });
      carried = carryOut(plan, { ...flags, json: true });
    });
    const [interrupt] = process.listeners('SIGTERM').filter((listener) => !others.includes(listener));
    interrupt?.('SIGTERM');
    expect(await carried).toBe(143);
    expect(stop).toHaveBeenCalledOnce();
    expect(output.stderr).toBe('stopping: draining and writing the results; once more leaves at once\n');
    expect(process.listeners('SIGTERM')).toEqual(others);
  });

  it('passes on why a run could not begin, and leaves signals alone', async () => {
    capturedOutput();
    const reason = new IotloadError('target-unreachable', 'nobody there');
    startRun.mockImplementation(() => ({ finished: Promise.reject(reason), stop: () => {} }));
    const others = process.listeners('SIGINT');
    await expect(carryOut(plan, flags)).rejects.toBe(reason);
    expect(process.listeners('SIGINT')).toEqual(others);
  });
});

describe('the command that a result names', () => {
  async function command(...args: string[]): Promise<string> {
    typed(...args);
    await carryOut(plan, { ...flags, quiet: true });
    return started().command;
  }

  it.each([
    [['run', 'quickstart', '--duration', '30s'], 'iotload run quickstart --duration 30s'],
    [['run', 'a.yaml', '--set', 'target.password=hunter2'], "iotload run a.yaml --set 'target.password=[redacted]'"],
    [['run', 'a.yaml', '--set=target.auth.token=a=b'], "iotload run a.yaml '--set=target.auth.token=[redacted]'"],
    [['run', 'a.yaml', '--set', 'target.auth=hunter2'], "iotload run a.yaml --set 'target.auth=[redacted]'"],
    [['quick', 'mqtt://ann:hunter2@127.0.0.1'], "iotload quick 'mqtt://***********@127.0.0.1'"],
    [
      ['run', 'a.yaml', '--set', 'target={ password: hunter2 }'],
      "iotload run a.yaml --set 'target={ password: ******* }'",
    ],
    [['run', 'a.yaml', '--label', 'password=1'], 'iotload run a.yaml --label password=1'],
  ])('shows no secret of %j', async (args, text) => {
    expect(await command(...args)).toBe(text);
  });

  it.each([
    [['run', 'my file.yaml'], "iotload run 'my file.yaml'"],
    [['run', 'a.yaml', '--label', 'who=Ann’s'], "iotload run a.yaml --label 'who=Ann’s'"],
    [['run', "ann's.yaml"], String.raw`iotload run 'ann'\''s.yaml'`],
    [['run', 'a.yaml', '--set', 'fleets.a.topic=t/<device>'], "iotload run a.yaml --set 'fleets.a.topic=t/<device>'"],
    [['run', 'a.yaml', '--label', ''], "iotload run a.yaml --label ''"],
  ])('can be typed again: %j', async (args, text) => {
    expect(await command(...args)).toBe(text);
  });
});
