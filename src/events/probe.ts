/** A message outside the schedule with which a run finds out that its verifier receives. */
export function encodeProbe(runId: string): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ iotload: 'probe', run: runId }));
}
