import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { answer, scratch } from './iotload.ts';

const bin = fileURLToPath(new URL('../../bin/iotload.js', import.meta.url));
/** Tells the greatest resident memory of the process, KiB, when it ends. */
const tellMemory = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => process._rawDebug("maxrss=" + process.resourceUsage().maxRSS))',
)}`;

/** Inputs that are made to hurt, each with where the mistake is found. */
const corpus: readonly [name: string, text: string, place: string, message: RegExp][] = [
  [
    'alias bomb',
    [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`),
    ].join('\n'),
    '2:8',
    /aliases are not read/,
  ],
  [
    '5 000 lists in each other',
    `iotload: 1\nfleets: ${'['.repeat(5000)}${']'.repeat(5000)}`,
    '2:72',
    /nested deeper than 64/,
  ],
  ['maps in each other', `${'{a: '.repeat(5000)}1${'}'.repeat(5000)}`, '1:254', /nested deeper than 64/],
  ['lists in block form', `iotload: 1\nname:\n${'- '.repeat(5000)}x`, '3:126', /nested deeper than 64/],
  ['a key twice', 'iotload: 1\nseed: 1\nseed: 2\n', '3:1', /"seed" stands here twice/],
  ['a key 4 000 times', `iotload: 1\n${'seed: 1\n'.repeat(4_000)}`, '', /more entries than a scenario can have/],
  ['10 MB', `iotload: 1\n${'# x\n'.repeat(2_500_000)}`, '1:1', /at most 1 MiB/],
  [
    '90 000 keys',
    `iotload: 1\n${Array.from({ length: 90_000 }, (_, i) => `k${i}: 1\n`).join('')}`,
    '',
    /more entries than a scenario can have/,
  ],
  ['__proto__', 'iotload: 1\n__proto__: { polluted: true }\n', '2:1', /"__proto__" cannot be a key/],
  [
    'constructor as a model',
    'iotload: 1\nfleets: { a: { model: constructor, devices: 1, rate: 1/s, payload: toString } }\ntarget: { protocol: discard }\n',
    '2:23',
    /there is no model "constructor"/,
  ],
  [
    'constructor as a protocol',
    'iotload: 1\nfleets: { a: {} }\ntarget: { protocol: hasOwnProperty }\n',
    '3:21',
    /there is no protocol "hasOwnProperty"/,
  ],
  ['NUL in a text', 'iotload: 1\nname: "a\\0b"\n', '2:7', /control character/],
  ['NUL in the file', 'iotload: 1\nname: a\0b\n', '2:7', /control character/],
  ['unknown tags', 'iotload: 1\nname: !!js/function "x"\nseed: !mine 3\n', '2:21', /tag !!js\/function has no meaning/],
  ['a binary tag', 'iotload: 1\nname: !!binary aGVsbG8=\n', '2:16', /tag !!binary has no meaning/],
  ['a merge key', 'iotload: 1\nbase: &b { seed: 1 }\n<<: *b\n', '3:5', /aliases are not read/],
  [
    'half a megabyte of unclosed placeholders',
    `iotload: 1\nfleets: { a: { model: phone-motion, devices: 1, rate: 1/s, payload: { fields: { x: "${'<a'.repeat(250_000)}" } } } }\ntarget: { protocol: discard }\n`,
    '2:85',
    /is not (a placeholder|closed)/,
  ],
  [
    'a name of half a megabyte',
    `iotload: 1\nname: ${'x'.repeat(500_000)}\n`,
    '2:7',
    /too large: at most 100 characters/,
  ],
  [
    'a list of 30 000 thresholds',
    `iotload: 1\nthresholds: [${Array(30_000).fill('x').join(',')}]\n`,
    '',
    /more entries|unknown metric|thresholds/,
  ],
  ['digits without end', `iotload: 1\nseed: ${'9'.repeat(100_000)}\n`, '2:7', /cannot be kept exactly/],
];

interface Outcome {
  code: number | null;
  stderr: string;
  maxRssKiB: number;
}

/** In a process of its own, which tells what memory it took. */
function validateApart(file: string): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', tellMemory, bin, 'validate', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, stderr, maxRssKiB: Number(/maxrss=(\d+)/.exec(stderr)?.[1]) });
    });
  });
}

/** Text that is short takes no memory worth a process. */
async function validate(file: string, text: string): Promise<Outcome> {
  if (text.length < 1024) return { ...(await answer(['validate', file])), maxRssKiB: 0 };
  return validateApart(file);
}

describe('hostile input', () => {
  const files = scratch();
  afterAll(() => files.remove());

  it.each(corpus)('%s', async (name, text, place, message) => {
    const file = files.path('hostile.yaml');
    writeFileSync(file, text);
    const { code, stderr, maxRssKiB } = await validate(file, text);
    expect(code, stderr.slice(0, 2000)).toBe(2);
    const line = stderr.split('\n').find((candidate) => message.test(candidate));
    expect(line, `${name}:\n${stderr.slice(0, 2000)}`).toMatch(/hostile\.yaml:\d+:\d+: error: /);
    if (place !== '') expect(line).toContain(`hostile.yaml:${place}: `);
    expect(stderr).not.toContain('\0');
    expect(stderr).not.toMatch(/defect in iotload|at .*\.js:\d+/);
    expect(stderr.length).toBeLessThan(40_000);
    expect(maxRssKiB).toBeLessThan(100 * 1024);
  });
});
