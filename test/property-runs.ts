const times = Number(process.env['IOTLOAD_PROPERTY_RUNS'] ?? '1');

/** How many inputs a property is tried with: `runs`, times what `IOTLOAD_PROPERTY_RUNS` asks for where it is set. */
export function propertyRuns(runs: number): { numRuns: number } {
  return { numRuns: Math.ceil(runs * times) };
}
