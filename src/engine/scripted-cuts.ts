import type { Anchor } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import { streamRoot } from '../core/random.ts';
import type { Plan } from '../plan/plan.ts';
import type { Sink } from '../targets/target.ts';

/** Cuts connections when the plan's timeline says so, from slot time `fromUs` on. Returns what calls off the cuts that are still to come. */
export function scheduleCuts(
  { timeline, seed }: Plan,
  anchor: Anchor,
  fromUs: Micros,
  clock: Clock,
  sinks: readonly Sink[],
): () => void {
  const cancels = timeline.flatMap((entry, index) => {
    if (entry.kind !== 'disconnect' || entry.atUs < fromUs) return [];
    const { atUs, forUs, fleets, share } = entry;
    // One key for all workers: which connections are chosen does not depend on who holds them.
    const cut = { fleets, share, key: streamRoot(seed, 'timeline', `${index}`) };
    const delayMs = Math.max(0, (anchor.startMonoUs + atUs - clock.nowUs()) / 1000);
    return [
      clock.after(delayMs, () => {
        for (const sink of sinks) sink.disconnect?.(cut, forUs / 1000);
      }),
    ];
  });
  return () => {
    for (const cancel of cancels) cancel();
  };
}
