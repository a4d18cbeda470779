import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/scenario/diagnostic.ts';
import { renderDiagnostics } from '../../src/scenario/diagnostics.ts';
import { maskSecrets } from '../../src/scenario/secret-keys.ts';

function at(start: number, end: number, more: Partial<Diagnostic> = {}): Diagnostic {
  const base = { severity: 'error', code: 'bad-value', message: 'wrong', hint: null, path: [], flag: null } as const;
  return { ...base, range: { start, end }, ...more };
}

describe('renderDiagnostics', () => {
  it('shows place, line, carets and the way out', () => {
    const text = 'iotload: 1\r\nseed: x y\r\n';
    expect(renderDiagnostics([at(18, 21, { hint: 'write a number' })], text, 'a.yaml')).toBe(
      'a.yaml:2:7: error: wrong\n    2 | seed: x y\n      |       ^^^\n  hint: write a number\n1 error in a.yaml\n',
    );
  });

  it('points at the first line of what spans several, and at the end of an empty text', () => {
    expect(renderDiagnostics([at(0, 7)], 'a: 1\nb: 2', 'a.yaml')).toContain('    1 | a: 1\n      | ^^^^\n');
    expect(renderDiagnostics([at(0, 0)], '', 'a.yaml')).toContain('a.yaml:1:1: error: wrong\n    1 | \n      | ^\n');
  });

  it('names the flag where there is no place, and counts warnings as such', () => {
    const warning = at(0, 0, { severity: 'warning', range: null, flag: '--set a' });
    expect(renderDiagnostics([warning], '', 'a.yaml')).toBe('--set a: warning: wrong\n1 warning in a.yaml\n');
  });

  it('lets no control character through', () => {
    const rendered = renderDiagnostics(
      [at(0, 1, { message: 'a\u001b[2Jb\r\nc' })],
      '\u001b]0;title\u0007\tx\u202e',
      'a\u001b.yaml',
    );
    expect([...rendered].filter((character) => character < ' ' && character !== '\n')).toEqual([]);
    expect(rendered).not.toContain('\u202e');
  });

  it('stops after fifty', () => {
    const rendered = renderDiagnostics(
      Array.from({ length: 60 }, () => at(0, 1)),
      'x',
      'a.yaml',
    );
    expect(rendered.match(/wrong/g)).toHaveLength(50);
    expect(rendered).toContain('… and 10 more\n60 errors in a.yaml');
  });
});

describe('maskSecrets', () => {
  it.each([
    ['password: hunter2', 'password: *******'],
    ['auth: { username: me, password: hunter2, x: 1 }', 'auth: { username: me, password: *******, x: 1 }'],
    ['  "password": "hun ter2" # why', '  "password": "*** ****" # why'],
    ["password: 'hunter2' }", "password: '*******' }"],
    ['password: ${PASSWORD:?export it first}', 'password: ${PASSWORD:?export it first}'],
    ['endpoint: mqtt://me:hunter2@host', 'endpoint: mqtt://**********@host'],
    ['passwords: 3', 'passwords: *'],
    ['auth: { username: u, passwrod: hunter2 }', 'auth: { username: u, passwrod: ******* }'],
    ['auth: hunter2', 'auth: *******'],
    ['tls: { key_passphrase: hunter2, cert: a.pem }', 'tls: { key_passphrase: *******, cert: a.pem }'],
  ])('%s', (line, masked) => {
    expect(maskSecrets(line)).toBe(masked);
  });
});
