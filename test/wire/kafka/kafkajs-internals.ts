import { createRequire } from 'node:module';

interface Encoded {
  buffer: Buffer;
}

interface RecordInit {
  offsetDelta?: number;
  timestampDelta?: number;
  key: Buffer | null;
  value: Buffer | null;
  headers?: Record<string, Buffer>;
}

interface BatchInit {
  compression?: number;
  firstTimestamp: unknown;
  maxTimestamp: unknown;
  partitionLeaderEpoch: number;
  lastOffsetDelta: number;
  producerId: unknown;
  producerEpoch: number;
  firstSequence: number;
  records: unknown[];
}

/** A record batch as kafkajs decodes it; 64-bit numbers are decimal text. */
export interface DecodedBatch {
  firstOffset: string;
  firstTimestamp: string;
  maxTimestamp: string;
  lastOffsetDelta: number;
  producerId: string;
  producerEpoch: number;
  firstSequence: number;
  records: {
    offset: string;
    timestamp: string;
    key: Buffer | null;
    value: Buffer | null;
    headers: Record<string, Buffer>;
  }[];
}

type Encoder = new () => Record<'writeVarInt' | 'writeVarLong', (value: number) => Encoded>;
type Decoder = new (bytes: Buffer) => unknown;

const require = createRequire(import.meta.url);

/** A second opinion on our bytes: what kafkajs makes of the same values. */
export const KafkajsEncoder = require('kafkajs/src/protocol/encoder') as Encoder;
export const KafkajsDecoder = require('kafkajs/src/protocol/decoder') as Decoder;
export const { errorCodes } = require('kafkajs/src/protocol/error') as { errorCodes: { code: number; type: string }[] };
export const kafkajsLong = require('kafkajs/src/utils/long') as { fromValue(value: number | string | bigint): unknown };
export const kafkajsRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (init: RecordInit) => unknown;
export const { RecordBatch: kafkajsBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch(init: BatchInit): Promise<Encoded>;
};
export const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: unknown,
) => Promise<DecodedBatch>;
