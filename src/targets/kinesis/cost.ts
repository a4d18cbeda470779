import { onDemandBytes, putUnits, type RecordFlow } from './capacity.ts';
import type { KinesisPrices } from './prices.ts';

const GIB = 1024 ** 3;

/** USD for so many hours: `hours` those of the stream, which are billed once they begin. */
export function provisionedUsd(
  { shards, hours, events }: { shards: number; hours: number; events: number },
  flow: RecordFlow,
  prices: KinesisPrices,
): number {
  return shards * hours * prices.shardHour + (events * putUnits(flow) * prices.millionPutUnits) / 1e6;
}

/** The same on demand, reading back included where that is done. */
export function onDemandUsd(
  { hours, events, reads }: { hours: number; events: number; reads: boolean },
  flow: RecordFlow,
  prices: KinesisPrices,
): number {
  const gib = (events * onDemandBytes(flow)) / GIB;
  return hours * prices.onDemandStreamHour + gib * (prices.onDemandGibIn + (reads ? prices.onDemandGibOut : 0));
}
