import { type Part, seatsOf } from '../../core/anchor.ts';
import { parseTemplate, type TemplatePart } from '../../core/template.ts';
import { partitionOf } from '../../wire/kafka/murmur2.ts';
import type { TargetFleet } from '../target.ts';

const encoder = new TextEncoder();
/** Of a seat whose partition nobody has asked for yet. */
const UNKNOWN = -1;

/**
 * The partition of each seat: that of its key, as the Java client chooses it, so that a device's events keep their order. What varies from
 * event to event in a key stands as it is written, and a device that came later has the partition of its seat. Without a key seats take turns.
 */
export function seatLanes(
  partitions: number,
  { part, fleets, runId }: { part: Part; fleets: readonly TargetFleet[]; runId: string },
): (fleet: number, seat: number) => number {
  const lanes: Int32Array[] = [];
  const laneOfKey: ((seat: number) => number)[] = [];
  for (const fleet of fleets) {
    lanes[fleet.index] = new Int32Array(seatsOf(part, fleet.devices)).fill(UNKNOWN);
    const template = parseTemplate(fleet.address);
    laneOfKey[fleet.index] = (seat) =>
      template.length === 0
        ? seat % partitions
        : partitionOf(encoder.encode(keyOf(template, fleet, seat, runId)), partitions);
  }
  const { index, count } = part;
  return (fleet, seat) => {
    const column = lanes[fleet] as Int32Array;
    const place = (seat - index) / count;
    const known = column[place] as number;
    if (known !== UNKNOWN) return known;
    const lane = (laneOfKey[fleet] as (seat: number) => number)(seat);
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
