import { describe, expect, it } from 'vitest';
import { textOps } from '../../src/codecs/text-template.ts';
import { vocabulary } from '../contracts/codec.ts';

describe('textOps', () => {
  it('writes text and placeholders without quotes or escapes', () => {
    expect(textOps('a"<fleet>/<index:03>', vocabulary)).toEqual([
      { op: 'literal', text: 'a"' },
      { op: 'literal', text: vocabulary.fleet },
      { op: 'literal', text: '/' },
      { op: 'integer', value: 1, max: 999_999, width: 3 },
    ]);
  });

  it('draws from other channels than any payload field, each placeholder from its own', () => {
    const channels = textOps('<hex:4><hex:4>', vocabulary).map((op) => (op.op === 'hex-random' ? op.channel : -1));
    expect(channels).toEqual([0x10000, 0x10004]);
  });

  it('refuses an unknown placeholder by name', () => {
    expect(() => textOps('<nothing>', vocabulary)).toThrow(
      expect.objectContaining({ code: 'bad-scenario', value: '<nothing>' }),
    );
  });
});
