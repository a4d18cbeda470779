import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Interrupted, questions } from '../../src/cli/questions.ts';

const anything = async (): Promise<string | null> => null;

/** Types the next of `lines` at every question. */
function terminal(...lines: string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    if (!/\] $/.test(shown)) return;
    const line = lines.shift();
    if (line === undefined) input.end();
    else input.write(`${line}\n`);
  });
  return { ...questions(input, output), shown: () => shown };
}

describe('questions', () => {
  it('take an answer, or what they offer for an empty line', async () => {
    const { ask, close, shown } = terminal(' 250 ', '');
    expect(await ask('How many', '100', anything)).toBe('250');
    expect(await ask('How fast', '50/s', anything)).toBe('50/s');
    expect(shown()).toBe('How many [100] How fast [50/s] ');
    close();
  });

  it('ask again until the answer is good', async () => {
    const { ask, close, shown } = terminal('3', '4');
    expect(await ask('Number', '2', async (text) => (text === '4' ? null : 'an even one'))).toBe('4');
    expect(shown()).toBe('Number [2]   an even one\nNumber [2] ');
    close();
  });

  it('end where nobody answers any more', async () => {
    await expect(terminal().ask('Number', '2', anything)).rejects.toBeInstanceOf(Interrupted);
  });
});
