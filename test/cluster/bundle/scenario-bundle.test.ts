import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundlePlan } from '../../../src/cluster/bundle/bundle-plan.ts';
import { bundleScenario, flaggedVariables } from '../../../src/cluster/bundle/scenario-bundle.ts';
import { planned } from '../../plan/request.ts';
import { folders, meters } from '../a-run.ts';

const folderOf = folders();
const KEY = '-----BEGIN EC PRIVATE KEY-----\n';

function bundle(
  text: string,
  folder: string,
  more: { environment?: string; set?: string[]; env?: Record<string, string> } = {},
) {
  return bundleScenario({ text, file: 'x/my.yaml', folder, environment: null, set: [], env: {}, ...more });
}

describe('bundleScenario', () => {
  it('keeps how scenario and files lie to each other, also above its folder', () => {
    const dir = folderOf({ 'certs/ca.pem': 'ca', 'load/my.yaml': '', 'load/x.csv': 'a\n1\n' });
    const text = 'plugins: []\ntarget: { tls: { ca: ../certs/ca.pem } }\nfleets: { a: { params: { file: x.csv } } }\n';
    const { scenario, files } = bundle(text, join(dir, 'load'));
    expect(scenario).toBe('load/my.yaml');
    expect(files.map(({ path, secret }) => [path, secret]).sort()).toEqual([
      ['certs/ca.pem', false],
      ['load/x.csv', false],
    ]);
  });

  it('takes a folder whose name begins with dots for one below', () => {
    const dir = folderOf({ '..x/x.csv': '' });
    const { scenario, files } = bundle('fleets: { a: { params: { file: ..x/x.csv } } }\n', dir);
    expect([scenario, files.map(({ path }) => path)]).toEqual(['my.yaml', ['..x/x.csv']]);
  });

  it('follows what files name: imports of modules and schemas, certificates of devices', () => {
    const dir = folderOf({
      'mine.mjs': "import { a } from './lib/a.mjs';\nimport fs from 'node:fs';\nawait import('./b.js');",
      'lib/a.mjs': "export { b } from '../b.js';",
      'b.js': '',
      'm.proto': 'syntax = "proto3";\nimport "google/protobuf/timestamp.proto";\nimport public "sub/n.proto";\n',
      'sub/n.proto': '',
      'keys/all.csv': 'device,cert,key\na,../a.pem,../a.key\nb,,\n',
      'a.pem': 'cert',
      'a.key': 'key',
    });
    const text = `plugins: [./mine.mjs]
fleets: { a: { payload: { schema: m.proto#Meter } } }
targets: { edge: { auth: { devices: keys/all.csv } }, lake: { tls: { cert: a.pem, key: a.key } } }
`;
    expect(bundle(text, dir).files.map(({ path, secret }) => [path, secret])).toEqual([
      ['mine.mjs', false],
      ['lib/a.mjs', false],
      ['b.js', false],
      ['m.proto', false],
      ['sub/n.proto', false],
      ['keys/all.csv', true],
      ['a.pem', false],
      ['a.key', true],
    ]);
  });

  it('asks again for a variable that was set here, though it has a default', () => {
    const text = 'target: { endpoint: "${BROKER:-localhost:9092}", topic: "${TOPIC:-t}" }\n';
    const { variables } = bundle(text, folderOf({}), { env: { BROKER: 'b:9092', TOPIC: '' } });
    expect(variables).toEqual([
      { name: 'BROKER', optional: false },
      { name: 'TOPIC', optional: true },
    ]);
  });

  it('takes a file for a secret that is one anywhere, or holds a private key', () => {
    const dir = folderOf({ 'both.pem': 'text', 'bundle.pem': KEY });
    const text = 'targets: { a: { tls: { ca: bundle.pem, cert: both.pem } }, b: { tls: { key: both.pem } } }\n';
    expect(bundle(text, dir).files.map(({ path, secret }) => [path, secret])).toEqual([
      ['bundle.pem', true],
      ['both.pem', true],
    ]);
  });

  it('reads files and variables as flags and environment have them, and writes flags nowhere', () => {
    const dir = folderOf({ 'b.pem': 'b' });
    const text = 'target: { tls: { ca: a.pem }, topic: "${T}" }\nenvironments: { x: { target: { alpn: "${A}" } } }\n';
    const made = bundle(text, dir, {
      environment: 'x',
      set: ['target.tls.ca=${CA}'],
      env: { CA: 'b.pem', A: '', T: '' },
    });
    expect(made.files.map(({ path }) => path)).toEqual(['b.pem']);
    expect(made.variables.map(({ name }) => name)).toEqual(['A', 'CA', 'T']);
    expect(made.text).toBe('target:\n  tls:\n    ca: a.pem\n  topic: "${T}"\n  alpn: "${A}"\n');
  });

  it.each<[string, string, string[], string]>([
    ['a secret', 'target: { auth: { password: hunter2 } }', [], 'a secret stands there literally'],
    ['a secret that a flag hides', 'target: { auth: { password: hunter2 } }', ['target.auth=null'], 'literally'],
    ['a secret in a flag', 'target: { auth: { password: "${P}" } }', ['target.auth.password=hunter2'], 'literally'],
    ['an absolute path', 'target: { tls: { ca: /etc/ca.pem } }', [], 'an absolute path leads elsewhere'],
    ['a file that is not there', 'target: { tls: { ca: ca.pem } }', [], 'cannot be read (ENOENT)'],
    ['too much', 'fleets: { a: { params: { file: large.csv } } }', [], 'with large.csv the files of the scenario'],
  ])('refuses %s', (_, text, set, message) => {
    const dir = folderOf({ 'large.csv': 'x'.repeat(1_000_001) });
    expect(() => bundle(text, dir, { set })).toThrow(message);
  });
});

describe('flaggedVariables', () => {
  it('leaves the file as it is, and refuses a secret in a flag', () => {
    const text = 'target: { auth: { password: hunter2 }, topic: "${T}" }\n';
    const of = (set: string[]) => flaggedVariables({ text, environment: null, set, env: {} });
    expect(of(['target.key=${K}']).map(({ name }) => name)).toEqual(['K', 'T']);
    expect(() => of(['target.auth.password=x'])).toThrow('literally');
  });
});

describe('bundlePlan', () => {
  it('is the plan of the scenario with its environment and flags', async () => {
    const text = meters({ more: 'environments: { small: { fleets: { meters: { devices: 10 } } } }' });
    const request = { text, file: 'm.yaml', folder: '.', env: {}, set: ['seed=2'], allow: [], environment: 'small' };
    const { plan } = await planned(request);
    expect((await bundlePlan(plan, request)).text).toContain('devices: 10');
  });

  it('is a defect where it is another plan, or none', async () => {
    const request = { text: meters(), file: 'm.yaml', folder: '.', env: {}, set: [], allow: [] };
    const { plan } = await planned({ ...request, set: ['seed=2'] });
    await expect(bundlePlan(plan, request)).rejects.toThrow('has another digest');
    await expect(bundlePlan(plan, { ...request, text: 'iotload: 1\n' })).rejects.toThrow('as it would be printed');
  });
});
