import type { PlainError } from '../../core/errors.ts';
import type { BridgeCounts, BridgePlan } from './bridge-plan.ts';

/** What the parent asks of a bridge's process. */
export type BridgeRequest = { kind: 'start'; plan: BridgePlan } | { kind: 'counts'; id: number } | { kind: 'stop' };

/** What a bridge's process says. */
export type BridgeReply =
  | { kind: 'started' }
  | { kind: 'failed'; error: PlainError }
  | { kind: 'notice'; text: string }
  | { kind: 'counts'; id: number; counts: BridgeCounts }
  | { kind: 'stopped'; counts: BridgeCounts };
