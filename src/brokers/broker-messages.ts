import type { BrokerFaults } from './broker-faults.ts';

/** What the parent asks of a broker's process. */
export type BrokerRequest = { kind: 'usage'; id: number } | { kind: 'inject'; faults: BrokerFaults };

/** What a broker's process says. */
export type BrokerReply =
  | { kind: 'listening'; port: number }
  | { kind: 'failed'; code: string; message: string }
  | { kind: 'usage'; id: number; cpuSeconds: number; rssBytes: number };
