import type { Micros } from './clock.ts';

/** A parsed value, or what is wrong with the text and how it would be right. */
export type Parsed<T> = { value: T } | { error: string; hint: string };

/** µs. */
const durationUnits = { d: 86_400_000_000, h: 3_600_000_000, m: 60_000_000, s: 1_000_000, ms: 1_000, us: 1 } as const;
/** µs. */
const periods = { s: 1_000_000, min: 60_000_000, h: 3_600_000_000, day: 86_400_000_000 } as const;
const multiples = { '': 1, k: 1_000, M: 1_000_000, G: 1_000_000_000 } as const;
const byteUnits = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
/** m. */
const distanceUnits = { m: 1, km: 1_000 } as const;
/** Parts of one. */
const shareUnits = { '%': 100, ppm: 1_000_000 } as const;

const decimal = String.raw`(\d{1,16}(?:\.\d{1,16})?)`;
const durationShape = /^(?:\d{1,16}(?:\.\d{1,16})?(?:us|ms|s|m|h|d)){1,6}$/;
const durationPart = new RegExp(`${decimal}(us|ms|s|m|h|d)`, 'g');
const rateShape = new RegExp(`^${decimal}([kMG]?)/(s|min|h|day)$`);
const countShape = new RegExp(`^${decimal}([kMG]?)$`);
const byteShape = new RegExp(`^${decimal}(B|kB|MB|GB|KiB|MiB|GiB)$`);
const distanceShape = new RegExp(`^${decimal}(m|km)$`);
const costShape = new RegExp(`^${decimal} ?USD$`);
const speedShape = new RegExp(`^${decimal}x$`);
const shareShape = new RegExp(`^${decimal}(%|ppm)$`);

/**
 * `250us` `216ms` `1.5s` `10m` `1h30m` `7d`, as an integer number of µs. Units descend, each at most once; zero is allowed.
 */
export function parseDuration(text: string): Parsed<Micros> {
  const hint = 'a time reads 250us, 216ms, 10s, 10m, 1h30m or 7d';
  if (!durationShape.test(text)) return refuse(text, 'a time', hint, durationUnits);
  let total = 0n;
  let previous = Number.POSITIVE_INFINITY;
  for (const [, digits, name] of text.matchAll(durationPart)) {
    const unit = durationUnits[name as keyof typeof durationUnits];
    if (unit >= previous) return { error: `"${text}" does not go from large units to small ones`, hint };
    previous = unit;
    const part = scaled(digits as string, unit);
    if (part === null) return { error: `"${text}" is not a whole number of microseconds`, hint };
    total += part;
  }
  return safe(text, total, hint);
}

/** `51M/day` `590/s` `10/min` `1.5k/h`, positive, as an exact ratio of safe integers: 51M/day is { 51e6, 86_400e6 }. */
export function parseRate(text: string): Parsed<{ events: number; perUs: number }> {
  const hint = 'a rate reads 590/s, 10/min, 3.6k/h or 51M/day';
  const match = rateShape.exec(text);
  if (match === null) return refuse(text, 'a rate', hint, periods, '/');
  const [digits, multiple, period] = match.slice(1) as [string, keyof typeof multiples, keyof typeof periods];
  const [top, bottom] = fraction(digits);
  let events = top * BigInt(multiples[multiple]);
  let perUs = bottom * BigInt(periods[period]);
  for (; events % 10n === 0n && perUs % 10n === 0n && perUs > BigInt(periods[period]); events /= 10n) perUs /= 10n;
  if (events === 0n) return { error: `"${text}" is no rate at all`, hint: `${hint}, above zero` };
  if (!isSafe(events) || !isSafe(perUs)) return { error: `"${text}" has too many digits to be kept exactly`, hint };
  return { value: { events: Number(events), perUs: Number(perUs) } };
}

