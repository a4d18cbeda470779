/** Bytes of the longest text that `writeDouble` writes: -2.2250738585072014E-308. */
export const LONGEST_DOUBLE = 24;

/**
 * Writes a double in as few digits as tell it from its neighbours; returns the end. The form is that of Java's `Double.toString`, and so
 * of what Spark writes: digits on both sides of a point, with an exponent below 10^-3 and from 10^7 on. Makes a text of each value: for
 * payloads that have to look so.
 */
export function writeDouble(view: DataView, at: number, value: number): number {
  const size = value < 0 ? -value : value;
  const plain = (size >= 1e-3 && size < 1e7) || size === 0;
  // ECMAScript demands the shortest digits of both.
  const text = plain ? String(value) : value.toExponential();
  let hasPoint = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === POINT) hasPoint = true;
    if (code === PLUS) continue;
    if (code === EXPONENT) {
      at = hasPoint ? at : writePoint(view, at);
      hasPoint = true;
      view.setUint8(at++, CAPITAL_EXPONENT);
    } else view.setUint8(at++, code);
  }
  return hasPoint ? at : writePoint(view, at);
}

const scratch = Buffer.alloc(LONGEST_DOUBLE + 2);
const scratchView = new DataView(scratch.buffer, scratch.byteOffset, scratch.length);

/** The text that `writeDouble` writes. */
export function doubleText(value: number): string {
  return scratch.toString('latin1', 0, writeDouble(scratchView, 0, value));
}

const POINT = 0x2e;
const PLUS = 0x2b;
const EXPONENT = 0x65;
const CAPITAL_EXPONENT = 0x45;

function writePoint(view: DataView, at: number): number {
  view.setUint16(at, 0x302e, true);
  return at + 2;
}
