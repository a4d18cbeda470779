import type { Micros } from '../core/clock.ts';
import { streamRoot } from '../core/random.ts';
import type { Scene, SceneEvent } from '../models/scene.ts';
import type { Plan } from '../plan/plan.ts';

/** What a fleet's devices feel of the timeline; `deviceUs` tells device time from slot time. */
export function sceneOf({ timeline, seed }: Plan, fleet: number, deviceUs: (slotUs: Micros) => Micros): Scene {
  return timeline.flatMap((entry, index): SceneEvent[] => {
    if (entry.fleets !== null && !entry.fleets.includes(fleet)) return [];
    const key = streamRoot(seed, 'timeline', `${index}`);
    const fromUs = deviceUs(entry.atUs);
    if (entry.kind === 'shake')
      return [{ kind: 'shake', key, fromUs, toUs: deviceUs(entry.atUs + entry.forUs), share: entry.share }];
    if (entry.kind !== 'quake') return [];
    const { magnitude, depthKm, distanceKm } = entry;
    return [{ kind: 'quake', key, atUs: fromUs, magnitude, depthKm, distanceKm }];
  });
}
