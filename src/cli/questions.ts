import { createInterface } from 'node:readline/promises';

/** Thrown where somebody left instead of answering. */
export class Interrupted extends Error {}

/** Asks until `check` has nothing against the answer; an empty one is `initial`. Throws `Interrupted`. */
export type Ask = (
  question: string,
  initial: string,
  check: (text: string) => Promise<string | null>,
) => Promise<string>;

/** A way to ask on `output` and read lines from `input`, until it is closed. */
export function questions(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): { ask: Ask; close(): void } {
  const terminal = createInterface({ input, output });
  const left = new Promise<never>((_, reject) => {
    terminal.once('SIGINT', () => reject(new Interrupted()));
    terminal.once('close', () => reject(new Interrupted()));
  });
  left.catch(() => {});
  return {
    async ask(question, initial, check) {
      for (;;) {
        const answer = await Promise.race([terminal.question(`${question} [${initial}] `), left]);
        const text = answer.trim() || initial;
        const problem = await check(text);
        if (problem === null) return text;
        output.write(`  ${problem}\n`);
      }
    },
    close: () => terminal.close(),
  };
}
