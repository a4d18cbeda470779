import { createInterface } from 'node:readline/promises';

/** Thrown where somebody left instead of answering. */
export class Interrupted extends Error {}

/** Asks until `check` has nothing against the answer; an empty one is `initial`. Throws `Interrupted`. */
export type Ask = (
  question: string,
  initial: string,
  check: (text: string) => Promise<string | null>,
) => Promise<string>;

/** Asks on stderr and reads from the terminal. */
export const askOnTerminal: Ask = async (question, initial, check) => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (;;) {
      const left = new Promise<never>((_, reject) => {
        terminal.once('SIGINT', () => reject(new Interrupted()));
        terminal.once('close', () => reject(new Interrupted()));
      });
      const text = (await Promise.race([terminal.question(`${question} [${initial}] `), left])).trim() || initial;
      const problem = await check(text);
      if (problem === null) return text;
      process.stderr.write(`  ${problem}\n`);
    }
  } finally {
    terminal.close();
  }
};
