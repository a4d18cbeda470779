/** What Kinesis costs, USD. A price list is data: a scenario may replace any of it (`target.prices`). */
export interface KinesisPrices {
  /** Day on which the prices were looked up, and the region that they are of. */
  asOf: string;
  region: string;
  shardHour: number;
  /** A million PUT payload units, of 25 KiB each. */
  millionPutUnits: number;
  onDemandStreamHour: number;
  /** A GiB written on demand, each record counted in whole KiB. */
  onDemandGibIn: number;
  onDemandGibOut: number;
}

/** List prices of us-east-1. From tables at second hand: they say in which order of magnitude a bill is, and are meant to be replaced. */
export const listPrices: KinesisPrices = {
  asOf: '2026-11-21',
  region: 'us-east-1',
  shardHour: 0.015,
  millionPutUnits: 0.014,
  onDemandStreamHour: 0.04,
  onDemandGibIn: 0.08,
  onDemandGibOut: 0.04,
};
