import type { Micros } from '../core/clock.ts';

/** Start of the year 2200: later ones plus a long run would not stay exact. */
const LATEST_US = 7_258_118_400_000_000;
const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[-+]\d\d:\d\d)$/;

/** An ISO 8601 instant with its offset, `2024-01-31T08:00:00+01:00`, as µs since 1970 UTC; null where it is none, or not from 1970 to 2199. */
export function parseInstant(text: string): Micros | null {
  const match = shape.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const [date, time] = new Date(local).toISOString().split('T') as [string, string];
  // A day such as 31 February would roll over.
  const asWritten = text.startsWith(date) && time.startsWith(`${match[4]}:${match[5]}:${match[6] ?? '00'}`);
  const us = local * 1_000 + Number((match[7] ?? '').padEnd(6, '0')) - offsetUs(match[8] as string);
  return asWritten && us >= 0 && us < LATEST_US ? us : null;
}

function offsetUs(text: string): Micros {
  if (text === 'Z') return 0;
  const [hours, minutes] = text.slice(1).split(':').map(Number) as [number, number];
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000_000;
}
