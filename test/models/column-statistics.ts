import { xxh32 } from '../../src/core/xxh32.ts';
import type { Device } from '../../src/models/model.ts';
import { seatKey } from '../contracts/model.ts';

export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

export const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - middle) ** 2)));
};

export function quantile(values: readonly number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.round(p * (values.length - 1))] as number;
}

/** Shares of steps between neighbours of 0, ±1, ±2 and more. */
export function stepShares(values: readonly number[]): number[] {
  const counts = [0, 0, 0, 0];
  for (let i = 1; i < values.length; i++) {
    const step = Math.min(3, Math.abs((values[i] as number) - (values[i - 1] as number)));
    counts[step] = (counts[step] as number) + 1;
  }
  return counts.map((count) => count / (values.length - 1));
}

/** Rows of a seat, `gapUs` apart from `startUs` on. */
export function rowsOf(
  device: Device,
  seat: number,
  { width, count, startUs, gapUs }: { width: number; count: number; startUs: number; gapUs: number },
): number[][] {
  const key = seatKey(seat);
  return Array.from({ length: count }, (_, n) => {
    const out = new Float64Array(width);
    device.sample(key, n, device.sampledAt(key, n, startUs + Math.floor(n * gapUs)), out, 0);
    return [...out];
  });
}

/** A number for ten thousand rows of many seats, the same on every machine; a NaN counts as any other. */
export function fingerprint(device: Device, width: number, startUs: number, gapUs: number): number {
  const values = new Float64Array(width * 10_000);
  for (let i = 0; i < 10_000; i++) {
    const key = seatKey(i % 257);
    device.sample(key, i, device.sampledAt(key, i, startUs + i * gapUs), values, i * width);
  }
  const bigEndian = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value, i) => {
    bigEndian.setFloat64(i * 8, Number.isNaN(value) ? -1e300 : value);
  });
  return xxh32(bigEndian, 0, bigEndian.byteLength, 0) >>> 0;
}
