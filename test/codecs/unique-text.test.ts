import { describe, expect, it } from 'vitest';
import type { Op } from '../../src/codecs/layout.ts';
import { endsUniquely } from '../../src/codecs/unique-text.ts';

const literal = (text: string): Op => ({ op: 'literal', text });
const number: Op = { op: 'integer', value: 0, max: 1e9, width: 0 };
const choice = (...texts: string[]): Op => ({ op: 'choice', value: 0, texts });
const unique = (ops: Op[], text: string): boolean => endsUniquely([...ops, literal(text)], Buffer.from(text));

describe('endsUniquely', () => {
  it.each<[string, Op[], string, boolean]>([
    ['a text behind a number that holds none of it', [number], ',"id":', true],
    ['a text that a literal holds before', [literal('a,b'), number], ',', false],
    ['a text that a number may be', [number], '7', false],
    ['a text that one of the choices is', [choice('x', '-end-'), number], '-end-', false],
    [
      'a text that begins in one op and goes on in the next',
      [literal('a-'), choice('end', 'z'), number],
      '-end',
      false,
    ],
    ['the same, where what follows never goes on with it', [literal('a-'), choice('en', 'z'), number], '-end', true],
    ['no text', [number], '', false],
  ])('%s', (_, ops, text, expected) => {
    expect(unique(ops, text)).toBe(expected);
  });
});
