import { expect, it } from 'vitest';
import { boundBetween } from '../../src/runner/clock-between.ts';
import { clocksOf, withoutTimes } from '../../src/runner/clocks-of.ts';
import type { PlanDocument } from '../../src/runner/plan-document.ts';
import type { SettledRun } from '../../src/runner/settled-run.ts';
import { testQuantiles } from '../metrics/test-result.ts';

const document = (bootId: string, clockBoundUs: number | null = null): PlanDocument =>
  ({ host: { bootId, offsetUs: 0 }, clockBoundUs }) as PlanDocument;
const older = {} as PlanDocument;

it.each<[string, PlanDocument, PlanDocument, number | null, number | null]>([
  ['one host', document('a', 5), document('a', 7), null, 0],
  ['two hosts, and nobody said', document('a'), document('b'), null, null],
  ['two hosts, and the run said', document('a', 5), document('b'), null, 5],
  ['two hosts, and the verifier said', document('a'), document('b', 7), null, 7],
  ['two hosts, and both said', document('a', 9), document('b', 7), null, 9],
  ['two hosts with exact clocks', document('a'), document('b', 0), null, 0],
  ['what is given in the end', document('a', 9), document('b', 7), 3, 3],
  ['what is given in the end, on one host', document('a'), document('a'), 3, 3],
  ['documents of before', older, older, null, null],
])('knows the bound between %s', (_, run, reader, given, bound) => {
  expect(boundBetween(run, reader, given)).toBe(bound);
});

const jump = (second: number, byUs: number) => ({ atWallUs: Date.UTC(2026, 0, 1) * 1000 + second * 1e6, byUs });
const told = (second: number, byUs: number, host: string) => ({ at: `2026-01-01T00:00:0${second}.000Z`, byUs, host });
const seen = { end: { clockJumps: [jump(2, -4_000)] } } as SettledRun['seen'];

it('counts the jumps of the one host of a run, and holds none against its times', () => {
  expect(clocksOf({ clockJumps: [jump(1, 3_000)] }, { seen }, 'one clock')).toEqual({
    clock: { endToEndBoundUs: 0, jumps: [told(1, 3_000, 'generator')] },
    evidence: { boundUs: 0, jumps: 0 },
  });
});

it('holds the jumps of both hosts against times between them', () => {
  expect(clocksOf({ clockJumps: [jump(1, 3_000)] }, { seen }, 500)).toEqual({
    clock: { endToEndBoundUs: 500, jumps: [told(1, 3_000, 'generator'), told(2, -4_000, 'verifier')] },
    evidence: { boundUs: 500, jumps: 2 },
  });
  expect(clocksOf({ clockJumps: [] }, { seen: null }, null)).toEqual({
    clock: { endToEndBoundUs: null, jumps: [] },
    evidence: { boundUs: null, jumps: 0 },
  });
});

it('leaves of times without a bound how many there were', () => {
  const { count, negative, rejected, ...times } = withoutTimes(testQuantiles({ count: 7, negative: 2, rejected: 1 }));
  expect({ count, negative, rejected }).toEqual({ count: 7, negative: 2, rejected: 1 });
  expect(new Set(Object.values(times))).toEqual(new Set([null]));
});
