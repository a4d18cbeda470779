/** A share of one in percent, `0.1 %`, or in parts per million where percent would be all zeros. */
export function formatShare(share: number): string {
  if (share !== 0 && Math.abs(share) < 1e-5) return `${Number((share * 1e6).toPrecision(3))} ppm`;
  return `${Number((share * 100).toPrecision(5))} %`;
}
