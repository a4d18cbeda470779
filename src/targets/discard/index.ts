import type { TargetDefinition } from '../target.ts';

/** Takes every event and drops it: the generator's own ceiling, without any target. */
export const discard: TargetDefinition = {
  name: 'discard',
  doc: 'takes every event and drops it: what the generator itself can do',
  traits: () => ({
    acknowledges: false,
    address: 'none',
    ordered: true,
    readable: false,
    connected: false,
    unpaced: true,
    hosts: [],
  }),
  effort: () => ({ sendNs: 50, readNs: 0 }),
  options: () => import('./options.ts'),
  sink: () => import('./sink.ts'),
};
