import { describe, expect, it } from 'vitest';
import { exitOfError } from '../../src/cli/exit-codes.ts';
import { printError } from '../../src/cli/print-error.ts';
import { type ErrorCode, IotloadError } from '../../src/core/errors.ts';
import { capturedOutput } from './captured-output.ts';

describe('an error of ours', () => {
  it('says its place, its value and a way out, on stderr', () => {
    const output = capturedOutput();
    const error = new IotloadError('bad-arguments', 'expected a whole number from 0 to 65535', {
      where: '--port',
      value: '70000',
      hint: 'take another; 0 is any free one',
    });
    expect(printError(error)).toBe(2);
    expect(output).toEqual({
      stdout: '',
      stderr:
        'error: --port: expected a whole number from 0 to 65535 (got "70000")\n' +
        '  hint: take another; 0 is any free one\n',
    });
  });

  it('leaves out what it does not know', () => {
    const output = capturedOutput();
    expect(printError(new IotloadError('target-refused', 'not authorized'))).toBe(4);
    expect(output.stderr).toBe('error: not authorized\n');
  });

  it.each([
    ['', '""'],
    ['two\nlines', String.raw`"two\nlines"`],
    ['say "x"', String.raw`"say \"x\""`],
    ['\u001b[2J', String.raw`"\u001b[2J"`],
  ])('keeps the value %j on its line and harmless', (value, shown) => {
    const output = capturedOutput();
    printError(new IotloadError('bad-arguments', 'no', { value }));
    expect(output.stderr).toBe(`error: no (got ${shown})\n`);
  });

  it.each(Object.entries(exitOfError))('%s ends with exit code %i, and only a defect shows its stack', (code, exit) => {
    const output = capturedOutput();
    const error = new IotloadError(code as ErrorCode, 'it broke');
    error.stack = 'the stack';
    expect(printError(error)).toBe(exit);
    expect(output.stderr).toBe(`error: it broke\n${code === 'defect' ? 'the stack\n' : ''}`);
  });
});

describe('anything else that was thrown', () => {
  it('is a defect with its stack', () => {
    const output = capturedOutput();
    const error = new TypeError('x is undefined');
    expect(printError(error)).toBe(5);
    expect(output.stderr).toBe(`error: this is a defect in iotload, please report it:\n${error.stack}\n`);
  });

  it.each([
    ['an error without a stack', Object.assign(new Error('odd'), { stack: undefined }), 'odd'],
    ['a text', 'odd', 'odd'],
    ['nothing', undefined, 'undefined'],
  ])('is a defect too: %s', (_, thrown, shown) => {
    const output = capturedOutput();
    expect(printError(thrown)).toBe(5);
    expect(output.stderr).toBe(`error: this is a defect in iotload, please report it:\n${shown}\n`);
  });
});