/** `7` `200k` `1.5M`, as a safe integer from 0. */
export function parseCount(text: string): Parsed<number> {
  const hint = 'a count reads 250, 200k or 1.5M';
  const match = countShape.exec(text);
  if (match === null) return refuse(text, 'a count', hint, multiples);
  const count = scaled(match[1] as string, multiples[match[2] as keyof typeof multiples]);
  return count === null ? { error: `"${text}" is not a whole number`, hint } : safe(text, count, hint);
}

/** `512B` `64kB` `1MiB`, as a safe integer from 0. */
export function parseBytes(text: string): Parsed<number> {
  const hint = 'a size reads 512B, 64kB or 1MiB';
  const match = byteShape.exec(text);
  if (match === null) return refuse(text, 'a size', hint, byteUnits);
  const bytes = scaled(match[1] as string, byteUnits[match[2] as keyof typeof byteUnits]);
  return bytes === null ? { error: `"${text}" is not a whole number of bytes`, hint } : safe(text, bytes, hint);
}

/** `9km` `500m`, as a safe integer of metres from 0. */
export function parseDistance(text: string): Parsed<number> {
  const hint = 'a distance reads 9km or 500m';
  const match = distanceShape.exec(text);
  if (match === null) return refuse(text, 'a distance', hint, distanceUnits);
  const metres = scaled(match[1] as string, distanceUnits[match[2] as keyof typeof distanceUnits]);
  return metres === null ? { error: `"${text}" is not a whole number of metres`, hint } : safe(text, metres, hint);
}

/** `0.1%` `50ppm`, as an exact ratio in lowest terms; more than 100 % is possible. */
export function parseShare(text: string): Parsed<{ numerator: number; denominator: number }> {
  const hint = 'a share reads 10%, 0.1% or 50ppm';
  const match = shareShape.exec(text);
  if (match === null) return refuse(text, 'a share', hint, shareUnits);
  const [top, bottom] = fraction(match[1] as string);
  const parts = bottom * BigInt(shareUnits[match[2] as keyof typeof shareUnits]);
  const divisor = gcd(top, parts);
  if (!isSafe(top / divisor) || !isSafe(parts / divisor))
    return { error: `"${text}" has too many digits to be kept exactly`, hint };
  return { value: { numerator: Number(top / divisor), denominator: Number(parts / divisor) } };
}

/** `5 USD` `0.25 USD`, as a number of dollars. */
export function parseCost(text: string): Parsed<number> {
  const match = costShape.exec(text);
  if (match === null) return refuse(text, 'a cost', 'a cost reads 5 USD or 0.25 USD', { USD: 1 });
  return { value: Number(match[1]) };
}

/** `1440x` `1x` `0.5x`: device time per real time as an exact ratio in lowest terms, neither side above a million. */
export function parseSpeed(text: string): Parsed<{ numerator: number; denominator: number }> {
  const hint = 'a speed reads 1x, 1440x or 0.5x; max is unpaced';
  const match = speedShape.exec(text);
  if (match === null) return refuse(text, 'a speed', hint, { x: 1 });
  const [top, bottom] = fraction(match[1] as string);
  if (top === 0n) return { error: `"${text}" would let time stand still`, hint };
  const divisor = gcd(top, bottom);
  const [numerator, denominator] = [Number(top / divisor), Number(bottom / divisor)];
  if (numerator > 1_000_000 || denominator > 1_000_000)
    return { error: `"${text}" is out of range`, hint: 'at most 1000000x, with at most 6 decimals' };
  return { value: { numerator, denominator } };
}

/** The exact scenario form of a duration, `1h30m`, `1.5s`, `216ms`; `parseDuration` gives the same number back. */
export function formatDuration(us: Micros): string {
  if (us < durationUnits.ms) return us === 0 ? '0s' : `${us}us`;
  if (us < durationUnits.s) return `${us / 1_000}ms`;
  let rest = us;
  let text = '';
  for (const unit of ['d', 'h', 'm'] as const) {
    const whole = Math.floor(rest / durationUnits[unit]);
    if (whole > 0) text += `${whole}${unit}`;
    rest -= whole * durationUnits[unit];
  }
  if (rest === 0) return text;
  const digits = `${rest % durationUnits.s}`.padStart(6, '0').replace(/0+$/, '');
  return `${text}${Math.floor(rest / durationUnits.s)}${digits === '' ? '' : `.${digits}`}s`;
}

