import type { WireForm } from '../../wire/kinesis/wire-form.ts';

/** A shard as the service lists it. */
export interface ShardInfo {
  id: string;
  /** Bounds of its part of the key space, both inclusive. */
  firstHash: bigint;
  lastHash: bigint;
  /** Whether it takes records; one that was split or merged does not. */
  open: boolean;
  /** What it came from; none for the shards of a new stream. */
  parents: readonly string[];
}

export interface StreamSummary {
  /** ACTIVE, CREATING, UPDATING, DELETING. */
  status: string;
  arn: string;
  mode: 'provisioned' | 'on-demand';
  openShards: number;
  retentionHours: number;
  encrypted: boolean;
  /** When it was made, ms since 1970. */
  createdMs: number;
}

/** Where a reader begins in a shard. */
export type ShardStart =
  | { at: 'start' }
  | { at: 'end' }
  | { at: 'after'; sequence: string }
  | { at: 'time'; wallMs: number };

/**
 * The calls of the API that iotload makes, on one stream and one set of connections. Each rejects with a `CallError`. No call is repeated
 * here.
 */
export interface KinesisCalls {
  /** What is worth knowing about how the calls are made, a sentence without its end; null for nothing. */
  readonly note?: string | null;
  /** null where there is no such stream. */
  describe(): Promise<StreamSummary | null>;
  create(shards: number | 'on-demand'): Promise<void>;
  /** All shards, page by page, those included that take no records any more but may still hold some. */
  shards(): Promise<ShardInfo[]>;
  /** Whether the endpoint takes PutRecords as CBOR. Asks it to store nothing, and never rejects: without an answer it does not. */
  takesCbor(): Promise<boolean>;
  /** Sends a whole request body, in that form, and resolves with the answer's, in whatever form; the body must not change before. */
  putRecords(body: Uint8Array, form: WireForm): Promise<Uint8Array>;
  iterator(shard: string, start: ShardStart): Promise<string>;
  /** Resolves with the answer's body, JSON. */
  getRecords(iterator: string, limit: number): Promise<Uint8Array>;
  close(): void;
}

/** What a failed call comes to. */
export type CallFailure =
  /** The request was certainly not carried out, and may be later: a limit was reached. */
  | 'throttled'
  /** It never left this machine. */
  | 'unsent'
  /** Nobody knows whether it was carried out. */
  | 'ambiguous'
  /** It was not carried out, and never will be. */
  | 'refused'
  /** The iterator is too old. */
  | 'expired-iterator'
  /** No such stream or shard. */
  | 'missing';

export class CallError extends Error {
  readonly failure: CallFailure;
  /** A short stable word for outcomes: "throttled", "access denied", "connection lost". */
  readonly reason: string;
  /** The service's own name of it, or Node's; empty where there is none. */
  readonly kind: string;

  constructor(failure: CallFailure, reason: string, kind: string, cause: unknown) {
    super(`${reason}${kind === '' ? '' : ` (${kind})`}`, { cause });
    this.name = 'CallError';
    this.failure = failure;
    this.reason = reason;
    this.kind = kind;
  }
}
