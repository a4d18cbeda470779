import { type Parsed, parseBytes, parseCount, parseDuration, parseRate, parseShare } from '../core/units.ts';
import { type GrowthKind, isGrowth, type MetricKind } from './metric.ts';

/** The right-hand side of a threshold. A share is `numerator / denominator`, exact. */
export type ThresholdValue =
  | { unit: 'us'; amount: number }
  | { unit: 'events'; amount: number }
  | { unit: 'events/s'; amount: number }
  | { unit: 'share'; numerator: number; denominator: number }
  | { unit: 'bytes/h' | 'us/h' | '1/h'; amount: number };

const forms: Readonly<Record<MetricKind, string>> = {
  latency: 'a time with its unit, such as 250ms or 5s',
  'event-count': 'a count such as 0 or 200k, or a share of the intended events such as 0.1%',
  'delivery-count': 'a count such as 0 or 200k, or a share of the acknowledged events such as 50ppm',
  rate: 'a rate such as 5k/s, or a share of the target rate such as 99%',
  ratio: 'a share such as 99%',
  'memory-growth': 'a size per time such as 1MiB/h or 24MiB/day',
  'count-growth': 'a number per time such as 1/h or 10/day',
  'time-growth': 'a time per time such as 1ms/h or 500us/day',
};

const growthUnits = { 'memory-growth': 'bytes/h', 'count-growth': '1/h', 'time-growth': 'us/h' } as const;
/** Per hour. */
const growthPeriods = { '/min': 60, '/h': 1, '/day': 1 / 24 } as const;

/** Parses the value of a threshold on a metric of this kind; units are exact and required. Never throws. */
export function parseThresholdValue(text: string, kind: MetricKind): ThresholdValue | { error: string; hint: string } {
  const hint = `write ${forms[kind]}`;
  if (text === '') return { error: 'the value is missing', hint };
  const parsed = parse(text, kind);
  return 'value' in parsed ? parsed.value : { error: parsed.error, hint };
}

function parse(text: string, kind: MetricKind): Parsed<ThresholdValue> {
  if (isGrowth(kind)) return parseGrowth(text, kind);
  if (kind === 'latency') return map(parseDuration(text), (amount) => ({ unit: 'us', amount }));
  if (kind === 'ratio' || /[%m]$/.test(text)) return map(parseShare(text), (share) => ({ unit: 'share', ...share }));
  if (kind === 'rate') {
    return map(parseRate(text), ({ events, perUs }) => ({ unit: 'events/s', amount: (events * 1e6) / perUs }));
  }
  return map(parseCount(text), (amount) => ({ unit: 'events', amount }));
}

function parseGrowth(text: string, kind: GrowthKind): Parsed<ThresholdValue> {
  const [, size, period] = /^(.*?)(\/(?:min|h|day))$/.exec(text) ?? [];
  if (size === undefined || period === undefined)
    return { error: `"${text}" lacks the time in which that much may grow`, hint: '' };
  const parse = { 'memory-growth': parseBytes, 'count-growth': parseCount, 'time-growth': parseDuration }[kind];
  const times = growthPeriods[period as keyof typeof growthPeriods];
  return map(parse(size), (amount) => ({ unit: growthUnits[kind], amount: amount * times }));
}

function map<T>(parsed: Parsed<T>, convert: (value: T) => ThresholdValue): Parsed<ThresholdValue> {
  return 'value' in parsed ? { value: convert(parsed.value) } : parsed;
}
