import type { Clock } from '../../core/clock.ts';
import type { BlockStore } from '../block-store.ts';
import type { Streams } from './streams.ts';

/** What an operation works on. */
export interface BrokerState {
  readonly clock: Clock;
  readonly region: string;
  readonly store: BlockStore;
  readonly streams: Streams;
  /** Shards take and give no more than the service lets them. */
  readonly limited: boolean;
}
