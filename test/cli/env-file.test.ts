import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnvFile } from '../../src/cli/env-file.ts';

describe('readEnvFile', () => {
  const dir = mkdtempSync(join(tmpdir(), 'iotload-env-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  afterAll(() => rmSync(dir, { recursive: true }));

  it('sets what is not set yet; the first of several files counts', () => {
    const env: Record<string, string | undefined> = { HOME_BROKER: 'shell' };
    readEnvFile(file('a.env', 'HOME_BROKER=file\nPASSWORD="x y" # why\n# nothing\nEMPTY=\n'), env);
    readEnvFile(file('b.env', 'PASSWORD=other\nMORE=1\n'), env);
    expect(env).toEqual({ HOME_BROKER: 'shell', PASSWORD: 'x y', EMPTY: '', MORE: '1' });
  });

  it('names the flag and the file where it cannot be read', () => {
    expect(() => readEnvFile(join(dir, 'none.env'), {})).toThrow(
      expect.objectContaining({ code: 'file-unreadable', where: '--env-file', value: join(dir, 'none.env') }),
    );
  });
});
