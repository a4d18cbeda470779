const TWO_31 = 2147483648;
const TWO_32 = 4294967296;

/**
 * Forms of a binary number. `varint`: base 128, least group first, a negative number as its 64-bit two's complement (Protocol Buffers).
 * `zigzag`: the same of 0, −1, 1, −2, … counted from 0 (Avro, Protocol Buffers' sint). `cbor`: RFC 8949 major types 0 and 1, the shortest
 * head. The others have a fixed width; le and be tell which byte comes first.
 */
export type NumberForm =
  | 'varint'
  | 'zigzag'
  | 'cbor'
  | 'float32le'
  | 'float64le'
  | 'float64be'
  | 'fixed32le'
  | 'fixed64le';

/** Forms of a length before what is so long: of a CBOR text (major type 3), or a number as above. */
export type LengthForm = 'cbor-text' | 'varint' | 'zigzag';

/** Least and greatest number of bytes that a number from `min` to `max` takes. */
export function numberWidth(form: NumberForm, min: number, max: number): { min: number; max: number } {
  switch (form) {
    case 'float32le':
    case 'fixed32le':
      return { min: 4, max: 4 };
    case 'float64le':
    case 'float64be':
    case 'fixed64le':
      return { min: 8, max: 8 };
    default: {
      // Rounding may carry a bound over to the next integer.
      const bounds = [Math.floor(min) - 1, Math.ceil(max) + 1].map((bound) => numberBytes(form, bound).length);
      return { min: 1, max: Math.max(...bounds) };
    }
  }
}

/** A number as bytes. */
export function numberBytes(form: NumberForm, value: number): number[] {
  const view = new DataView(new ArrayBuffer(16));
  return Array.from(new Uint8Array(view.buffer, 0, writeNumber(view, 0, value, form)));
}

/** The bytes before what is `length` bytes long. */
export function lengthHead(form: LengthForm, length: number): number[] {
  if (form !== 'cbor-text') return numberBytes(form, length);
  const [first, ...rest] = numberBytes('cbor', length) as [number, ...number[]];
  return [first | 0x60, ...rest];
}

/** Writes a number in a form, an integer but for the floats; returns the end. */
export function writeNumber(view: DataView, at: number, value: number, form: NumberForm): number {
  switch (form) {
    case 'varint':
      return writeVarint(view, at, value);
    case 'zigzag':
      return writeZigzag(view, at, value);
    case 'cbor':
      return writeCborInteger(view, at, value);
    case 'float32le':
      view.setFloat32(at, value, true);
      return at + 4;
    case 'float64le':
    case 'float64be':
      view.setFloat64(at, value, form === 'float64le');
      return at + 8;
    case 'fixed32le':
      view.setInt32(at, value | 0, true);
      return at + 4;
    case 'fixed64le': {
      const high = Math.floor(value / TWO_32);
      view.setInt32(at, (value - high * TWO_32) | 0, true);
      view.setInt32(at + 4, high | 0, true);
      return at + 8;
    }
  }
}

/** Writes an integer in base 128, a negative one as its 64-bit two's complement; returns the end. */
export function writeVarint(view: DataView, at: number, value: number): number {
  if (value >= 0 && value < TWO_31) return writeSmallVarint(view, at, value | 0);
  const high = Math.floor(value / TWO_32);
  return writeVarint64(view, at, high >>> 0, (value - high * TWO_32) >>> 0);
}

/** Writes an integer as 2·value or −2·value − 1 in base 128; returns the end. */
export function writeZigzag(view: DataView, at: number, value: number): number {
  const magnitude = value < 0 ? -1 - value : value;
  const sign = value < 0 ? 1 : 0;
  if (magnitude < TWO_31 / 2) return writeSmallVarint(view, at, (magnitude << 1) | sign);
  const high = Math.floor(magnitude / TWO_32);
  const low = (magnitude - high * TWO_32) >>> 0;
  return writeVarint64(view, at, ((high << 1) | (low >>> 31)) >>> 0, ((low << 1) | sign) >>> 0);
}

function writeSmallVarint(view: DataView, at: number, value: number): number {
  while (value > 127) {
    view.setUint8(at++, (value & 127) | 128);
    value >>>= 7;
  }
  view.setUint8(at, value);
  return at + 1;
}

function writeVarint64(view: DataView, at: number, high: number, low: number): number {
  while (high > 0 || low > 127) {
    view.setUint8(at++, (low & 127) | 128);
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  view.setUint8(at, low);
  return at + 1;
}

/** Writes an integer as CBOR with the shortest head; returns the end. */
export function writeCborInteger(view: DataView, at: number, value: number): number {
  const major = value < 0 ? 0x20 : 0;
  const n = value < 0 ? -1 - value : value;
  if (n < 24) {
    view.setUint8(at, major | n);
    return at + 1;
  }
  if (n < 0x100) {
    view.setUint16(at, ((major | 24) << 8) | n);
    return at + 2;
  }
  if (n < 0x10000) {
    view.setUint8(at, major | 25);
    view.setUint16(at + 1, n);
    return at + 3;
  }
  if (n < TWO_32) {
    view.setUint8(at, major | 26);
    view.setUint32(at + 1, n);
    return at + 5;
  }
  view.setUint8(at, major | 27);
  const high = Math.floor(n / TWO_32);
  view.setUint32(at + 1, high);
  view.setUint32(at + 5, n - high * TWO_32);
  return at + 9;
}

/**
 * Puts the length of what was written from `from` on, behind `reserved` bytes kept for it, into these; returns the end, which lies lower
 * where the length took fewer bytes.
 */
export function writeLength(view: DataView, from: number, reserved: number, at: number, form: LengthForm): number {
  const content = from + reserved;
  const length = at - content;
  const taken = lengthSize(form, length);
  const spare = reserved - taken;
  if (spare > 0) for (let i = content; i < at; i++) view.setUint8(i - spare, view.getUint8(i));
  if (form === 'cbor-text') {
    writeCborInteger(view, from, length);
    view.setUint8(from, view.getUint8(from) | 0x60);
  } else if (form === 'varint') writeVarint(view, from, length);
  else writeZigzag(view, from, length);
  return at - spare;
}

/** Bytes that a length takes. */
function lengthSize(form: LengthForm, length: number): number {
  if (form === 'cbor-text') return length < 24 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
  let size = 1;
  for (let rest = form === 'zigzag' ? length >>> 6 : length >>> 7; rest > 0; rest >>>= 7) size++;
  return size;
}
