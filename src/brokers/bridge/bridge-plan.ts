import type { Selection } from '../fault-chooser.ts';
import type { StallPlan } from '../stalls.ts';

/** Where messages of the topics that a filter matches go. */
export interface BridgeRoute {
  /** Topic filter of MQTT; no two of a bridge match the same topic. */
  filter: string;
  /** Topic of Kafka. */
  topic: string;
}

/**
 * What stands in a record's value: the payload as it came, or the result of a rule that selects everything, as EMQX's bridge writes it: JSON,
 * with the payload as a string under `payload`. A payload that is not UTF-8 does not survive that.
 */
export type Wrap = 'none' | 'rule';

/**
 * A record's key: the topic of MQTT, or one of its levels, counted from 1, that names the client. Who published a message no subscriber is
 * told, so that a bridge outside the broker finds the client in the topic only.
 */
export type RecordKey = 'topic' | { level: number };

/** What a bridge does wrong on purpose. A message is dropped or doubled, never both. */
export interface BridgeFaultPlan {
  /** Seed of the shares; default 1. */
  seed?: number;
  /** Acknowledged, and not produced. */
  drop?: Selection;
  /** Produced twice, one behind the other. */
  double?: Selection;
  /** From the message to its record, ms. */
  delayMs?: number;
  /** Nothing is produced, and soon nothing is taken. */
  stall?: StallPlan;
}

/** All that the process of a bridge has to know. */
export interface BridgePlan {
  /** Names its session with the MQTT broker, and its client with Kafka's. */
  id: string;
  /** `mqtt://host:port` */
  from: string;
  /** `host:port,host:port`, with or without `kafka://` before it. */
  to: string;
  routes: readonly BridgeRoute[];
  wrap: Wrap;
  key: RecordKey;
  faults: BridgeFaultPlan;
  /** File of what was done to which message; null for none. */
  log: string | null;
  /** Topics that Kafka lacks are made; otherwise the bridge does not start. */
  createsTopics: boolean;
}

/** What a bridge has done so far, readiness markers left out. */
export interface BridgeCounts {
  /** Messages that came for the first time. */
  came: number;
  /** Records that Kafka has acknowledged. */
  produced: number;
  dropped: number;
  doubled: number;
  /** Messages that the broker sent again after a lost connection, and that were not produced again. */
  redelivered: number;
  /** Messages that came and of which nothing is known yet. */
  open: number;
}
