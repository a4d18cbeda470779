import { describe, expect, it } from 'vitest';
import { helpText } from '../../src/cli/help-text.ts';

const exits = 'Exit codes\n  0        done';

/** As yargs lays it out without wrapping. */
const all = `iotload send <what> [where]

send it

Positionals:
  what   what to send  [string] [required] [choices: "mqtt", "file"]
  where  where to  [string] [default: "a [quoted] place"]

Options:
      --help   Show help  [boolean]
  -q, --quiet  say nothing  [boolean] [default: false]
      --set    override one key, e.g. --set a=b (repeatable)  [array] [default: []]
      --count  how many  [number] [default: 5]

Examples:
  iotload send mqtt  to the broker
  iotload send file --count 3  three of them
`;

describe('helpText', () => {
  it('lays out usage, arguments, flags, examples and exit codes, without what yargs notes for itself', () => {
    expect(helpText({ command: 'send <what> [where]', summary: 'send it', all, exits })).toBe(`\
iotload send WHAT [WHERE] [options]
Send it.

  WHAT   what to send (mqtt, file)
  WHERE  where to

Options
  -q, --quiet  say nothing
  --set        override one key, e.g. --set a=b (repeatable)
  --count      how many

Examples
  # to the broker
  iotload send mqtt
  # three of them
  iotload send file --count 3

Exit codes
  0        done
`);
  });

  it('leaves out arguments where there are none, and ends a question as one', () => {
    const lines = 'Options:\n  --json  as JSON  [boolean]\n\nExamples:\n  iotload ask  why not\n';
    expect(helpText({ command: 'ask', summary: 'does it work?', all: lines, exits })).toBe(`\
iotload ask [options]
Does it work?

Options
  --json  as JSON

Examples
  # why not
  iotload ask

Exit codes
  0        done
`);
  });

  it('wraps a long description under itself within 80 columns, and never an example', () => {
    const word = 'word '.repeat(30).trim();
    const example = `iotload long --set ${'x'.repeat(90)}`;
    const lines = `Options:\n  --long  ${word}  [string]\n\nExamples:\n  ${example}  all of it\n`;
    const text = helpText({ command: 'long', summary: 'be long', all: lines, exits }).split('\n');
    const options = text.slice(text.indexOf('Options') + 1, text.indexOf('Examples') - 1);
    expect(options.length).toBeGreaterThan(1);
    expect(options.join(' ').replace(/\s+/g, ' ')).toBe(` --long ${word}`);
    for (const line of options.slice(1)) expect(line).toMatch(/^ {10}word/);
    for (const line of options) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toContain(`  ${example}`);
  });
});
