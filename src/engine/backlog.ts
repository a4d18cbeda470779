import type { TargetOptions } from '../targets/target.ts';

/** How much may wait for a target, and what happens then. */
export interface Backlog {
  maxBytes: number;
  overflow: 'shed' | 'abort';
}

/** The backlog block of any target's options; 64 MiB, then shed, where a target has none. */
export function backlogOf(options: TargetOptions): Backlog {
  const { backlog } = options as { backlog?: { maxBytes: number; then: Backlog['overflow'] } };
  return { maxBytes: backlog?.maxBytes ?? 64 * 1024 * 1024, overflow: backlog?.then ?? 'shed' };
}
