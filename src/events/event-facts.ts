import { Value } from '../codecs/layout.ts';
import type { Micros } from '../core/clock.ts';
import { shapeOf } from '../models/model-shape.ts';
import type { EventMaker } from './event-maker.ts';

/** Ground truth about one event: what it is, what was done to it by design, and what its model knows about it. Plain JSON. */
export interface EventFacts {
  fleet: string;
  slot: number;
  seat: number;
  device: string;
  /** How often the seat had been reloaded. */
  incarnation: number;
  /** How many events the seat had before. */
  sequence: number;
  /** When the event was due, and when it was to be sent, µs since 1970 UTC; later where the device was offline. */
  dueUs: Micros;
  intendedUs: Micros;
  /** Event time as the payload tells it, device time in µs since 1970, and the error of the device's clock that is in it. */
  timeUs: Micros;
  clockSkewUs: Micros;
  /** How many times it is sent. */
  copies: number;
  /** Its payload is damaged on purpose. */
  malformed: boolean;
  labels: Record<string, number | string>;
}

/** What is true of the event of a slot. */
export function factsOf(maker: EventMaker, slot: number): EventFacts {
  const { fleet, model, behavior, ids, context, startWallUs } = maker;
  const dueUs = maker.profile.timeOf(slot);
  const seat = maker.load(slot, dueUs);
  const { values } = context;
  const { readings, labels = {} } = shapeOf(model, fleet.params);
  const first = Value.readings + Object.keys(readings).length;
  return {
    fleet: fleet.name,
    slot,
    seat,
    device: ids.text(values[Value.device] as number),
    incarnation: behavior?.incarnationAt(seat, dueUs) ?? 0,
    sequence: values[Value.sequence] as number,
    dueUs: startWallUs + dueUs,
    intendedUs: values[Value.intendedUs] as number,
    timeUs: values[Value.timeUs] as number,
    clockSkewUs: behavior?.skewOf(seat) ?? 0,
    copies: behavior?.copiesOf(slot) ?? 1,
    malformed: behavior?.isMalformed(slot) ?? false,
    labels: Object.fromEntries(
      Object.entries(labels).map(([name, { names }], i) => {
        const value = values[first + i] as number;
        return [name, names?.[value] ?? value];
      }),
    ),
  };
}
