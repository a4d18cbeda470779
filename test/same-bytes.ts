import { expect } from 'vitest';

/** Expects the same bytes; compares them natively first, as telling element from element takes a thousand times as long. */
export function expectSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(actual, expected) !== 0) expect(actual).toEqual(expected);
}
