import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultChooser, type FaultSelections, type Selection } from '../../src/brokers/fault-chooser.ts';

type Kind = 'first' | 'second';
type Plan = FaultSelections & { [K in Kind]?: Selection };

const N = 20_000;
const chooser = (plan: Plan) => new FaultChooser<Kind>(['first', 'second'], plan);
const ordinals = (count: number) => Array.from({ length: count }, (_, i) => i);
const kindsOf = (plan: Plan, count: number) => {
  const chosen = chooser(plan);
  return ordinals(count).map((ordinal) => chosen.kindOf(ordinal));
};
const shareOf = <T>(values: readonly T[], value: T) => values.filter((one) => one === value).length / values.length;

describe('kindOf', () => {
  it('hits nothing where nothing is asked for', () => {
    expect(new Set(kindsOf({}, 100))).toEqual(new Set([null]));
  });

  it('hits every n-th, the last of each n, with the first kind that selects it', () => {
    expect(kindsOf({ first: { every: 6 }, second: { every: 2 } }, 6)).toEqual([
      null,
      'second',
      null,
      'second',
      null,
      'first',
    ]);
  });

  it('hits a share, and of the rest the next kind’s share, independently', () => {
    const kinds = kindsOf({ first: { share: 0.3 }, second: { share: 0.3 } }, N);
    // Five standard deviations of a share of N.
    const bound = 5 * Math.sqrt((0.3 * 0.7) / N);
    expect(Math.abs(shareOf(kinds, 'first') - 0.3)).toBeLessThan(bound);
    expect(Math.abs(shareOf(kinds, 'second') - 0.21)).toBeLessThan(bound);
    expect(new Set(kindsOf({ first: { share: 0 } }, 1000))).toEqual(new Set([null]));
    expect(new Set(kindsOf({ first: { share: 1 } }, 1000))).toEqual(new Set(['first']));
  });

  it('follows from the seed, which is 1 by default', () => {
    const of = (seed?: number) => kindsOf({ first: { share: 0.5 }, ...(seed === undefined ? {} : { seed }) }, 200);
    expect(of(1)).toEqual(of());
    expect(of(2)).not.toEqual(of(1));
  });
});

describe('alterOffset', () => {
  it('is where the plan says, from the end if negative, and always a byte of the value', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 40 }), (offset, length) => {
        const at = chooser({ alter: { every: 1, offset } }).alterOffset(3, length);
        const wanted = offset < 0 ? length + offset : offset;
        expect(at).toBe(wanted < 0 ? 0 : wanted >= length ? length - 1 : wanted);
      }),
    );
  });

  it('is any byte otherwise, each as often', () => {
    const chosen = chooser({ alter: { every: 1 } });
    const offsets = ordinals(N).map((ordinal) => chosen.alterOffset(ordinal, 4));
    for (const offset of [0, 1, 2, 3]) expect(Math.abs(shareOf(offsets, offset) - 0.25)).toBeLessThan(0.02);
    expect(new Set(offsets).size).toBe(4);
  });
});

describe('what is no fault', () => {
  it('is chosen by itself, beside the faults', () => {
    const plan: Plan = { first: { share: 0.5 }, foreign: { share: 0.5, payloads: [] } };
    const chosen = chooser(plan);
    const both = ordinals(N).filter((ordinal) => chosen.kindOf(ordinal) === 'first' && chosen.isFollowed(ordinal));
    expect(Math.abs(both.length / N - 0.25)).toBeLessThan(0.02);
    expect(chooser({}).isFollowed(0)).toBe(false);
  });

  it('is held for so long, and a share of it for another time', () => {
    expect(chooser({}).ackHoldMs(0)).toBeNull();
    expect(chooser({ holdAcks: { ms: 20 } }).ackHoldMs(7)).toBe(20);
    const some = chooser({ holdAcks: { ms: 20, some: { share: 0.1, ms: 500 } } });
    const holds = ordinals(N).map((ordinal) => some.ackHoldMs(ordinal));
    expect(Math.abs(shareOf(holds, 500) - 0.1)).toBeLessThan(0.015);
    expect(shareOf(holds, 20) + shareOf(holds, 500)).toBe(1);
  });

  it('has another draw on each channel', () => {
    const chosen = chooser({});
    const on = (channel: number) => ordinals(200).map((ordinal) => chosen.selects({ share: 0.5 }, ordinal, channel));
    expect(on(103)).not.toEqual(on(104));
    expect(chosen.selects(undefined, 0, 103)).toBe(false);
    expect(chosen.selects({ every: 3 }, 5, 103)).toBe(true);
  });
});
