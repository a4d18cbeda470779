import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMqttBroker } from '../../src/brokers/mqtt/embedded-mqtt-broker.ts';
import type { EmbeddedBroker } from '../../src/brokers/registry.ts';
import { answer, type Finished, iotload, scratch, start } from './iotload.ts';
import { phones } from './scenario-text.ts';

/** What no output may hold. Each stands in one place only, so that a find tells where it came from. */
const canaries = {
  literal: 'canary-4f1a-literal',
  reader: 'canary-4f1a-reader',
  environment: 'canary-4f1a-environment',
  envFile: 'canary-4f1a-env-file',
  csv: 'canary-4f1a-csv',
  url: 'canary-4f1a-url',
  passphrase: 'canary-4f1a-passphrase',
  set: 'canary-4f1a-set',
  mqttPassword: 'canary-4f1a-quick',
};
const canary = /canary-4f1a-[a-z-]+/g;
const environment = { CANARY: canaries.environment, MQTT_PASSWORD: canaries.mqttPassword };

const space = scratch();
let broker: EmbeddedBroker;
/** Files that hold canaries because we wrote them there. */
const inputs = new Set<string>();

function input(name: string, text: string): string {
  const file = space.path(name);
  writeFileSync(file, text);
  inputs.add(file);
  return file;
}

/** A scenario against `endpoint` with secrets of this kind. */
function scenario(
  name: string,
  endpoint: string,
  auth: string,
  more: Partial<Parameters<typeof phones>[0]> = {},
): string {
  const target = `{ protocol: mqtt, endpoint: "${endpoint}", connections: 2, connect: { timeout: 2s }, auth: ${auth} }`;
  return input(`${name}.yaml`, phones({ devices: 3, duration: '500ms', target, ...more }));
}

/** `what: canary` for each canary in what was said. */
function leaks(what: string, text: string): string[] {
  return [...text.matchAll(canary)].map(([found]) => `${what}: ${found}`);
}

function leaksOf(args: readonly string[], { stdout, stderr }: Finished): string[] {
  return leaks(args.join(' ').replaceAll(canary, '…'), stdout + stderr);
}

/** Everything that a process has started, and what that has started; not itself, whose arguments and variables are the user's. */
function startedBy(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
  return children.flatMap((child) => [child, ...startedBy(child)]);
}

/** Variables that a child has from its parent, because a scenario may refer to them: the shell's, and those of `--env-file`. */
const inherited: readonly string[] = [canaries.environment, canaries.mqttPassword, canaries.envFile];

/** What others on this machine can see of the processes of a run, and what only their owner can. */
function leaksOfProcesses(pid: number): string[] {
  const children = startedBy(pid);
  expect(children.length).toBeGreaterThan(0);
  return children.flatMap((child) => {
    const of = (file: string): string => readFileSync(`/proc/${child}/${file}`, 'latin1');
    const variables = leaks('variable of a child', of('environ'));
    return [
      ...leaks('process title', of('cmdline')),
      ...variables.filter((found) => !inherited.some((secret) => found.endsWith(secret))),
    ];
  });
}

/** Every file below the scratch folder that is none of our inputs. */
function written(dir = space.dir): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) return written(path);
    return inputs.has(path) ? [] : [path];
  });
}

let envFile: string;
let files: { literal: string; environment: string; fromFile: string; csv: string; refused: string };
beforeAll(async () => {
  broker = await startMqttBroker();
  envFile = input('secrets.env', `FROM_FILE=${canaries.envFile}\n`);
  const devices = ['0', '1', '2'].map((seat) => `phones-${seat},user,${canaries.csv}`);
  input('devices.csv', `device,username,password\n${devices.join('\n')}\n`);
  const reader = `reader: { username: r, password: ${canaries.reader} }`;
  const { endpoint } = broker;
  files = {
    literal: scenario('literal', endpoint, `{ username: u, password: ${canaries.literal}, ${reader} }`),
    environment: scenario('environment', endpoint, `{ username: u, password: "\${CANARY}", ${reader} }`, {
      duration: '60s',
    }),
    fromFile: scenario('from-file', endpoint, '{ username: u, password: "${FROM_FILE}" }'),
    csv: scenario('csv', endpoint, `{ devices: devices.csv, ${reader} }`),
    refused: scenario('refused', 'mqtt://127.0.0.1:1', `{ username: u, password: ${canaries.literal} }`),
  };
  writeFileSync(files.csv, readFileSync(files.csv, 'utf8').replace('connections: 2', 'connections: per_device'));
});
afterAll(async () => {
  await broker.stop();
  space.remove();
});

