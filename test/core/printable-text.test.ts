import { describe, expect, it } from 'vitest';
import { printable, uncommanded } from '../../src/core/printable-text.ts';

describe('printable text', () => {
  it.each(['meters/7', 'Zähler 漢字 🙂', '::1', '[::1]:1883', '::ffff:127.0.0.1', 'a::b::c', '# [x] ## y', ''])(
    'is %j as it is',
    (text) => {
      expect(printable(text)).toBe(text);
      expect(uncommanded(text)).toBe(text);
    },
  );

  it.each([
    ['\u001b[2Ja\r\nb\u202ec\u2028\u0000\ud800', '\ufffd[2Ja\ufffd\ufffdb\ufffdc\ufffd\ufffd\ufffd'],
    ['::error::boom', '\u2236:error::boom'],
    ['a ::set-output name=x::y', 'a \u2236:set-output name=x::y'],
    ['a\n::add-mask::x', 'a\ufffd::add-mask::x'],
    ['x##[error]y', 'x\u266f#[error]y'],
    ['##VSO[task.setvariable]', '\u266f#VSO[task.setvariable]'],
  ])('makes of %j %j, in as many characters', (text, shown) => {
    expect(printable(text)).toBe(shown);
    expect([...shown]).toHaveLength([...text].length);
  });

  it('takes a command from the beginning of each line, and leaves the lines', () => {
    expect(uncommanded('a\n  ::error::b\n::warning file=x::c')).toBe('a\n  \u2236:error::b\n\u2236:warning file=x::c');
  });

  it('takes no longer for a long one', () => {
    const text = ' ::a'.repeat(50_000);
    const start = performance.now();
    printable(text);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
