import { xxh32 } from '../../src/core/xxh32.ts';

/** One number for all the bytes of some columns; a value that is not a number has one form. */
export function digestOf(columns: readonly Float64Array[]): number {
  let digest = 0;
  for (const column of columns) {
    const bytes = new DataView(new ArrayBuffer(column.byteLength));
    column.forEach((value, i) => {
      if (Number.isNaN(value)) bytes.setUint32(8 * i, 0x7ff80000);
      else bytes.setFloat64(8 * i, value);
    });
    digest = xxh32(bytes, 0, bytes.byteLength, digest);
  }
  return digest >>> 0;
}
