const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [COMMA, COLON] = [0x2c, 0x3a];
const [OPEN_MAP, CLOSE_MAP, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
/** Maps and lists within each other; more is not looked into. */
const MOST_NESTED = 64;

const encoder = new TextEncoder();

/**
 * Finds the value that a JSON pointer (RFC 6901) names, in bytes, without making objects of the rest. Takes what is not JSON for a message
 * without such a value, as far as it looks: nothing behind the value is read.
 */
export class JsonPlaces {
  /** The value found: `bytes[from … to)`, with its quotes where it is a string. */
  from = 0;
  to = 0;
  isString = false;
  readonly #steps: readonly { key: Uint8Array; index: number }[];
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #end = 0;

  /** `pointer` is a valid one, such as `/payload`. */
  constructor(pointer: string) {
    this.#steps = pointer
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
      .map((step) => ({ key: encoder.encode(step), index: /^(0|[1-9]\d{0,8})$/.test(step) ? Number(step) : -1 }));
  }

  /** Whether `bytes[start … end)` has such a value. */
  find(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    for (const { key, index } of this.#steps) {
      this.#space();
      const open = bytes[this.#at];
      if (this.#at >= end) return false;
      if (open === OPEN_MAP ? !this.#enterMember(key) : open !== OPEN_LIST || !this.#enterItem(index)) return false;
    }
    this.#space();
    this.from = this.#at;
    this.isString = this.#at < end && bytes[this.#at] === QUOTE;
    if (!this.#skipValue(0)) return false;
    this.to = this.#at;
    return true;
  }

  /** Goes to the value of a member; of several of the name, the first. */
  #enterMember(key: Uint8Array): boolean {
    this.#at++;
    for (;;) {
      this.#space();
      const from = this.#at;
      if (!this.#skipString()) return false;
      const found = this.#isKey(from + 1, this.#at - 1, key);
      this.#space();
      if (this.#next() !== COLON) return false;
      this.#at++;
      if (found) return true;
      this.#space();
      if (!this.#skipValue(0)) return false;
      this.#space();
      if (this.#next() !== COMMA) return false;
      this.#at++;
    }
  }

  #enterItem(index: number): boolean {
    if (index < 0) return false;
    this.#at++;
    for (let i = 0; i < index; i++) {
      this.#space();
      if (!this.#skipValue(0)) return false;
      this.#space();
      if (this.#next() !== COMMA) return false;
      this.#at++;
    }
    this.#space();
    return this.#next() !== CLOSE_LIST;
  }

  /** Keys with escapes in them are compared as they read. */
  #isKey(from: number, to: number, key: Uint8Array): boolean {
    const bytes = this.#bytes;
    let escaped = false;
    for (let i = from; i < to && !escaped; i++) escaped = bytes[i] === BACKSLASH;
    if (escaped) {
      const plain = new Uint8Array(to - from);
      const length = unescapeString(bytes, from, to, plain, 0);
      return length === key.length && key.every((byte, i) => plain[i] === byte);
    }
    if (to - from !== key.length) return false;
    for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key[i]) return false;
    return true;
  }

  #next(): number {
    return this.#at < this.#end ? (this.#bytes[this.#at] as number) : -1;
  }

  #space(): void {
    const bytes = this.#bytes;
    while (this.#at < this.#end) {
      const byte = bytes[this.#at] as number;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }

  #skipString(): boolean {
    const bytes = this.#bytes;
    if (this.#next() !== QUOTE) return false;
    for (let i = this.#at + 1; i < this.#end; i++) {
      const byte = bytes[i];
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) {
        this.#at = i + 1;
        return true;
      }
    }
    return false;
  }

  #skipValue(depth: number): boolean {
    const first = this.#next();
    if (first === QUOTE) return this.#skipString();
    if (first === OPEN_MAP || first === OPEN_LIST) return depth < MOST_NESTED && this.#skipNested(first, depth + 1);
    // A number or a word ends where something else begins.
    const from = this.#at;
    while (this.#at < this.#end && isPlain(this.#bytes[this.#at] as number)) this.#at++;
    return this.#at > from;
  }

  #skipNested(open: number, depth: number): boolean {
    const close = open === OPEN_MAP ? CLOSE_MAP : CLOSE_LIST;
    this.#at++;
    this.#space();
    if (this.#next() === close) {
      this.#at++;
      return true;
    }
    for (;;) {
      this.#space();
      if (open === OPEN_MAP) {
        if (!this.#skipString()) return false;
        this.#space();
        if (this.#next() !== COLON) return false;
        this.#at++;
        this.#space();
      }
      if (!this.#skipValue(depth)) return false;
      this.#space();
      const next = this.#next();
      if (next !== close && next !== COMMA) return false;
      this.#at++;
      if (next === close) return true;
    }
  }
}

/** Letters, digits, plus, minus and point. */
function isPlain(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

const escapes: Readonly<Record<number, number>> = {
  34: 0x22,
  92: 0x5c,
  47: 0x2f,
  98: 0x08,
  102: 0x0c,
  110: 0x0a,
  114: 0x0d,
  116: 0x09,
};

/** Writes the UTF-8 text of a JSON string, given between its quotes, to `into[at …)`; returns its end, -1 where an escape is none. */
export function unescapeString(bytes: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
  let end = at;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte !== BACKSLASH) {
      into[end++] = byte;
      continue;
    }
    const letter = bytes[++i] as number;
    if (i < to && letter === 0x75) {
      let unit = hexUnit(bytes, i + 1, to);
      i += 4;
      const low = unit >= 0xd800 && unit < 0xdc00 && bytes[i + 1] === BACKSLASH && bytes[i + 2] === 0x75;
      if (low) {
        const second = hexUnit(bytes, i + 3, to);
        if (second >= 0xdc00 && second < 0xe000) {
          unit = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
          i += 6;
        }
      }
      // An escape is at least as long as the bytes of what it means.
      if (unit < 0) return -1;
      end += encoder.encodeInto(String.fromCodePoint(unit), into.subarray(end)).written;
      continue;
    }
    const plain = i < to ? escapes[letter] : undefined;
    if (plain === undefined) return -1;
    into[end++] = plain;
  }
  return end;
}

function hexUnit(bytes: Uint8Array, from: number, to: number): number {
  if (from + 4 > to) return -1;
  let unit = 0;
  for (let i = from; i < from + 4; i++) {
    const digit = Number.parseInt(String.fromCharCode(bytes[i] as number), 16);
    if (Number.isNaN(digit)) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/** Writes what a string of base64 holds to `into[at …)`; returns its end, -1 where it is none. */
export function decodeBase64(bytes: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) return -1;
  const decoded = Buffer.from(text, 'base64');
  into.set(decoded, at);
  return at + decoded.length;
}
