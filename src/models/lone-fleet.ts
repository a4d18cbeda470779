import type { Micros } from '../core/clock.ts';
import { seatStream, streamRoot } from '../core/random.ts';
import type { FleetView, Params } from './model.ts';

/** 2023-01-01. */
const START_US = 1_672_531_200_000_000;

/** A fleet for devices that are looked at by themselves: each reports once in `gapUs` from 2023 on. */
export function loneFleet(params: Params, devices: number, gapUs: Micros): FleetView {
  const root = streamRoot(0, 'lone fleet');
  return {
    params,
    devices,
    key: root,
    keyOf(seat, into) {
      into.seat = seat;
      seatStream(root, seat, into);
    },
    dueOf: (seat, n) => START_US + n * gapUs + Math.floor(((seat % devices) * gapUs) / devices),
  };
}
