import { expect, it } from 'vitest';
import { iotload } from './iotload.ts';

/** Nine runs at most, some of them beside each other. */
const TIMEOUT_MS = 240_000;

/** Name and verdict of a case, in the order of the rows. */
export type Verdicts = readonly (readonly [string, unknown])[];

/** Tests that the quick self-test of a protocol is green, with just these rows. */
export function expectQuickSelfTest(protocol: string, expected: Verdicts): void {
  it(
    `a quick self-test of ${protocol} is green, with a row for each case`,
    async () => {
      const { code, stdout, stderr } = await iotload(['selftest', '--quick', '--protocol', protocol]);
      // Beside other tests the machine may be too slow for what is measured in time; no figure is ever wrong.
      expect(stdout).toMatch(/: (every figure was the true one|no count was wrong, but .*)\n$/);
      expect([0, 3]).toContain(code);
      const rows = [...stdout.matchAll(/^([a-z-]+) +(?:ok|\?) +(pass|fail|inconclusive)(?:, not [a-z]+)? +\S/gm)].map(
        ([, name, verdict]) => [name, verdict],
      );
      const undecided = [...stdout.matchAll(/^([a-z-]+) +\? /gm)].map(([, name]) => name);
      expect(undecided.length).toBeLessThan(expected.length / 2);
      expect(rows.map(([name]) => name)).toEqual(expected.map(([name]) => name));
      const decided = ([name]: readonly unknown[]): boolean => !undecided.includes(`${name}`);
      expect(rows.filter(decided)).toEqual(expected.filter(decided));
      if (protocol !== 'kafka-plain') expect(stdout).toMatch(/clean +ok +pass +nothing → 10000 verified/);
      expect(stdout).toMatch(/this machine: timers fire late by p50 /);
      expect(stderr.trimEnd().split('\n')).toHaveLength(rows.length);
    },
    TIMEOUT_MS,
  );
}
