import type { Micros } from '../../core/clock.ts';
import type { Stretch } from './timeline.ts';

/** The stretches that lie whole between two instants of slot time. */
export function stretchesWithin(stretches: readonly Stretch[], fromUs: Micros, toUs: Micros): Stretch[] {
  return stretches.filter((stretch) => stretch.fromUs >= fromUs && stretch.toUs <= toUs);
}
