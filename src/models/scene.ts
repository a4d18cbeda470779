import type { Micros } from '../core/clock.ts';
import type { StreamKey } from '../core/random.ts';

/** What happens around all devices of a fleet, in order of device time. */
export type Scene = readonly SceneEvent[];

/** Times are device time. `key` is the event's own: what is equal for all devices is drawn from it, and who is concerned from both keys. */
export type SceneEvent = { readonly key: StreamKey } & (
  | { readonly kind: 'shake'; readonly fromUs: Micros; readonly toUs: Micros; readonly share: number }
  | {
      readonly kind: 'quake';
      readonly atUs: Micros;
      readonly magnitude: number;
      readonly depthKm: number;
      readonly distanceKm: number;
    }
);