/** A measured duration in the unit a reader would choose, three significant digits: `870 us`, `12.4 ms`, `1.25 s`. */
export function formatMicros(us: Micros): string {
  const size = Math.abs(us);
  if (size < 999.5) return `${significant(us, 3)} us`;
  if (size < 999_500) return `${significant(us / 1_000, 3)} ms`;
  return `${significant(us / 1_000_000, 3)} s`;
}

/** Events per second to four significant digits, `590.3/s`, `50k/s`, `2/min`; slow rates per minute, hour or day. */
export function formatRate(eventsPerSecond: number): string {
  if (eventsPerSecond === 0) return '0/s';
  for (const [period, us] of Object.entries(periods)) {
    const events = eventsPerSecond * (us / 1_000_000);
    if (events >= 0.99995 || period === 'day') return `${short(events)}/${period}`;
  }
  return '0/s';
}

/** Every digit of an integer, in groups of three: `51,000,000`. */
export function formatCount(count: number): string {
  return `${count}`.replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** So many of something: `1 shard`, `20,000 devices`. */
export function formatCountOf(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

/** A size in binary units, three significant digits: `512 B`, `64 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes;
  let unit = 0;
  for (; Math.abs(size) >= 1023.5 && unit < units.length - 1; unit++) size /= 1024;
  return `${unit === 0 ? size : significant(size, 3)} ${units[unit]}`;
}

/** US dollars: cents, below a dollar two significant digits: `172.00 USD`, `0.37 USD`, `0.0041 USD`. */
export function formatCost(usd: number): string {
  const text = usd >= 1 ? usd.toFixed(2) : `${Number(usd.toPrecision(2))}`;
  return `${text.replace(/\B(?=(?:\d{3})+(?:\.|$))(?<!\.\d*)/g, ',')} USD`;
}

function refuse<T>(text: string, what: string, hint: string, units: object, before = ''): Parsed<T> {
  const bare = /^\d+(?:\.\d+)?$/.test(text);
  if (bare && !Object.hasOwn(units, '')) return { error: `"${text}" lacks its unit`, hint };
  const unit = /^\d+(?:\.\d+)?\s*\/?\s*([A-Za-z%µ]+)$/.exec(text)?.[1];
  const names = Object.keys(units).filter((name) => name !== '');
  const other = unit === undefined ? undefined : names.find((name) => name.toLowerCase() === unit.toLowerCase());
  const meant = other === undefined || other === unit ? '' : `; did you mean "${before}${other}"?`;
  return { error: `"${text}" is not ${what}${meant}`, hint };
}

function safe(text: string, value: bigint, hint: string): Parsed<number> {
  return isSafe(value) ? { value: Number(value) } : { error: `"${text}" is too large to be kept exactly`, hint };
}

function isSafe(value: bigint): boolean {
  return value <= BigInt(Number.MAX_SAFE_INTEGER);
}

/** `digits × unit` when that is a whole number. */
function scaled(digits: string, unit: number): bigint | null {
  const [top, bottom] = fraction(digits);
  const product = top * BigInt(unit);
  return product % bottom === 0n ? product / bottom : null;
}

/** A decimal number as an exact ratio. */
function fraction(digits: string): [top: bigint, bottom: bigint] {
  const [whole, decimals = ''] = digits.split('.');
  return [BigInt(`${whole}${decimals}`), 10n ** BigInt(decimals.length)];
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function significant(value: number, digits: number): string {
  return Math.abs(value) >= 10 ** digits ? value.toFixed(0) : `${Number(value.toPrecision(digits))}`;
}

function short(value: number): string {
  for (const [suffix, multiple] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (value >= multiple * 0.99995) return `${significant(value / multiple, 4)}${suffix}`;
  }
  return significant(value, 4);
}
