import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createContext, type Op, Value } from '../../src/codecs/layout.ts';
import { compileWriter, writerSlack } from '../../src/codecs/writer.ts';
import { type TimeText, timeTextOf } from '../../src/events/time-text.ts';

const ops: Op[] = [
  { op: 'time-iso' },
  { op: 'time-ms' },
  ...[0, 1, 3, 6].map((decimals): Op => ({ op: 'time-seconds', decimals })),
  ...[0, 1, 3, 6].map((decimals): Op => ({ op: 'time-utc', decimals })),
];

function textOf(op: Op, timeUs: number): Uint8Array {
  const writer = compileWriter([op, { op: 'literal', text: '","next":5}' }]);
  const context = createContext(0, 0);
  context.values[Value.timeUs] = timeUs;
  const bytes = new Uint8Array(writer.maxBytes + writerSlack);
  return bytes.slice(0, writer.write(context, new DataView(bytes.buffer), 0));
}

describe.each(ops.map((op) => [JSON.stringify(op), op] as const))('%s', (_, op) => {
  const time = timeTextOf(op) as TimeText;

  it('is read as it was written, cut to its resolution', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (timeUs) => {
        const bytes = textOf(op, timeUs);
        expect(time.read(bytes, 0, bytes.length)).toBe(timeUs - (timeUs % time.resolutionUs));
      }),
    );
  });

  it('is nothing where no time stands', () => {
    for (const text of ['', 'x', '-5', 'null', '"2026-03-01"']) {
      const bytes = new TextEncoder().encode(text);
      expect(time.read(bytes, 0, bytes.length)).toBe(-1);
    }
  });
});

it('no other op is a time', () => {
  expect(timeTextOf({ op: 'checksum' })).toBeNull();
});

it('refuses damaged digits of a date with a blank', () => {
  const time = timeTextOf({ op: 'time-utc', decimals: 2 }) as TimeText;
  const read = (text: string): number => time.read(new TextEncoder().encode(text), 0, text.length);
  const good = '2018-11-23 11:57:45.07';
  expect(read(good)).toBe(Date.UTC(2018, 10, 23, 11, 57, 45, 70) * 1000);
  for (let i = 0; i < good.length; i++) {
    if (![7, 13, 16].includes(i)) expect([i, read(`${good.slice(0, i)}x${good.slice(i + 1)}`)]).toEqual([i, -1]);
  }
  expect(read(good.slice(0, -1))).toBe(-1);
});

it('reads leap days and refuses damaged digits', () => {
  const time = timeTextOf({ op: 'time-iso' }) as TimeText;
  const read = (text: string): number => time.read(new TextEncoder().encode(text), 0, text.length);
  for (const text of ['2000-02-29T00:00:00.000Z', '2024-02-29T23:59:59.999Z', '2100-03-01T00:00:00.000Z']) {
    expect(read(text)).toBe(Date.parse(text) * 1000);
  }
  const good = '2024-02-29T23:59:59.999Z';
  for (let i = 0; i < good.length; i++) {
    // Hyphens and colons of date and time are not looked at: making the event again finds them.
    if (![7, 13, 16, 19].includes(i)) expect([i, read(`${good.slice(0, i)}x${good.slice(i + 1)}`)]).toEqual([i, -1]);
  }
});