describe('no secret is shown', () => {
  it('by what looks at a scenario, right or wrong, whatever the secret came from', async () => {
    const wrong = [
      scenario('url', `mqtt://user:${canaries.url}@127.0.0.1:1883`, 'null'),
      scenario('no-url', `mqtt//user:${canaries.url}@127.0.0.1`, 'null'),
      scenario('number', 'embedded', `{ username: u, password: [ ${canaries.literal} ] }`),
      scenario('misspelt', 'embedded', `{ username: u, passwrod: ${canaries.literal} }`),
      scenario('plain', 'embedded', canaries.literal),
      scenario('unset', 'embedded', '{ username: u, password: "${NOWHERE_SET}" }'),
      scenario('other-mistake', 'embedded', `{ username: u, password: ${canaries.literal}, nmae: 1 }`),
      input(
        'passphrase.yaml',
        phones({
          target: `{ protocol: mqtt, endpoint: "mqtts://h:1", tls: { key_passphrase: ${canaries.passphrase} } }`,
        }),
      ),
    ];
    const found: string[] = [];
    const asked = async (...args: string[]): Promise<Finished> => {
      const finished = await answer(args, space.dir);
      found.push(...leaksOf(args, finished));
      return finished;
    };
    for (const file of wrong) {
      for (const verb of ['validate', 'plan']) await asked(verb, file);
      expect((await asked('run', file, '--out', space.path('never'))).code).not.toBe(0);
    }
    const right = [files.literal, files.csv];
    for (const file of right) {
      for (const verb of ['validate', 'plan', 'sample']) expect((await asked(verb, file)).code, verb).toBe(0);
      await asked('plan', file, '--json');
      await asked('validate', file, '--json');
    }
    for (const verb of ['validate', 'plan', 'sample']) {
      expect((await asked(verb, files.fromFile, '--env-file', envFile)).code).toBe(0);
      await asked(verb, files.literal, '--set', `target.auth.password=${canaries.set}`);
      await asked(verb, files.literal, '--set', `target.auth.pasword=${canaries.set}`);
      await asked(verb, files.literal, '--set', `target.auth.password=[${canaries.set}]`);
      await asked(verb, files.literal, '--set', `target.endpoint=mqtt://u:${canaries.url}@h:1`);
    }
    for (const args of [
      ['doctor', files.literal],
      ['doctor', files.csv, '--json'],
      ['doctor', files.refused],
      ['tail', files.refused],
      ['verify', files.refused, '--run-id', 'r'],
      ['run', files.refused, '--out', space.path('never')],
      ['quick', `mqtt://u:${canaries.url}@127.0.0.1:1`],
      ['quick', broker.endpoint, '--username', 'u', '--print'],
      ['init', 'mqtt', '--endpoint', `mqtt://u:${canaries.url}@127.0.0.1:1`],
      ['report', space.dir],
      ['models', 'phone-moton'],
    ]) {
      await asked(...args);
    }
    expect(found).toEqual([]);
  });

  it('by runs that pass, in what they print, write and start, nor by what reads them again', async () => {
    const found: string[] = [];
    const out = (name: string): string => space.path(`out-${name}`);
    const run = async (name: string, ...args: string[]): Promise<void> => {
      const line = ['run', ...args, '--out', out(name), '--progress', 'plain'];
      const finished = await iotload(line, environment, space.dir);
      found.push(...leaksOf(line, finished));
      expect(finished.code, finished.stdout + finished.stderr).toBe(0);
    };
    await run('literal', files.literal);
    await run('csv', files.csv);
    await run('from-file', files.fromFile, '--env-file', envFile);
    await run('set', files.literal, '--set', `target.auth.password=${canaries.set}`);
    const quick = ['quick', broker.endpoint, '--username', 'u', '--duration', '500ms', '--out', out('quick')];
    const quickly = await iotload(quick, environment, space.dir);
    expect(quickly.code, quickly.stdout + quickly.stderr).toBe(0);
    found.push(...leaksOf(quick, quickly));
    const again = [
      ['report', out('literal')],
      ['report', out('csv'), '--json'],
      ['verify', out('literal')],
      ['report', out('from-file')],
      ['report', out('quick'), '--json'],
    ];
    for (const args of again) found.push(...leaksOf(args, await answer(args, space.dir)));

    const long = ['run', files.environment, '--run-id', 'watched', '--out', out('environment'), '--progress', 'plain'];
    const tail = start(['tail', files.environment, '--run-id', 'watched', '--count', '1', '--raw'], environment);
    await tail.said(/reading/);
    const running = start(long, environment, space.dir);
    await running.said(/acked [1-9]/);
    found.push(...leaksOfProcesses(running.child.pid as number));
    const playground = start(['broker', 'mqtt', '--port', '0'], environment, space.dir);
    await playground.said(/Ctrl-C ends it/);
    found.push(...leaksOfProcesses(playground.child.pid as number));
    playground.interrupt();
    found.push(...leaksOf(['broker'], await playground.finished));
    running.interrupt();
    found.push(...leaksOf(long, await running.finished), ...leaksOf(['tail'], await tail.finished));

    const results = written();
    expect(results.filter((path) => path.endsWith('plan.json')).length).toBeGreaterThanOrEqual(6);
    for (const path of results) found.push(...leaks(path, readFileSync(path, 'latin1')));
    expect(found).toEqual([]);
  });

  it('is a test that would notice', () => {
    expect(leaks('here', `a ${canaries.csv} b`)).toEqual([`here: ${canaries.csv}`]);
  });
});
