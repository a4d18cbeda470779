import type { Clock } from '../core/clock.ts';
import type { MemoryBounds } from './block-store.ts';
import type { StallRecord } from './stalls.ts';

/** What every server that keeps records in a log is started with; `Kept`: what is remembered of an event that was harmed. */
export interface LogServerOptions<Kept> {
  /** On 127.0.0.1; 0: a free one. */
  port: number;
  clock: Clock;
  bounds?: MemoryBounds;
  /** It is to do harm some time. `keep`: what is remembered of the payload of an event that was harmed; without, nothing of what was done is. */
  harmful?: { keep?: (value: Buffer) => Kept };
}

/** A server of ours that runs. */
export interface LogServer<Faults, Plan> {
  readonly port: number;
  /** What was done on purpose; null where there will never be any. */
  readonly faults: Faults | null;
  /** Stalls that have begun. */
  readonly stalls: readonly StallRecord[];
  /** Bytes of records in memory. */
  readonly residentBytes: number;
  /** From now on these faults instead; a stall under way ends. */
  setFaults(plan: Plan): void;
  /** Ends every connection and gives everything back that is stored. */
  close(): Promise<void>;
}
