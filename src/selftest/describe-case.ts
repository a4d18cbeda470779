import type { Micros } from '../core/clock.ts';
import { formatMicros } from '../core/units.ts';
import type { RunResult } from '../metrics/result.ts';
import { isTimed, type SelfTestCase } from './cases.ts';
import { type EventFault, eventFaults, type Truth } from './subject.ts';
import { quantileOf } from './timer-watch.ts';

const injectedWords: Readonly<Record<EventFault, string>> = {
  lose: 'lost',
  double: 'doubled',
  swap: 'overtaken',
  alter: 'altered',
  'lose-ack': 'acknowledgements lost',
  swallow: 'swallowed',
  refuse: 'refused',
  'refuse-yet-deliver': 'refused, yet delivered',
  late: 'late',
};

/** What was done, in figures: `100 lost`; `times` are those that were inflicted. */
export function describeInjected(one: SelfTestCase, truth: Truth, times: readonly Micros[]): string {
  if (times.length > 0) {
    const sorted = Float64Array.from(times).sort();
    return `${one.harm}: ${quantiles(...([0.5, 0.95, 0.99] as const).map((q) => quantileOf(sorted, q)))}`;
  }
  const parts = eventFaults.flatMap((fault) => {
    const { length } = truth.slots[fault];
    return length === 0 ? [] : [`${length} ${injectedWords[fault]}`];
  });
  if (truth.foreign > 0) parts.push(`${truth.foreign} foreign`);
  if (parts.length === 0) return one.harm;
  return parts.length > 2 ? `${one.harm}: ${parts.join(', ')}` : parts.join(', ');
}

const told = [
  'lost',
  'missing',
  'duplicates',
  'reordered',
  'corrupt',
  'phantom',
  'recovered',
  'unseenUnknown',
  'foreign',
] as const;

/** What a run reports of it. */
export function describeReported(one: SelfTestCase, { events, delivery, latency, generator }: RunResult): string {
  if (isTimed(one)) {
    const { p50, p95, p99 } = one.compares === 'service-time' ? latency.serviceTime : latency.responseTime;
    return quantiles(p50, p95, p99);
  }
  if (one.mishap === 'generator-starved') return generator.signals[0] ?? 'a healthy generator';
  if (one.mishap === 'verifier-killed')
    return `${events.acked} acknowledged, ${delivery.verified} seen, nobody accused`;
  const parts = told.flatMap((key) => {
    const count = delivery[key];
    return count === 0 || count === null ? [] : [`${count} ${words[key] ?? key}`];
  });
  if (events.rejected > 0) parts.unshift(`${events.rejected} rejected`);
  return parts.length === 0 ? `${delivery.verified} verified` : parts.join(', ');
}

const words: Partial<Record<(typeof told)[number], string>> = { unseenUnknown: 'unknown and not seen' };

function quantiles(...values: readonly (Micros | null)[]): string {
  const names = ['p50', 'p95', 'p99'];
  return values.map((us, i) => `${names[i]} ${us === null ? '–' : formatMicros(us)}`).join(', ');
}
