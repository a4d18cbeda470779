import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { parseDuration } from '../core/units.ts';

/** Reads a flag that says how long. Throws IotloadError `bad-arguments`. */
export function parseDurationFlag(flag: string, text: string): Micros {
  const parsed = parseDuration(text);
  if ('value' in parsed) return parsed.value;
  throw new IotloadError('bad-arguments', parsed.error, { where: flag, value: text, hint: parsed.hint });
}
