import { type Part, seatsOf } from '../core/anchor.ts';
import { parseTemplate, type TemplatePart } from '../core/template.ts';
import type { TargetFleet } from './target.ts';

const encoder = new TextEncoder();
/** Of a seat whose lane nobody has asked for yet. */
const UNKNOWN = -1;

/**
 * The partition or shard of each seat, its lane: that of its key, so that a device's events stay together. What varies from
 * event to event in a key stands as it is written, and a device that came later has the lane of its seat. Without a key seats take turns.
 */
export function seatLanes(
  lanes: number,
  laneOfKey: (key: Uint8Array, lanes: number) => number,
  { part, fleets, runId }: { part: Part; fleets: readonly TargetFleet[]; runId: string },
): (fleet: number, seat: number) => number {
  const known: Int32Array[] = [];
  const laneOfSeat: ((seat: number) => number)[] = [];
  for (const fleet of fleets) {
    known[fleet.index] = new Int32Array(seatsOf(part, fleet.devices)).fill(UNKNOWN);
    const template = parseTemplate(fleet.address);
    laneOfSeat[fleet.index] = (seat) =>
      template.length === 0 ? seat % lanes : laneOfKey(encoder.encode(keyOf(template, fleet, seat, runId)), lanes);
  }
  const { index, count } = part;
  return (fleet, seat) => {
    const column = known[fleet] as Int32Array;
    const place = (seat - index) / count;
    const before = column[place] as number;
    if (before !== UNKNOWN) return before;
    const lane = (laneOfSeat[fleet] as (seat: number) => number)(seat);
    column[place] = lane;
    return lane;
  };
}

function keyOf(template: readonly TemplatePart[], fleet: TargetFleet, seat: number, runId: string): string {
  return template
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (part.name === 'device') return fleet.deviceId(seat);
      if (part.name === 'fleet') return fleet.name;
      if (part.name === 'run') return runId;
      if (part.name === 'index') return `${seat}`.padStart(Number(part.format ?? 0), '0');
      return `<${part.name}>`;
    })
    .join('');
}
