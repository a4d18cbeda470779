import { systemClock } from '../../src/core/clock.ts';
import { openSink } from '../../src/targets/mqtt/sink.ts';
import type { Sink, TargetFleet, TargetOptions } from '../../src/targets/target.ts';

/** Our MQTT sink under a bench that drives it. */
export interface OwnSink {
  sink: Sink;
  /** Resolves when a lane that was full takes events again. */
  drained(): Promise<void>;
  /** Resolves when nothing is outstanding; throws unless exactly `count` events were settled since the last call. */
  settled(count: number): Promise<void>;
}

/** Opens one for a single fleet. */
export async function openOwnSink(options: TargetOptions, fleet: TargetFleet): Promise<OwnSink> {
  let settled = 0;
  let wake = (): void => {};
  const sink = await openSink(options, {
    clock: systemClock(),
    runId: 'bench',
    part: { index: 0, count: 1 },
    fleets: [fleet],
    events: {
      settled: (_fleet, _slots, _sentAtUs, count) => {
        settled += count;
      },
      resent: () => {},
      drained: () => wake(),
      notice: () => {},
    },
    remake: () => false,
    random: () => 0.5,
    reveal: (text) => text,
  });
  return {
    sink,
    drained: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
    async settled(count) {
      await sink.flush(60_000);
      if (settled !== count) throw new Error(`${settled} of ${count} settled`);
      settled = 0;
    },
  };
}
