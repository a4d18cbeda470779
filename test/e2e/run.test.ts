import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { answer, iotload, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = inScratch();
const { scenario } = space;

/** Every line of every file a file target wrote, sorted. */
function linesIn(dir: string): string[] {
  return readdirSync(dir)
    .flatMap((name) => readFileSync(`${dir}/${name}`, 'utf8').split('\n'))
    .filter((line) => line !== '')
    .sort();
}

function digest(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** A loopback port on which nothing listens. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('iotload run', () => {
  it('is the same stream with 1, 2 and 7 workers, and in three shards', async () => {
    const fixed = ['--run-id', 'same', '--progress', 'none', '--no-verify'];
    const writing = (name: string): string =>
      scenario(
        phones({
          start: '2026-01-01T00:00:00Z',
          target: `{ protocol: file, path: ${space.path(name)}/events.jsonl }`,
          payload: 'seismograph',
        }),
        `${name}.yaml`,
      );
    // The shards wait for their common start while the others run. A busy machine may not be ready by then, and says so: once more, later.
    const shardsFrom = async (leadMs: number): Promise<string> => {
      const name = `shards-${leadMs}`;
      const startAt = new Date(Date.now() + leadMs).toISOString();
      const codes = await Promise.all(
        [0, 1, 2].map(async (i) => {
          const args = ['--shard', `${i}/3`, '--workers', '1', '--start-at', startAt];
          return (await iotload(['run', writing(name), ...args, '--out', space.path(`${name}-${i}`), ...fixed])).code;
        }),
      );
      if (codes.includes(2) && leadMs < 60_000) return shardsFrom(4 * leadMs);
      expect(codes).toEqual([0, 0, 0]);
      return name;
    };
    const sharded = shardsFrom(12_000);
    const digests: string[] = [];
    for (const workers of ['1', '2', '7']) {
      const args = ['--workers', workers, '--out', space.path(`out${workers}`), ...fixed];
      const { code, stderr } = await iotload(['run', writing(`w${workers}`), ...args]);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      const lines = linesIn(space.path(`w${workers}`));
      expect(lines.length).toBe(750);
      digests.push(digest(lines));
    }
    digests.push(digest(linesIn(space.path(await sharded))));
    expect(new Set(digests).size).toBe(1);
  });

  it('reads a file target back and proves it', async () => {
    const out = space.path('out');
    const file = scenario(phones({ target: '{ protocol: file }' }));
    const { code } = await iotload(['run', file, '--workers', '2', '--out', out, '--progress', 'none']);
    expect(code).toBe(0);
    expect(summaryOf(out).delivery).toMatchObject({
      verified: 750,
      lost: 0,
      missing: 0,
      duplicates: 0,
      identity: 'fields',
    });
  });

  it('fails soundly when a threshold is missed', async () => {
    const file = scenario(phones({ target: '{ protocol: discard }', more: 'thresholds: [ "sent < 10" ]' }));
    const { code, stdout } = await iotload(['run', file, '--out', space.path('out'), '--progress', 'none']);
    expect(stdout).toContain('FAIL');
    expect(code).toBe(1);
  });

  it('an unreachable broker is exit 4, within the connect timeout, saying what was tried', async () => {
    const port = await deadPort();
    const file = scenario(
      phones({ target: `{ protocol: mqtt, endpoint: "mqtt://127.0.0.1:${port}", connect: { timeout: 2s } }` }),
    );
    const before = Date.now();
    const { code, stderr } = await iotload(['run', file, '--out', space.path('out'), '--progress', 'none']);
    expect(code).toBe(4);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    // Two seconds, and the time that a busy machine takes to start a process; without the timeout it would be a minute.
    expect(Date.now() - before).toBeLessThan(30_000);
    expect(readdirSync(space.dir)).not.toContain('out');
  });

  it('a bad scenario is exit 2 with every mistake at its place, and nothing is sent', async () => {
    const file = scenario(
      'iotload: 1\nfleets:\n  a: { model: phone-motoin, devices: 1, rate: 5 }\ntarget: { protocol: discrad }\n',
    );
    const { code, stderr } = await answer(['run', file, '--out', space.path('out')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/case\.yaml:3:\d+: error/);
    expect(stderr).toMatch(/case\.yaml:4:\d+: error/);
    expect(stderr).toContain('phone-motion');
    expect(stderr).not.toContain('at ');
    expect(readdirSync(space.dir)).not.toContain('out');
  });

  it('an address that the scenario does not name is exit 6, and --allow lifts it', async () => {
    const file = scenario(phones({ target: '{ protocol: mqtt, endpoint: embedded }' }));
    const elsewhere = ['--set', 'target.endpoint=mqtt://broker.example.com:1883', '--out', space.path('out')];
    const { code, stderr } = await answer(['run', file, ...elsewhere]);
    expect(code).toBe(6);
    expect(stderr).toContain('broker.example.com');
    expect(stderr).toContain('--allow');
  });

  it('shows no secret in any output, wherever it came from', async () => {
    const canaries = ['canary-file', 'canary-env', 'canary-set'];
    const out = space.path('out');
    const auth = (password: string): string =>
      `{ protocol: mqtt, endpoint: embedded, auth: { username: u, password: ${password} } }`;
    const texts: string[] = [];
    for (const [i, [password, more]] of (
      [
        ['canary-file', []],
        ['"${SECRET}"', []],
        ['x', ['--set', 'target.auth.password=canary-set']],
        ['canary-file', ['--set', 'target.qos=7']],
        ['"${MISSING:?canaries are kept by ops}"', []],
      ] as const
    ).entries()) {
      const file = scenario(phones({ duration: '500ms', target: auth(password) }));
      const { stdout, stderr } = await iotload(['run', file, '--out', `${out}${i}`, ...more], { SECRET: 'canary-env' });
      texts.push(stdout, stderr);
      if (i > 2) continue;
      for (const name of readdirSync(`${out}${i}`)) texts.push(readFileSync(`${out}${i}/${name}`, 'latin1'));
      expect(summaryOf(`${out}${i}`).verdict).toBe('pass');
    }
    for (const canary of canaries) expect(texts.filter((text) => text.includes(canary))).toEqual([]);
  });

  it('shards need a common run id and start', async () => {
    const { code, stderr } = await answer(['run', 'quickstart', '--shard', '0/2']);
    expect(code).toBe(2);
    expect(stderr).toContain('--run-id');
  });

  it('a start in the past is exit 2', async () => {
    const { code, stderr } = await answer(['run', 'quickstart', '--start-at', '2020-01-01T00:00:00Z']);
    expect(code).toBe(2);
    expect(stderr).toContain('past');
  });

  it('--json puts the summary on stdout and nothing else', async () => {
    const file = scenario(phones({ duration: '1s', target: '{ protocol: discard }' }));
    const { stdout } = await iotload(['run', file, '--out', space.path('out'), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'iotload/summary/1', verdict: 'pass' });
  });
});
