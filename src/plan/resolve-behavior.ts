import type { z } from 'zod';
import type { Codec, PayloadLayout } from '../codecs/codec.ts';
import { derivedPlaces, namedPlaces } from '../codecs/place.ts';
import type { Micros } from '../core/clock.ts';
import { formatCount } from '../core/units.ts';
import { deviceNumbers } from '../models/behavior/behavior.ts';
import type { BehaviorSpec, Share } from '../models/behavior/spec.ts';
import type { behavior } from '../scenario/behavior-schema.ts';
import type { TemplateProblem } from './check-templates.ts';
import type { Identity } from './plan.ts';

/** Longest stretch between two reloads or outages of a device, µs: far beyond any run, and exact in every sum. */
const LONGEST_US = 2 ** 50;
const SHORTEST_RELOAD_US = 1_000_000;
/** Events that a fleet may hold back at a time, 16 bytes each. */
const MOST_HELD = 4_000_000;
const MOST_NUMBERS = 2 ** 52;

/** What a fleet's behavior depends on. */
export interface BehaviorQuestion {
  devices: number;
  /** Highest rate of the fleet, events per second of slot time. */
  peakPerSecond: number;
  endUs: Micros;
  /** Device time per slot time. */
  speed: Share;
}

/** A key of `behavior`, and what is wrong there. */
export type BehaviorReport = (key: keyof z.output<typeof behavior>, problem: TemplateProblem) => void;

/** The behavior of a fleet in slot time, without what is nothing; undefined where nothing is left. */
export function resolveBehavior(
  asked: z.output<typeof behavior> | undefined,
  { devices, peakPerSecond, endUs, speed }: BehaviorQuestion,
  report: BehaviorReport,
): BehaviorSpec | undefined {
  if (asked === undefined) return undefined;
  const spec: BehaviorSpec = {};
  const { churn, offline, clock_skew: skew, duplicates, malformed } = asked;
  if (churn !== undefined && churn.numerator > 0) {
    const everyUs = stretch(churn.perUs, churn, speed);
    const most = 'at most 100%/s, in real time';
    if (everyUs < SHORTEST_RELOAD_US)
      report('churn', { message: 'devices reload more than once a second', hint: most });
    else if (everyUs > LONGEST_US)
      report('churn', { message: 'no device would reload in 30 years', hint: 'leave it out' });
    else if (deviceNumbers({ churn: { everyUs } }, devices, endUs) > MOST_NUMBERS)
      report('churn', {
        message: 'more devices than can be numbered',
        hint: 'lower the rate, or the number of devices',
      });
    else spec.churn = { everyUs };
  }
  if (offline !== undefined && offline.share.numerator > 0) {
    const { share } = offline;
    const everyUs = stretch(offline.for, share, speed);
    const forUs = stretch(offline.for, { numerator: 1, denominator: 1 }, speed);
    const held = (share.numerator / share.denominator) * peakPerSecond * (forUs / 1_000_000);
    if (everyUs > LONGEST_US)
      report('offline', { message: 'no device would be offline in 30 years', hint: 'leave it out' });
    else if (forUs < 1) report('offline', { message: 'an outage would be over at once', hint: 'let it last longer' });
    else if (held > MOST_HELD) {
      const message = `up to ${formatCount(Math.round(held))} events would be held back at a time`;
      report('offline', { message, hint: `share × rate × for may come to ${formatCount(MOST_HELD)}` });
    } else spec.offline = { everyUs, forUs };
  }
  if (skew !== undefined && skew > 0) spec.clockSkewUs = skew;
  if (duplicates !== undefined && duplicates.numerator > 0) spec.duplicates = duplicates;
  if (malformed !== undefined && malformed.numerator > 0) spec.malformed = malformed;
  return Object.keys(spec).length === 0 ? undefined : spec;
}

/** What the payload of a fleet cannot bear of its behavior. */
export function checkBehavior(
  spec: BehaviorSpec | undefined,
  identity: Identity,
  codec: Codec,
  layout: PayloadLayout,
  report: BehaviorReport,
): void {
  if (spec?.duplicates !== undefined && identity === 'none') {
    report('duplicates', {
      message: 'without an identity nobody can tell a second copy from another event',
      hint: 'choose identity: fields',
    });
  }
  if (spec?.malformed !== undefined && codec.malform === undefined) {
    report('malformed', { message: `every sequence of bytes can be read as ${codec.name}`, hint: 'leave it out' });
  } else if (spec?.malformed !== undefined && !bearsDamage(codec, identity, layout)) {
    const hint = 'add a field behind the others, or choose identity: fields';
    report('malformed', { message: 'a damaged payload of these fields could not be found again', hint });
  }
}

/** Whether a payload can be damaged so that what finds it stays. An id behind the fields gives all the room that is needed. */
function bearsDamage(codec: Codec, identity: Identity, layout: PayloadLayout): boolean {
  if (identity === 'fields') return true;
  const ops = codec.malform?.(layout.ops) ?? null;
  if (ops === null) return false;
  if (identity === 'none') return true;
  const places = identity === 'named' ? namedPlaces : derivedPlaces;
  return JSON.stringify(places({ ...layout, ops })) === JSON.stringify(places(layout));
}

/** `us` of device time divided by a share, in slot time, cut to whole µs. */
function stretch(us: Micros, share: Share, speed: Share): Micros {
  const top = BigInt(us) * BigInt(share.denominator) * BigInt(speed.denominator);
  return Number(top / (BigInt(share.numerator) * BigInt(speed.numerator)));
}
