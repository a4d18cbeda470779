import type { Micros } from '../../core/clock.ts';
import { draw, type StreamKey, seatStream, signedUnit, streamRoot } from '../../core/random.ts';
import { Chance } from './chance.ts';
import { Churn, mostIncarnations } from './churn.ts';
import { Outages } from './outages.ts';
import type { BehaviorSpec } from './spec.ts';

/** What behavior depends on besides its spec. */
export interface BehaviorContext {
  seed: number;
  /** Name of the fleet. */
  fleet: string;
  /** End of the run, slot time. */
  endUs: Micros;
}

/** A fleet's behavior compiled: pure functions of (seed, fleet, seat, slot, slot time), without a state and at equal cost at any time. */
export interface Behavior {
  /** Some answer of the method can be other than 0, `dueUs`, 1 or false. */
  readonly churns: boolean;
  readonly holds: boolean;
  readonly doubles: boolean;
  readonly damages: boolean;
  /** How often the seat was reloaded by then. */
  incarnationAt(seat: number, tUs: Micros): number;
  /** When what is due at `dueUs` can leave the device. Never decreases for one seat. */
  releaseAt(seat: number, dueUs: Micros): Micros;
  /** Error of the device's clock. */
  skewOf(seat: number): Micros;
  /** How many times the event is sent: 1 or 2. */
  copiesOf(slot: number): number;
  isMalformed(slot: number): boolean;
}

/** Compiles a spec; null for devices that only report on time. */
export function createBehavior(spec: BehaviorSpec | undefined, context: BehaviorContext): Behavior | null {
  if (spec === undefined || Object.keys(spec).length === 0) return null;
  const root = (name: string): StreamKey => streamRoot(context.seed, context.fleet, 'behavior', name);
  const churn = spec.churn === undefined ? null : new Churn(root('churn'), spec.churn.everyUs);
  const outages =
    spec.offline === undefined
      ? null
      : new Outages(root('offline'), spec.offline.everyUs, spec.offline.forUs, context.endUs);
  const skewUs = spec.clockSkewUs ?? 0;
  const skewRoot = root('clock skew');
  const key: StreamKey = { k0: 0, k1: 0 };
  const duplicates = spec.duplicates === undefined ? null : new Chance(root('duplicates'), spec.duplicates);
  const malformed = spec.malformed === undefined ? null : new Chance(root('malformed'), spec.malformed);
  return {
    churns: churn !== null,
    holds: outages !== null,
    doubles: duplicates !== null,
    damages: malformed !== null,
    incarnationAt: (seat, tUs) => (churn === null ? 0 : churn.incarnationAt(seat, tUs)),
    releaseAt: (seat, dueUs) => (outages === null ? dueUs : outages.releaseAt(seat, dueUs)),
    skewOf(seat) {
      if (skewUs === 0) return 0;
      seatStream(skewRoot, seat, key);
      return Math.floor(signedUnit(draw(key.k0, key.k1, 0, 0)) * skewUs);
    },
    copiesOf: (slot) => (duplicates?.has(slot) ? 2 : 1),
    isMalformed: (slot) => malformed?.has(slot) ?? false,
  };
}

/**
 * How many devices a fleet can have in all until `endUs`. Incarnation i in seat s is device number s + i · devices, so that a number, and
 * an id made of it, belongs to one seat and one incarnation.
 */
export function deviceNumbers(spec: BehaviorSpec | undefined, devices: number, endUs: Micros): number {
  return spec?.churn === undefined ? devices : devices * mostIncarnations(spec.churn.everyUs, endUs);
}
