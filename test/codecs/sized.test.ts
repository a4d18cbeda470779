import { describe, expect, it } from 'vitest';
import type { Op } from '../../src/codecs/layout.ts';
import { sized } from '../../src/codecs/sized.ts';

const word: Op = { op: 'literal', text: 'abc' };
const whole: Op = { op: 'integer', value: 1, max: 999_999, width: 0 };

describe('sized', () => {
  it('writes a known length as it is, marked as one', () => {
    expect(sized('cbor-text', [word])).toEqual([{ op: 'bytes', bytes: [0x63], length: true }, word]);
    expect(sized('zigzag', [])).toEqual([{ op: 'bytes', bytes: [0], length: true }]);
  });

  it('opens and closes around a length that depends on the event', () => {
    const bounds = { form: 'varint', least: 4, most: 9 };
    expect(sized('varint', [word, whole])).toEqual([
      { op: 'open', ...bounds },
      word,
      whole,
      { op: 'close', ...bounds },
    ]);
  });

  it('puts the length into each choice of a lone one, unless told not to', () => {
    const choice: Op = { op: 'choice', value: 5, texts: ['a', 'größer'] };
    const grown = [...new TextEncoder().encode('größer')];
    expect(sized('varint', [choice])).toEqual([
      {
        op: 'choice-bytes',
        value: 5,
        choices: [
          [1, 97],
          [grown.length, ...grown],
        ],
      },
    ]);
    expect(sized('varint', [choice], false).map(({ op }) => op)).toEqual(['open', 'choice', 'close']);
    expect(sized('varint', [word, choice]).map(({ op }) => op)).toEqual(['open', 'literal', 'choice', 'close']);
  });
});
