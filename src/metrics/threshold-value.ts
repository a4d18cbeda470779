import type { MetricKind } from './metric.ts';

/** The right-hand side of a threshold. A share is `numerator / denominator`, exact. */
export type ThresholdValue =
  | { unit: 'us'; amount: number }
  | { unit: 'events'; amount: number }
  | { unit: 'events/s'; amount: number }
  | { unit: 'share'; numerator: number; denominator: number };

/** µs. */
const durationUnits: Readonly<Record<string, bigint>> = {
  us: 1n,
  ms: 1_000n,
  s: 1_000_000n,
  m: 60_000_000n,
  h: 3_600_000_000n,
  d: 86_400_000_000n,
};
const multiples: Readonly<Record<string, bigint>> = { '': 1n, k: 1_000n, M: 1_000_000n, G: 1_000_000_000n };
/** Parts of one. */
const shareUnits: Readonly<Record<string, bigint>> = { '%': 100n, ppm: 1_000_000n };
/** Seconds. */
const perUnits: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600, day: 86_400 };

const number = String.raw`\d+(?:\.\d+)?`;
const durationShape = new RegExp(`^(?:${number}(?:us|ms|s|m|h|d))+$`);
const durationPart = new RegExp(`(${number})(us|ms|s|m|h|d)`, 'g');
const countShape = new RegExp(`^(${number})([kMG]?)$`);
const shareShape = new RegExp(`^(${number})(%|ppm)$`);
const rateShape = new RegExp(`^(${number})([kMG]?)/(s|min|h|day)$`);

const forms: Readonly<Record<MetricKind, string>> = {
  latency: 'a time with its unit, such as 250ms or 5s',
  'event-count': 'a count such as 0 or 200k, or a share of the intended events such as 0.1%',
  'delivery-count': 'a count such as 0 or 200k, or a share of the acknowledged events such as 50ppm',
  rate: 'a rate such as 5k/s, or a share of the target rate such as 99%',
  ratio: 'a share such as 99%',
};

/** Parses the value of a threshold on a metric of this kind; units are exact and required. Never throws. */
export function parseThresholdValue(text: string, kind: MetricKind): ThresholdValue | { error: string; hint: string } {
  const parsed = parse(text, kind);
  if (parsed !== null) return parsed;
  return { error: complaint(text, kind), hint: `write ${forms[kind]}` };
}

function complaint(text: string, kind: MetricKind): string {
  if (text === '') return 'the value is missing';
  if (!countShape.test(text)) return `"${text}" is not a value this metric compares with`;
  return kind.endsWith('count') ? `"${text}" is not a whole number` : `"${text}" lacks its unit`;
}

function parse(text: string, kind: MetricKind): ThresholdValue | null {
  if (kind === 'latency') return parseDuration(text);
  const share = shareShape.exec(text);
  if (share !== null) return parseShare(share[1] as string, shareUnits[share[2] as string] as bigint);
  if (kind === 'ratio') return null;
  if (kind === 'rate') {
    const rate = rateShape.exec(text);
    if (rate === null) return null;
    const [numerator, denominator] = decimal(rate[1] as string);
    const events = Number(numerator * (multiples[rate[2] as string] as bigint)) / Number(denominator);
    return { unit: 'events/s', amount: events / (perUnits[rate[3] as string] as number) };
  }
  const count = countShape.exec(text);
  if (count === null) return null;
  const amount = whole(count[1] as string, multiples[count[2] as string] as bigint);
  return amount === null ? null : { unit: 'events', amount };
}

function parseDuration(text: string): ThresholdValue | null {
  if (!durationShape.test(text)) return null;
  let amount = 0;
  for (const [, digits, unit] of text.matchAll(durationPart)) {
    const part = whole(digits as string, durationUnits[unit as string] as bigint);
    if (part === null) return null;
    amount += part;
  }
  return Number.isSafeInteger(amount) ? { unit: 'us', amount } : null;
}

function parseShare(digits: string, parts: bigint): ThresholdValue | null {
  const [numerator, denominator] = decimal(digits);
  const share = { unit: 'share', numerator: Number(numerator), denominator: Number(denominator * parts) } as const;
  return Number.isSafeInteger(share.numerator) && Number.isSafeInteger(share.denominator) ? share : null;
}

/** `digits × unit` when that is a safe integer, else null. */
function whole(digits: string, unit: bigint): number | null {
  const [numerator, denominator] = decimal(digits);
  const product = numerator * unit;
  if (product % denominator !== 0n) return null;
  const amount = Number(product / denominator);
  return Number.isSafeInteger(amount) ? amount : null;
}

/** A decimal number as an exact ratio. */
function decimal(digits: string): [numerator: bigint, denominator: bigint] {
  const [integer, fraction = ''] = digits.split('.');
  return [BigInt(`${integer}${fraction}`), 10n ** BigInt(fraction.length)];
}
