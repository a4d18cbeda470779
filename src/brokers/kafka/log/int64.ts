const TWO_32 = 0x1_0000_0000;

/** A signed 64-bit number, big-endian, as a double: exact up to 2⁵³, as all offsets and times of this world are. */
export function int64At(view: DataView, at: number): number {
  return view.getInt32(at) * TWO_32 + view.getUint32(at + 4);
}

/** Writes a safe integer as a signed 64-bit number, big-endian. */
export function setInt64At(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  view.setInt32(at, high);
  view.setUint32(at + 4, value - high * TWO_32);
}
