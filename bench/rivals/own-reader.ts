import type { Anchor } from '../../src/core/anchor.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { createIdentifier } from '../../src/events/identifier.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Source, SourceContext, TargetOptions } from '../../src/targets/target.ts';
import { ArrivalReader } from '../../src/verify/arrival-reader.ts';
import { EndToEnd } from '../../src/verify/end-to-end.ts';
import { Ledger } from '../../src/verify/ledger.ts';
import type { Figure } from './rounds.ts';

/** Takes note of what arrives; tells the parent what everything behind the warm-up cost. */
export function meter(total: number, warmUp: number): { arrived(count: number): void; done: Promise<void> } {
  const clock = systemClock();
  let seen = 0;
  let warmed = 0;
  let before = process.cpuUsage();
  let startUs = 0;
  let resolve = (): void => {};
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  return {
    done,
    arrived(count) {
      seen += count;
      if (warmed === 0 && seen >= warmUp) {
        warmed = seen;
        before = process.cpuUsage();
        startUs = clock.nowUs();
      }
      if (seen < total) return;
      const { user, system } = process.cpuUsage(before);
      const wallSeconds = (clock.nowUs() - startUs) / 1e6;
      process.send?.({ cpuSeconds: (user + system) / 1e6, wallSeconds, events: seen - warmed } satisfies Figure);
      resolve();
    },
  };
}

/** The reading half of the verifier, everything but its files: reads all events of the plan's one fleet and proves each of them. */
export async function readAndProve(
  plan: Plan,
  anchor: Anchor,
  { arrived, done }: ReturnType<typeof meter>,
  openSource: (options: TargetOptions, context: SourceContext) => Promise<Source>,
  notice: (detail: string) => void,
): Promise<void> {
  const clock = systemClock();
  const events = [createFleetEvents(plan, 0, anchor)];
  const ledger = new Ledger(plan.fleets, { index: 0, count: 1 });
  const reader = new ArrivalReader({
    plan,
    clock,
    ledger,
    identifier: createIdentifier(plan, anchor),
    intendedOf: events.map(({ intendedOf }) => intendedOf),
    recorders: [new EndToEnd().recorder],
    anchor,
    events,
    probe: () => {},
  });
  const [fleet] = plan.fleets as [Plan['fleets'][number]];
  const { name, devices, address, slots } = fleet;
  const source = await openSource(plan.targets[0]?.options ?? {}, {
    clock,
    runId: anchor.runId,
    fleets: [{ index: 0, name, devices, address, deviceId: (seat) => `${seat}` }],
    events: {
      delivered(batch) {
        reader.read(batch);
        arrived(batch.count);
      },
      notice: (_kind, detail) => notice(detail),
    },
    fromStart: true,
    random: () => 0.5,
    reveal: (text) => text,
  });
  await done;
  const { seen, corrupt, duplicates, foreign } = ledger.totals;
  if (seen !== slots) throw new Error(`${seen} seen, ${corrupt} corrupt, ${duplicates} twice, ${foreign} foreign`);
  await source.close();
  process.disconnect?.();
}
