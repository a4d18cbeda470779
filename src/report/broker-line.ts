import { formatBytes, formatCount } from '../core/units.ts';
import type { BrokerResult } from '../metrics/result.ts';

/** What a target counted itself, in words. */
export function brokerLine({ by, messages, dropped, files, bytes, final }: BrokerResult): string {
  const parts = [
    ...(messages === null ? [] : [`${formatCount(messages)} messages`]),
    ...(dropped === null ? [] : [`${formatCount(dropped)} dropped`]),
    ...(files === undefined ? [] : [`${formatCount(files)} files`]),
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
  ];
  return `${parts.join(', ')} by ${by}${messages === null || final ? '' : ', told before the end'}`;
}
