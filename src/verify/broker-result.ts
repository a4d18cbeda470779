import { formatCount } from '../core/units.ts';
import type { BrokerResult, EventCounts } from '../metrics/result.ts';
import type { SeenRecord } from '../wire/seen-file.ts';

/**
 * What a target counted itself, beside what we know of what was sent to it and read there; undefined where it told nothing. What does not agree
 * is a doubt and accuses nobody: others may have written there, and only of what everybody can read is it known how much that was. Pure.
 */
export function brokerResult(seen: SeenRecord | null, { acked }: EventCounts): BrokerResult | undefined {
  const end = seen?.end ?? null;
  if (seen === null || end === null) return undefined;
  const { counted, source } = end;
  const dropped = source.brokerDropped;
  if (counted === undefined) {
    return dropped === null ? undefined : { by: 'the broker', messages: null, dropped, final: false, doubts: [] };
  }
  const { by, readAll, files, bytes, final, markers } = counted;
  // Our own markers are no events.
  const messages = counted.messages === null ? null : counted.messages - markers;
  const doubts: string[] = [];
  if (final && messages !== null) {
    const read = seen.unattributed.received;
    const told = `by ${by} it took ${formatCount(messages)} messages`;
    if (messages < acked) doubts.push(`${told}, fewer than the ${formatCount(acked)} that it acknowledged`);
    if (readAll && messages !== read) doubts.push(`${told}, of which ${formatCount(read)} were read`);
  }
  return {
    by,
    messages,
    dropped,
    ...(files === undefined ? {} : { files }),
    ...(bytes === undefined ? {} : { bytes }),
    final,
    doubts,
  };
}
