import { placesFor } from '../sizing.ts';

/*
 * What a rate of events takes in Kinesis. Limits of a shard and rules of billing are those of its developer guide: 1,000 records/s and 1 MiB/s
 * with keys; a PUT payload unit is 25 KiB of a record; on demand a record is billed in whole KiB.
 */

const RECORDS_PER_SHARD = 1000;
const BYTES_PER_SHARD = 1024 * 1024;
const PUT_UNIT_BYTES = 25 * 1024;
const ON_DEMAND_STEP = 1024;
/** An aggregated record without its events: magic number and MD5. */
const BLOB_BYTES = 20;
/** What an event takes in it besides payload and key: tags and lengths. */
const ENTRY_BYTES = 10;

/** A stream of equal records. */
export interface RecordFlow {
  /** Events in a record. */
  events: number;
  /** Of a record, key included. */
  bytes: number;
}

/** Each event a record of its own. */
export function plainRecords(eventBytes: number): RecordFlow {
  return { events: 1, bytes: eventBytes };
}

/**
 * Records that hold as many events as fit, or as come together: per shard and worker, `perSecond` events within `lingerSeconds`. Not less
 * than one.
 */
export function aggregatedRecords(
  eventBytes: number,
  { recordBytes, perSecond, lingerSeconds }: { recordBytes: number; perSecond: number; lingerSeconds: number },
): RecordFlow {
  const each = eventBytes + ENTRY_BYTES;
  const fitting = Math.floor((recordBytes - BLOB_BYTES) / each);
  const events = Math.max(1, Math.min(fitting, 1 + perSecond * lingerSeconds));
  return { events, bytes: BLOB_BYTES + events * each };
}

/** Shards for so many events a second, filled to the headroom. */
export function shardsFor(eventsPerSecond: number, { events, bytes }: RecordFlow): { records: number; bytes: number } {
  const recordsPerSecond = eventsPerSecond / events;
  return {
    records: placesFor(recordsPerSecond / RECORDS_PER_SHARD),
    bytes: placesFor((recordsPerSecond * bytes) / BYTES_PER_SHARD),
  };
}

/** Share of what one shard takes that so many events a second with one key are: above 1 no number of shards is enough. */
export function shareOfShard(eventsPerSecond: number, { events, bytes }: RecordFlow): number {
  const recordsPerSecond = eventsPerSecond / events;
  return Math.max(recordsPerSecond / RECORDS_PER_SHARD, (recordsPerSecond * bytes) / BYTES_PER_SHARD);
}

/** PUT payload units of one event. */
export function putUnits({ events, bytes }: RecordFlow): number {
  return Math.ceil(bytes / PUT_UNIT_BYTES) / events;
}

/** Bytes that one event is billed as on demand. */
export function onDemandBytes({ events, bytes }: RecordFlow): number {
  return (Math.ceil(bytes / ON_DEMAND_STEP) * ON_DEMAND_STEP) / events;
}
