/** What this stand-in for a broker does, by the port that it is started with; with any other it says that it listens. */
export const Port = { taken: 1, forbidden: 2, broken: 3, ends: 4, killed: 5, endsWith42: 6 } as const;

/** Where it says that it listens: what it was told. */
export function toldPort(port: number, faultSeed: number | null): number {
  return port * 1000 + (faultSeed ?? 999);
}
