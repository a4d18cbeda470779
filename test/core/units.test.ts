import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCost,
  formatCount,
  formatCountOf,
  formatDuration,
  formatMicros,
  formatRate,
  parseBytes,
  parseCost,
  parseCount,
  parseDistance,
  parseDuration,
  parseRate,
  parseShare,
  parseSpeed,
} from '../../src/core/units.ts';

describe('parseDuration', () => {
  it.each([
    ['250us', 250],
    ['216ms', 216_000],
    ['1.5s', 1_500_000],
    ['10s', 10_000_000],
    ['10m', 600_000_000],
    ['1h30m', 5_400_000_000],
    ['7d', 604_800_000_000],
    ['0s', 0],
    ['0.1ms', 100],
  ])('%s is %d µs', (text, us) => {
    expect(parseDuration(text)).toEqual({ value: us });
  });

  it.each([
    ['10', '"10" lacks its unit'],
    ['', '"" is not a time'],
    ['10 s', '"10 s" is not a time'],
    ['-1s', '"-1s" is not a time'],
    ['10min', '"10min" is not a time'],
    ['10S', '"10S" is not a time; did you mean "s"?'],
    ['30m1h', '"30m1h" does not go from large units to small ones'],
    ['1s1s', '"1s1s" does not go from large units to small ones'],
    ['0.5us', '"0.5us" is not a whole number of microseconds'],
    ['999999999999999d', '"999999999999999d" is too large to be kept exactly'],
    ['1e3s', '"1e3s" is not a time'],
    ['Infinitys', '"Infinitys" is not a time'],
  ])('refuses %j', (text, error) => {
    expect(parseDuration(text)).toEqual({ error, hint: 'a time reads 250us, 216ms, 10s, 10m, 1h30m or 7d' });
  });

  it('reads back what formatDuration prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (us) => {
        expect(parseDuration(formatDuration(us))).toEqual({ value: us });
      }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [250, '250us'],
    [1_250, '1.25ms'],
    [1_500_000, '1.5s'],
    [90_000_000, '1m30s'],
    [5_400_000_000, '1h30m'],
    [86_400_000_001, '1d0.000001s'],
  ])('prints %d µs as %s', (us, text) => {
    expect(formatDuration(us)).toBe(text);
  });
});

describe('parseRate', () => {
  it.each([
    ['51M/day', { events: 51_000_000, perUs: 86_400_000_000 }],
    ['590/s', { events: 590, perUs: 1_000_000 }],
    ['10/min', { events: 10, perUs: 60_000_000 }],
    ['3.6k/h', { events: 3_600, perUs: 3_600_000_000 }],
    ['1.5M/s', { events: 1_500_000, perUs: 1_000_000 }],
    ['0.25/s', { events: 25, perUs: 100_000_000 }],
  ])('%s is exact', (text, value) => {
    expect(parseRate(text)).toEqual({ value });
  });

  it.each([
    ['590', '"590" lacks its unit'],
    ['0/s', '"0/s" is no rate at all'],
    ['51m/day', '"51m/day" is not a rate'],
    ['590/S', '"590/S" is not a rate; did you mean "/s"?'],
    ['590 / s', '"590 / s" is not a rate'],
    ['1234567890123456G/s', '"1234567890123456G/s" has too many digits to be kept exactly'],
  ])('refuses %j', (text, error) => {
    expect(parseRate(text)).toMatchObject({ error });
  });
});

