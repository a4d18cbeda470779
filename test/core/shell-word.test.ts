import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../src/core/shell-word.ts';

describe('shellWord', () => {
  it.each(['plain-1.2/3', '', 'two words', "it's", '$HOME `id` "x"', '*', '-n', 'line\nline', '#', '~', '\\'])(
    'a shell takes %j for that',
    (text) => {
      expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
    },
  );

  it('leaves what needs no quotes', () => {
    expect(shellWord('--set=a.b=c/d:1@x,y+1%')).toBe('--set=a.b=c/d:1@x,y+1%');
  });
});
