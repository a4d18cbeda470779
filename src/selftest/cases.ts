import type { CheckResult, Verdict } from '../metrics/result.ts';
import type { Expectation } from '../plan/plan.ts';
import type { EventFault, Injection } from './subject.ts';

/** How much a case sends. */
export interface Load {
  events: number;
  perSecond: number;
  devices: number;
}

/** One harm, and what a run has to make of it. */
export interface SelfTestCase {
  name: string;
  /** What is done, in a few words. */
  harm: string;
  load: Load;
  /** Each of these is suffered by the case's share of the events. */
  faults: readonly EventFault[];
  /** What is done besides. */
  injection?: Omit<Injection, 'seed' | 'shares'>;
  /** Messages of other runs, and such as nobody knows, are mixed in. */
  foreign?: boolean;
  expect: Expectation;
  /** The order within devices is judged. */
  order: boolean;
  graceSeconds: number;
  thresholds?: readonly string[];
  /** What is held against the truth; of a verifier that was not there all the time, what it accuses somebody of and not what it missed. */
  compares: 'everything' | 'service-time' | 'response-time' | 'accusations';
  /** What happens to the instrument itself. */
  mishap?: 'verifier-killed' | 'generator-starved';
  verdict: Verdict;
  /** What a quick self-test does otherwise than with a twentieth of the events. */
  quick?: Partial<Pick<SelfTestCase, 'harm' | 'load' | 'injection'>>;
  /** A quick self-test leaves it to a case that does the same harm beside others. */
  thorough?: true;
  /** Status of checks by name or expression; those not named have to pass. */
  checks: Readonly<Record<string, CheckResult['status']>>;
}

const plain = {
  load: { events: 100_000, perSecond: 20_000, devices: 1000 },
  faults: [],
  expect: 'at-least-once',
  order: true,
  graceSeconds: 3,
  compares: 'everything',
  verdict: 'pass',
  checks: {},
} as const satisfies Partial<SelfTestCase>;
const steady = {
  load: { events: 11_000, perSecond: 1000, devices: 100 },
  quick: { load: { events: 4000, perSecond: 1000, devices: 100 } },
} as const;

/** Whether a case measures time, and wants a machine of its own. */
export function isTimed({ compares }: Pick<SelfTestCase, 'compares'>): boolean {
  return compares === 'service-time' || compares === 'response-time';
}

/** A case as a quick self-test runs it. */
export function quickCase(one: SelfTestCase): SelfTestCase {
  const load = { ...one.load, events: Math.round(one.load.events / 20) };
  return { ...one, load, ...one.quick };
}

/** What is proved, in the order in which it is done. */
export const cases: readonly SelfTestCase[] = [
  {
    ...plain,
    name: 'clean',
    harm: 'nothing',
    load: { ...plain.load, events: 200_000 },
    expect: 'exactly-once',
  },
  {
    ...plain,
    ...steady,
    name: 'delay',
    thorough: true,
    harm: 'answers after 20 ms',
    injection: { answer: { ms: 20 } },
    compares: 'service-time',
  },
  {
    ...plain,
    ...steady,
    name: 'delay-bimodal',
    harm: 'answers after 1 ms, some after 200 ms',
    injection: { answer: { ms: 1, some: { share: 0.025, ms: 200 } } },
    compares: 'service-time',
  },
  {
    ...plain,
    name: 'stall',
    harm: 'nothing passes for 1 s of 10 s',
    load: { events: 4200, perSecond: 200, devices: 100 },
    injection: { answer: { ms: 0 }, stall: { everyMs: 10_000, forMs: 1000, firstAfterMs: 9000 } },
    compares: 'response-time',
    quick: {
      harm: 'nothing passes for 300 ms of 3 s',
      load: { events: 1400, perSecond: 200, devices: 100 },
      injection: { answer: { ms: 0 }, stall: { everyMs: 3000, forMs: 300, firstAfterMs: 2700 } },
    },
  },
  {
    ...plain,
    name: 'lose',
    thorough: true,
    harm: 'acknowledged and lost',
    faults: ['lose'],
    verdict: 'fail',
    checks: { delivery: 'fail' },
  },
  { ...plain, name: 'double', thorough: true, harm: 'delivered twice', faults: ['double'] },
  {
    ...plain,
    name: 'double-exactly-once',
    thorough: true,
    harm: 'delivered twice',
    faults: ['double'],
    expect: 'exactly-once',
    verdict: 'fail',
    checks: { delivery: 'fail' },
  },
  { ...plain, name: 'lose-ack', harm: 'delivered, acknowledgement lost', faults: ['lose-ack'] },
  { ...plain, name: 'swallow', thorough: true, harm: 'neither delivered nor acknowledged', faults: ['swallow'] },
  { ...plain, name: 'refuse', thorough: true, harm: 'refused', faults: ['refuse'] },
  {
    ...plain,
    name: 'refuse-yet-deliver',
    thorough: true,
    harm: 'refused, yet delivered',
    faults: ['refuse-yet-deliver'],
    verdict: 'fail',
    checks: { delivery: 'fail' },
  },
  {
    ...plain,
    name: 'swap',
    thorough: true,
    harm: 'overtaken by the next of its device',
    faults: ['swap'],
    verdict: 'fail',
    checks: { order: 'fail' },
  },
  {
    ...plain,
    name: 'alter',
    thorough: true,
    harm: 'one bit changed',
    faults: ['alter'],
    verdict: 'fail',
    checks: { delivery: 'fail' },
  },
  {
    ...plain,
    name: 'late',
    harm: 'delivered 2 s late',
    faults: ['late'],
    injection: { lateMs: 2000 },
    order: false,
    graceSeconds: 30,
  },
  {
    ...plain,
    name: 'too-late',
    thorough: true,
    harm: 'delivered after the grace',
    faults: ['late'],
    injection: { lateMs: 600_000 },
    verdict: 'fail',
    checks: { delivery: 'fail' },
  },
  {
    ...plain,
    name: 'foreign',
    thorough: true,
    harm: 'others’ messages on the topic',
    foreign: true,
    expect: 'exactly-once',
  },
  {
    ...plain,
    name: 'everything',
    harm: 'all of these at once',
    faults: ['lose', 'double', 'lose-ack', 'swallow', 'refuse', 'refuse-yet-deliver', 'swap', 'alter'],
    foreign: true,
    expect: 'exactly-once',
    verdict: 'fail',
    checks: { delivery: 'fail', order: 'fail' },
  },
  {
    ...plain,
    name: 'generator-starved',
    harm: 'more work than the generator can do',
    load: { events: 4000, perSecond: 40_000, devices: 1000 },
    thresholds: ['response_time p50 < 5ms'],
    mishap: 'generator-starved',
    quick: { load: { events: 4000, perSecond: 40_000, devices: 1000 } },
    verdict: 'inconclusive',
    checks: { 'response_time p50 < 5ms': 'inconclusive' },
  },
  {
    ...plain,
    name: 'verifier-killed',
    harm: 'the verifier is killed half-way',
    compares: 'accusations',
    mishap: 'verifier-killed',
    verdict: 'inconclusive',
    checks: { delivery: 'inconclusive', order: 'inconclusive' },
  },
];
