import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { createContext, type Op, widthOf } from '../../src/codecs/layout.ts';
import { canGenerate, compileWriter, writerSlack } from '../../src/codecs/writer.ts';

function written(ops: readonly Op[], values: number[] = [], words: number[] = [], generated = true): string {
  const writer = compileWriter(ops, generated);
  const context = createContext(Math.max(values.length - 5, 0), 1);
  context.values.set(values);
  context.words.set(words);
  const bytes = new Uint8Array(writer.maxBytes + writerSlack);
  return new TextDecoder().decode(bytes.subarray(0, writer.write(context, new DataView(bytes.buffer), 0)));
}

it('compiles code where that is allowed, and only there', () => {
  expect(canGenerate()).toBe(true);
  const program = `
    import { canGenerate, compileWriter } from './src/codecs/writer.ts';
    import { createContext } from './src/codecs/layout.ts';
    const writer = compileWriter([{ op: 'literal', text: 'abc' }, { op: 'time-iso' }]);
    const bytes = new Uint8Array(64);
    const end = writer.write(createContext(0, 0), new DataView(bytes.buffer), 0);
    process.stdout.write(canGenerate() + ' ' + new TextDecoder().decode(bytes.subarray(0, end)));`;
  const run = (...flags: string[]): string =>
    execFileSync(process.execPath, [...flags, '--import', 'tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
  expect(run()).toBe('true abc1970-01-01T00:00:00.000Z');
  expect(run('--disallow-code-generation-from-strings')).toBe('false abc1970-01-01T00:00:00.000Z');
});

it('stores literals of every length, ASCII or not', () => {
  for (const text of ['a', 'é', '💡', '\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f']) {
    for (let length = 0; length < 40; length++) {
      const literal = `${text.repeat(length)}${'xyz'.slice(0, length % 4)}`;
      for (const generated of [true, false]) {
        expect(written([{ op: 'literal', text: literal }, { op: 'time-ms' }], [], [], generated)).toBe(`${literal}0`);
      }
    }
  }
});

it('joins neighbouring literals', () => {
  const ops: Op[] = ['a', '', 'b', 'c'].map((text) => ({ op: 'literal', text }));
  expect(written(ops)).toBe('abc');
  expect(compileWriter(ops).maxBytes).toBe(3);
});

it('writes whole numbers of every size with every width', () => {
  for (const value of [
    0,
    9,
    10,
    99,
    100,
    12_345,
    99_999_999,
    1e8,
    2 ** 31 - 1,
    2 ** 31,
    1e15,
    Number.MAX_SAFE_INTEGER,
  ]) {
    for (const width of [0, 1, 2, 8, 9, 16]) {
      const op: Op = { op: 'integer', value: 0, max: Number.MAX_SAFE_INTEGER, width };
      for (const generated of [true, false]) {
        expect(written([op], [value], [], generated)).toBe(String(value).padStart(width, '0'));
      }
    }
  }
});

it('writes hexadecimal digits of every number', () => {
  for (let digits = 1; digits <= 16; digits++) {
    const full = 'fedcba9876543210'.slice(16 - digits);
    const words = [0, 0, 0xfedcba98 | 0, 0x76543210];
    expect(written([{ op: 'hex-words', word: 2, digits }], [], words)).toBe(full);
    expect(written([{ op: 'hex-words', word: 2, digits }], [], words, false)).toBe(full);
    const value = 0x1fedcba9876543 % 16 ** Math.min(digits, 13);
    const expected = value.toString(16).padStart(digits, '0');
    expect(written([{ op: 'hex-integer', value: 0, digits }], [value])).toBe(expected);
    expect(written([{ op: 'hex-integer', value: 0, digits }], [value], [], false)).toBe(expected);
  }
});

it('knows the width of each op', () => {
  expect(widthOf({ op: 'decimal', value: 0, min: -9.99, max: 9.99, decimals: 2, width: 0 })).toEqual({
    min: 4,
    max: 6,
  });
  expect(widthOf({ op: 'decimal', value: 0, min: 0, max: 100, decimals: 0, width: 0 })).toEqual({ min: 1, max: 3 });
  expect(widthOf({ op: 'integer', value: 0, max: 99, width: 6 })).toEqual({ min: 6, max: 6 });
  expect(widthOf({ op: 'choice', value: 0, texts: ['é', 'abc'] })).toEqual({ min: 2, max: 3 });
});
