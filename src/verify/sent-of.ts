import type { SentRecord } from '../wire/sent-record.ts';

/** The part of a record that is about some fleets, by their places in the run's plan. */
export function sentOf(sent: SentRecord, members: readonly number[]): SentRecord {
  const pick = <T>(all: readonly T[]): T[] => members.map((member) => all[member] as T);
  return { ...sent, header: { ...sent.header, fleets: pick(sent.header.fleets) }, fleets: pick(sent.fleets) };
}
