import { describe, expect, it } from 'vitest';
import { exitOfVerdict } from '../../src/cli/exit-codes.ts';
import { printResult } from '../../src/cli/print-result.ts';
import { testResult } from '../metrics/test-result.ts';
import { capturedOutput } from './captured-output.ts';

describe('printResult', () => {
  it('prints the document, the screen, or nothing', async () => {
    const result = testResult();
    const printed = async (form: 'json' | 'screen' | 'nothing'): Promise<string> => {
      captured.stdout = '';
      await printResult(result, 'out', form);
      return captured.stdout;
    };
    const captured = capturedOutput();
    expect(JSON.parse(await printed('json'))).toEqual(JSON.parse(JSON.stringify(result)));
    expect(await printed('screen')).toMatch(/^PASS[\s\S]* out\n/);
    expect(await printed('nothing')).toBe('');
  });

  it.each(Object.entries(exitOfVerdict))('%s is exit %i', async (verdict, exit) => {
    const result = testResult({ verdict: verdict as keyof typeof exitOfVerdict });
    expect(await printResult(result, 'out', 'nothing')).toBe(exit);
  });
});
