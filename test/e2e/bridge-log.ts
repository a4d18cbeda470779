import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a bridge says it has done on purpose: payloads, in order. */
export interface BridgeLogText {
  dropped: string[];
  doubled: string[];
  /** Its counts; undefined where it did not end in good order. */
  end: Record<string, unknown> | undefined;
}

/** Reads the log of a run's bridge. */
export function bridgeLogOf(dir: string, name = 'bridge.ndjson'): BridgeLogText {
  const lines = readFileSync(join(dir, name), 'utf8').trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { kind: string; payload: string });
  const of = (kind: string): string[] => entries.flatMap((entry) => (entry.kind === kind ? [entry.payload] : []));
  return { dropped: of('drop'), doubled: of('double'), end: entries.find(({ kind }) => kind === 'end') };
}

/** Slot of an event by the identity in its payload, whose third part it is, in hexadecimal. */
export function slotOf(payload: string): number {
  const { _id } = JSON.parse(payload) as { _id: string };
  return Number.parseInt(_id.split('-')[2] as string, 16);
}