describe('parseCount, parseBytes, parseShare, parseSpeed, parseCost', () => {
  it.each([
    [parseCount('250'), 250],
    [parseCount('200k'), 200_000],
    [parseCount('1.5M'), 1_500_000],
    [parseBytes('512B'), 512],
    [parseBytes('64kB'), 64_000],
    [parseBytes('1MiB'), 1_048_576],
    [parseBytes('0.5KiB'), 512],
    [parseShare('10%'), { numerator: 1, denominator: 10 }],
    [parseShare('0.1%'), { numerator: 1, denominator: 1_000 }],
    [parseShare('50ppm'), { numerator: 1, denominator: 20_000 }],
    [parseShare('300%'), { numerator: 3, denominator: 1 }],
    [parseShare('0%'), { numerator: 0, denominator: 1 }],
    [parseCost('5 USD'), 5],
    [parseCost('0.25USD'), 0.25],
    [parseSpeed('1x'), { numerator: 1, denominator: 1 }],
    [parseSpeed('1440x'), { numerator: 1440, denominator: 1 }],
    [parseSpeed('0.5x'), { numerator: 1, denominator: 2 }],
    [parseSpeed('0.000001x'), { numerator: 1, denominator: 1_000_000 }],
  ])('read %j', (parsed, value) => {
    expect(parsed).toEqual({ value });
  });

  it.each([
    [parseCount('0.5'), '"0.5" is not a whole number'],
    [parseCount('200K'), '"200K" is not a count; did you mean "k"?'],
    [parseCount('9999999999999999'), '"9999999999999999" is too large to be kept exactly'],
    [parseBytes('64'), '"64" lacks its unit'],
    [parseBytes('64KB'), '"64KB" is not a size; did you mean "kB"?'],
    [parseBytes('0.3B'), '"0.3B" is not a whole number of bytes'],
    [parseShare('0.1'), '"0.1" lacks its unit'],
    [parseShare('10 %'), '"10 %" is not a share'],
    [parseDistance('9'), '"9" lacks its unit'],
    [parseDistance('9KM'), '"9KM" is not a distance; did you mean "km"?'],
    [parseDistance('0.0001km'), '"0.0001km" is not a whole number of metres'],
    [parseCost('5'), '"5" lacks its unit'],
    [parseCost('5 usd'), '"5 usd" is not a cost; did you mean "USD"?'],
    [parseCost('5 EUR'), '"5 EUR" is not a cost'],
    [parseSpeed('1440'), '"1440" lacks its unit'],
    [parseSpeed('1440X'), '"1440X" is not a speed; did you mean "x"?'],
    [parseSpeed('0x'), '"0x" would let time stand still'],
    [parseSpeed('1000001x'), '"1000001x" is out of range'],
    [parseSpeed('0.0000001x'), '"0.0000001x" is out of range'],
  ])('refuse: %j', (parsed, error) => {
    expect(parsed).toMatchObject({ error });
  });

  it('answer any text without throwing, and exactly where they accept it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0159.kMG/sminhdayu%pBi -') }), (text) => {
        for (const parse of [parseDuration, parseRate, parseCount, parseBytes, parseShare, parseDistance]) {
          const parsed = parse(text);
          if ('error' in parsed) expect(parsed.error).toContain(`"${text}"`);
          else for (const n of Object.values(Object(parsed.value))) expect(Number.isSafeInteger(n)).toBe(true);
        }
      }),
    );
  });
});

describe('printers', () => {
  it.each([
    [formatRate(590.277_777), '590.3/s'],
    [formatRate(50_000), '50k/s'],
    [formatRate(199_999.9), '200k/s'],
    [formatRate(1), '1/s'],
    [formatRate(1 / 30), '2/min'],
    [formatRate(1 / 86_400 / 2), '0.5/day'],
    [formatRate(0), '0/s'],
    [formatCount(0), '0'],
    [formatCount(999), '999'],
    [formatCount(51_000_000), '51,000,000'],
    [formatCountOf(1, 'shard'), '1 shard'],
    [formatCountOf(20_000, 'device'), '20,000 devices'],
    [formatCountOf(2, 'copy', 'copies'), '2 copies'],
    [formatBytes(512), '512 B'],
    [formatBytes(1_536), '1.5 KiB'],
    [formatBytes(64 * 1024 ** 2), '64 MiB'],
    [formatCost(0), '0 USD'],
    [formatCost(0.000_001_23), '0.0000012 USD'],
    [formatCost(0.366_3), '0.37 USD'],
    [formatCost(999.999), '1,000.00 USD'],
    [formatCost(1_234_567.891), '1,234,567.89 USD'],
    [formatMicros(870), '870 us'],
    [formatMicros(12_400), '12.4 ms'],
    [formatMicros(999_999), '1 s'],
    [formatMicros(1_250_000), '1.25 s'],
    [formatMicros(3_600_000_000), '3600 s'],
  ])('print %s', (printed, expected) => {
    expect(printed).toBe(expected);
  });
});
