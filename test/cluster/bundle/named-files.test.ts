import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namedFiles } from '../../../src/cluster/bundle/named-files.ts';
import { standaloneTree } from '../../../src/scenario/standalone.ts';
import { folders } from '../a-run.ts';

const folderOf = folders();

/** What a scenario in the folder `s` names, by its path from the folder above; a secret has a `!` behind it. */
function named(text: string, files: Record<string, string>): string[] {
  const dir = folderOf(files);
  return namedFiles(standaloneTree(text, null), join(dir, 's')).map(
    ({ file, secret }) => relative(dir, file) + (secret ? '!' : ''),
  );
}

describe('namedFiles', () => {
  it.each<[string, string, string[]]>([
    ['plugins', 'plugins: [./a, ../b]', ['s/a', 'b']],
    ['the schema of a payload, without what it names in it', 'fleets: { f: { payload: { schema: "a#M" } } }', ['s/a']],
    ['a recording', 'fleets: { f: { params: { file: a } } }', ['s/a']],
    ['certificates and keys', 'target: { tls: { ca: a, cert: ../b, key: c } }', ['s/a', 'b', 's/c!']],
    ['those of one of several targets', 'targets: { t: { tls: { key: a } } }', ['s/a!']],
    ['credentials of devices', 'target: { auth: { devices: a } }', ['s/a!']],
    ['nothing else', 'description: a\ntarget: { path: a, tls: true, topic: a }\nfleets: { f: { file: a } }', []],
  ])('%s', (_, text, files) => {
    expect(named(text, { 's/a': '', b: '', 's/c': '' })).toEqual(files);
  });

  it('follows files that name each other in a circle once', () => {
    const files = { 's/a.mjs': "import './x/b.mjs';", 's/x/b.mjs': "export * from '../a.mjs';" };
    expect(named('plugins: [a.mjs]', files)).toEqual(['s/a.mjs', 's/x/b.mjs']);
  });

  it('reads the columns of certificates wherever they stand, and has nothing from devices without', () => {
    const files = { 's/d.csv': '\ufeffkey, device ,cert\n k.pem ,a, c.pem\n,b,\n', 's/c.pem': 'c', 's/k.pem': 'k' };
    expect(named('target: { auth: { devices: d.csv } }', files)).toEqual(['s/d.csv!', 's/c.pem', 's/k.pem!']);
    expect(named('target: { auth: { devices: d.csv } }', { 's/d.csv': 'device,password\na,b\n' })).toEqual([
      's/d.csv!',
    ]);
  });

  it('stays a secret that was named for something else before', () => {
    const text = 'targets: { t: { tls: { key: a } }, u: { tls: { ca: a } } }';
    expect(named(text, { 's/a': '' })).toEqual(['s/a!']);
  });

  it('says which file names one that is not there', () => {
    const dir = folderOf({ 's/a.mjs': "import './gone.mjs';" });
    const error = expect.objectContaining({
      code: 'file-unreadable',
      where: join(dir, 's/a.mjs'),
      value: join(dir, 's/gone.mjs'),
    });
    expect(() => namedFiles(standaloneTree('plugins: [a.mjs]', null), join(dir, 's'))).toThrow(error);
  });
});
