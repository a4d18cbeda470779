import type { BrokerFaults } from './broker-faults.ts';

/** A broker that iotload brings along, for first runs and tests; never a system under test. */
export interface EmbeddedBroker {
  /** Where it listens, in the form of a target's `endpoint`. */
  readonly endpoint: string;
  /** Resources so far; the last known ones once it has ended. */
  usage(): Promise<{ cpuSeconds: number; rssBytes: number }>;
  /** Resolves when its process has ended, whatever the reason. */
  readonly ended: Promise<void>;
  /** From now on it does this harm, and no other; none at all unless it was started for that. */
  inject(faults: BrokerFaults): void;
  /** Ends it and resolves when its process has ended; idempotent. */
  stop(): Promise<void>;
}

/** How an embedded broker is started. */
export interface BrokerOptions {
  /** Port on 127.0.0.1; 0 or none: a free one. */
  port?: number;
  /** It is to do harm on purpose some time, with this seed; not on a port that was asked for. */
  faultSeed?: number;
  /** Without the limits of what it imitates, where that has any. */
  unlimited?: boolean;
}
