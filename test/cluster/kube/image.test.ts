import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manifestText } from '../../../src/cluster/kube/manifest-text.ts';
import { kubeRun, meters } from '../a-run.ts';

const root = new URL('../../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');
const dockerfile = read('Dockerfile');

describe('the image', () => {
  it('is built from what there is, and sent no more than that', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(copied).toContain('package-lock.json');
    expect(copied.filter((name) => !existsSync(new URL(name, root)))).toEqual([]);
    const sent = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    expect(sent.map((line) => line.slice(1)).sort()).toEqual(copied.sort());
  });

  it('ships what the package does', () => {
    const { files } = JSON.parse(read('package.json')) as { files: string[] };
    const shipped = [...dockerfile.matchAll(/^COPY --from=build \/app\/(\S+) /gm)].map(([, name]) => name);
    expect(shipped.sort()).toEqual([...files, 'node_modules', 'package.json'].sort());
  });

  it('runs as whom the pods are told to run, in the directory of their results', async () => {
    const text = manifestText(await kubeRun({ text: meters() }));
    const [, user, group] = /^USER (\d+):(\d+)$/m.exec(dockerfile) ?? [];
    expect(text).toContain(`runAsUser: ${user}\n`);
    expect(text).toContain(`runAsGroup: ${group}\n`);
    expect(text).toContain(`workingDir: ${/^WORKDIR (\/results)$/m.exec(dockerfile)?.[1]}\n`);
  });
});
