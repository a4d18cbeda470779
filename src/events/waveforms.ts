import type { Anchor } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { ReadingSpec } from '../models/model.ts';
import { shapeOf } from '../models/model-shape.ts';
import type { Plan } from '../plan/plan.ts';
import { EventMaker } from './event-maker.ts';

/** What the devices of a fleet would report at any instant, whether an event is due then or not. */
export interface Waveforms {
  /** Readings, then labels, in the order of `read`'s result. */
  readonly quantities: readonly { name: string; spec: ReadingSpec; label: boolean }[];
  deviceId(seat: number): string;
  /** Values of a seat at `slotUs` after slot time 0; valid until the next call. */
  read(seat: number, slotUs: Micros): Float64Array;
}

export function createWaveforms(plan: Plan, fleet: number, anchor: Anchor): Waveforms {
  const maker = new EventMaker(plan, fleet, anchor);
  const { readings, labels } = shapeOf(maker.model, maker.fleet.params);
  const quantities = [
    ...Object.entries(readings).map(([name, spec]) => ({ name, spec, label: false })),
    ...Object.entries(labels ?? {}).map(([name, spec]) => ({ name, spec, label: true })),
  ];
  const out = new Float64Array(quantities.length);
  const { devices } = maker.fleet;
  return {
    quantities,
    deviceId: (seat) => maker.ids.text(seat),
    read(seat, slotUs) {
      // A value that belongs to an event stays until the next one.
      const n = Math.floor((maker.profile.dueBy(slotUs + 1) - 1 - seat) / devices);
      maker.read(seat, Math.max(0, n), slotUs, out);
      return out;
    },
  };
}

/** Index of a reading or label among the quantities; the first reading where none is named. */
export function quantityIndex({ quantities }: Waveforms, name: string | undefined, where: string): number {
  if (name === undefined) return 0;
  const index = quantities.findIndex((quantity) => quantity.name === name);
  if (index >= 0) return index;
  throw new IotloadError('bad-arguments', 'the model has no such reading', {
    where,
    value: name,
    hint: `it has ${quantities.map((quantity) => quantity.name).join(', ')}`,
  });
}
