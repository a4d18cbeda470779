import { describe, expect, it } from 'vitest';
import { printError } from '../../src/cli/print-error.ts';
import { progressDisplay } from '../../src/cli/progress.ts';
import { jsonLine, rawLine, tableLine } from '../../src/cli/tail-lines.ts';
import { IotloadError } from '../../src/core/errors.ts';
import { hostile } from '../report/hostile.ts';
import { capturedOutput } from './captured-output.ts';

/** Lines that move no cursor, turn no writing around and command no build service. */
function expectInert(text: string): void {
  expect(text.replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(text).not.toMatch(/^\s*::[a-z].*::|##(vso)?\[/im);
}

describe.each(hostile)('what holds %j is text', (text) => {
  it('in an error', () => {
    const output = capturedOutput();
    printError(new IotloadError('target-refused', text, { where: text, hint: text }));
    expectInert(output.stderr);
    expect(output.stderr).toMatch(/^error: /);
  });

  it('in what is told of a run under way', () => {
    const output = capturedOutput();
    progressDisplay('plain').note(text);
    expectInert(output.stderr);
    expect(output.stderr.split('\n')).toHaveLength(2);
  });

  it('in a message that is read back', () => {
    const untold = { fleet: null, device: null, sequence: null, slot: null, intendedWallUs: null, latencyUs: null };
    const payload = new TextEncoder().encode(text);
    const foreign = { address: text, payload, verdict: 'foreign', ...untold } as const;
    const own = { ...foreign, verdict: 'own', device: text, slot: 7, sequence: 1, intendedWallUs: 0 } as const;
    for (const line of [rawLine(foreign), rawLine({ ...foreign, address: '' }), tableLine(foreign), tableLine(own)]) {
      expectInert(line);
      expect(line.split('\n')).toHaveLength(2);
    }
    expect(JSON.parse(jsonLine(own))).toMatchObject({ address: text, device: text });
  });
});
