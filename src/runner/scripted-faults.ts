import type { BrokerFaults } from '../brokers/broker-faults.ts';
import type { Clock } from '../core/clock.ts';
import type { Start } from '../engine/protocol.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * Has the embedded brokers do the faults of the plan's timeline, each for its time; of those that overlap, a later one counts where both
 * say the same. Returns what calls off the rest.
 */
export function scheduleFaults(
  { timeline }: Pick<Plan, 'timeline'>,
  { anchor, fromUs }: Pick<Start, 'anchor' | 'fromUs'>,
  clock: Clock,
  inject: (faults: BrokerFaults) => void,
): () => void {
  const entries = timeline.flatMap((entry) => (entry.kind === 'fault' && entry.atUs >= fromUs ? [entry] : []));
  const borders = new Set(entries.flatMap(({ atUs, forUs }) => [atUs, atUs + forUs]));
  const cancels = [...borders].map((borderUs) => {
    const active = entries.filter(({ atUs, forUs }) => atUs <= borderUs && borderUs < atUs + forUs);
    const faults: BrokerFaults = Object.assign({}, ...active.map((entry) => entry.faults));
    const delayMs = Math.max(0, (anchor.startMonoUs + borderUs - clock.nowUs()) / 1000);
    return clock.after(delayMs, () => inject(faults));
  });
  return () => {
    for (const cancel of cancels) cancel();
  };
}
