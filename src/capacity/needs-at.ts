import { IotloadError } from '../core/errors.ts';
import { sizingsOf } from '../plan/sizing.ts';
import { sampleFleets } from '../runner/event-sizes.ts';
import type { TargetNeeds } from './provision.ts';
import type { CapacityOptions } from './start-capacity.ts';

/** What each target needs for a load, as its protocol reckons it; what no plan can be made of is told, and nothing needed. */
export async function needsAt(
  level: number,
  { planAt, workers, clock, observer }: Pick<CapacityOptions, 'planAt' | 'workers' | 'clock' | 'observer'>,
): Promise<TargetNeeds[]> {
  try {
    const plan = await planAt(level);
    const sizings = await sizingsOf(plan, sampleFleets(plan, 'RUN', clock.wallUs()), workers);
    return plan.targets.flatMap(({ name, protocol }, i): TargetNeeds[] => {
      const sizing = sizings[i];
      if (sizing == null) return [];
      return [{ name, protocol, needs: sizing.needs ?? null, lines: sizing.lines.map(([word, text]) => [word, text]) }];
    });
  } catch (error) {
    if (!(error instanceof IotloadError)) throw error;
    observer.note(`provision_for: ${error.message}`);
    return [];
  }
}
