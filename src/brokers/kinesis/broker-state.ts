import type { Clock } from '../../core/clock.ts';
import type { BlockStore } from '../block-store.ts';
import type { PutFaults } from './faults/put-faults.ts';
import type { Gate } from './gate.ts';
import type { Credentials } from './signature.ts';
import type { Streams } from './streams.ts';

/** What an operation works on. */
export interface BrokerState {
  readonly clock: Clock;
  readonly region: string;
  readonly store: BlockStore;
  readonly streams: Streams;
  /** What is done on purpose; null where nothing ever is. */
  readonly faults: PutFaults | null;
  readonly gate: Gate;
  /** Who may call; null for anyone. */
  readonly credentials: readonly Credentials[] | null;
  /** Shards take and give no more than the service lets them. */
  readonly limited: boolean;
}
