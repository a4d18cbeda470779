import type { Micros } from '../core/clock.ts';
import { draw, foldHigh } from '../core/random.ts';
import type { RateProfile } from './profile.ts';

/** Windows kept: what is sent, what is acknowledged and what is read back lie close together. */
const KEPT = 4;
/** Events that a window should hold on average, so that it is long against the gaps in it. */
const FEWEST_EVENTS = 64;
const SECOND_US = 1_000_000;
/** Twelve days. */
const LONGEST_WINDOW_US = 1_048_576 * SECOND_US;
const TWO_32 = 4294967296;
/** Highest rate, events per second: a window is made at once, and has to fit the memory of each that makes it. */
export const FASTEST_PER_SECOND = 4_000_000;

/** A window of the schedule: its first slot and, sorted, the due times of all its slots. Used again for another window. */
interface Window {
  number: number;
  firstSlot: number;
  count: number;
  /** At least `count` long. */
  times: Float64Array;
}

/**
 * Random arrivals over an even schedule, as a pure function of the slot. Time is cut into windows of a second; a window keeps the number of
 * events that the even schedule has in it, and spreads them like a Poisson process of which that number is known: independently and
 * uniformly over the events' own measure, which a ramp stretches. So each second's total is exact, counts within it vary as they should (for n
 * events, the variance of the count in a share p of the second is np(1 − p)), and any window can be made without those before it.
 * A slow fleet's windows are 2, 4, 8 … seconds long, until they hold 64 events.
 */
export function poissonSchedule(even: RateProfile, key: { k0: number; k1: number }, perSecond: number): RateProfile {
  let windowUs = SECOND_US;
  while ((perSecond * windowUs) / SECOND_US < FEWEST_EVENTS && windowUs < LONGEST_WINDOW_US) windowUs *= 2;
  const kept: Window[] = [];
  const none: Window = { number: -1, firstSlot: 0, count: 0, times: new Float64Array(0) };
  let current = none;
  let scratch = new Uint32Array(0);

  function windowAt(number: number): Window {
    const place = kept.findIndex((window) => window.number === number);
    if (place >= 0) return kept[place] as Window;
    const dropped = kept.length === KEPT ? (kept.shift() as Window) : { ...none };
    if (current === dropped) current = none;
    make(number, dropped);
    kept.push(dropped);
    return dropped;
  }

  function make(number: number, into: Window): void {
    const startUs = number * windowUs;
    const firstSlot = even.dueBy(startUs);
    const count = even.dueBy(startUs + windowUs) - firstSlot;
    if (scratch.length < count) scratch = new Uint32Array(roomFor(count));
    if (into.times.length < count) into.times = new Float64Array(roomFor(count));
    const draws = scratch.subarray(0, count);
    const k1 = foldHigh(key.k1, number) ^ Math.imul(number | 0, 0x85ebca77);
    for (let i = 0; i < count; i++) draws[i] = draw(key.k0, k1, i, 0);
    draws.sort();
    into.number = number;
    into.firstSlot = firstSlot;
    into.count = count;
    writeTimes(startUs, firstSlot, draws, into.times);
  }

  /** Maps draws, sorted, from the events' measure to time: between the even times of two slots lies the measure of one. */
  function writeTimes(startUs: Micros, firstSlot: number, draws: Uint32Array, times: Float64Array): void {
    const count = draws.length;
    if (count === 0) return;
    const first = even.timeOf(firstSlot);
    const last = even.timeOf(firstSlot + count - 1);
    // The window's ends belong to its outermost events, but no pause does that lies there.
    const gapUs = count > 1 ? (last - first) / (count - 1) : windowUs;
    const from = Math.max(startUs, first - gapUs);
    const to = Math.min(startUs + windowUs, last + gapUs);
    let step = -1;
    let low = from;
    let high = from;
    for (let i = 0; i < count; i++) {
      const measure = ((draws[i] as number) + 0.5) * (count / TWO_32);
      const whole = Math.floor(measure);
      if (whole !== step) {
        low = whole === 0 ? from : whole === step + 1 ? high : even.timeOf(firstSlot + whole);
        high = whole + 1 === count ? to : even.timeOf(firstSlot + whole + 1);
        step = whole;
      }
      times[i] = Math.min(Math.floor(low + (high - low) * (measure - whole)), startUs + windowUs - 1);
    }
  }

  function timeOf(slot: number): Micros {
    let place = slot - current.firstSlot;
    if (place < 0 || place >= current.count) {
      const evenUs = even.timeOf(slot);
      if (evenUs === Number.POSITIVE_INFINITY) return evenUs;
      current = windowAt(Math.floor(evenUs / windowUs));
      place = slot - current.firstSlot;
    }
    return current.times[place] as number;
  }

  function dueBy(t: Micros): number {
    if (!(t > 0)) return 0;
    if (t === Number.POSITIVE_INFINITY) return even.dueBy(t);
    const number = Math.floor(t / windowUs);
    const { firstSlot, count, times } = current.number === number ? current : windowAt(number);
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[middle] as number) < t) low = middle + 1;
      else high = middle;
    }
    return firstSlot + low;
  }

  return { timeOf, dueBy };
}

/** With room to spare: windows of a steady rate hold one event more or less. */
function roomFor(count: number): number {
  return count + (count >> 3) + 1;
}
