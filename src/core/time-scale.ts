import type { Micros } from './clock.ts';

/** How fast device time passes, µs of device time per µs of slot time; both positive and at most a million. */
export interface Speed {
  numerator: number;
  denominator: number;
}

/** Slot time ⇄ device time, both counted from the start; exact as long as both stay below 2⁵³. */
export interface TimeScale {
  /** Device time at a slot time, cut to whole µs. */
  deviceOf(slotUs: Micros): Micros;
  /** The first slot time whose device time is not before `deviceUs`. */
  slotOf(deviceUs: Micros): Micros;
}

/** The scale of a clock's speed. Unpaced, the two times are one. */
export function timeScale(speed: Speed | 'max'): TimeScale {
  if (speed === 'max' || speed.numerator === speed.denominator) return { deviceOf: same, slotOf: same };
  const { numerator, denominator } = speed;
  // With t = a·denominator + b every product stays exact, as b·numerator is below 10¹².
  return {
    deviceOf(slotUs) {
      if (slotUs === Number.POSITIVE_INFINITY) return slotUs;
      const a = Math.floor(slotUs / denominator);
      const b = slotUs - a * denominator;
      return a * numerator + Math.floor((b * numerator) / denominator);
    },
    slotOf(deviceUs) {
      const a = Math.floor(deviceUs / numerator);
      const b = deviceUs - a * numerator;
      return a * denominator + Math.ceil((b * denominator) / numerator);
    },
  };
}

/** The speed as a ratio; unpaced, device time is slot time. */
export function speedRatio(speed: Speed | 'max'): Speed {
  return speed === 'max' ? { numerator: 1, denominator: 1 } : speed;
}

function same(us: Micros): Micros {
  return us;
}
