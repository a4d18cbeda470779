import type { Op } from './layout.ts';

/** What an op can write: one of some texts, or any number of bytes of a set. */
type Writes = { texts: readonly Uint8Array[] } | { among: Uint8Array };

/**
 * Whether the text that ends what `ops` write cannot stand there any earlier, whatever their values: then looking for it finds its end.
 * Errs on the safe side: what varies is taken to be of any length.
 */
export function endsUniquely(ops: readonly Op[], text: Uint8Array): boolean {
  if (text.length === 0) return false;
  const all = ops.map(writesOf);
  // Pairs of op and offset in the text from which the rest of it is known not to follow.
  const refuted = new Set<number>();
  const follows = (op: number, from: number): boolean => {
    if (from === text.length) return true;
    const writes = all[op];
    const key = op * (text.length + 1) + from;
    if (writes === undefined || refuted.has(key)) return false;
    if (canFollow(writes, op, from)) return true;
    refuted.add(key);
    return false;
  };
  const canFollow = (writes: Writes, op: number, from: number): boolean => {
    if ('texts' in writes) return writes.texts.some((bytes) => continues(bytes, 0, op, from));
    for (let at = from; ; at++) {
      if (follows(op + 1, at)) return true;
      if (at === text.length || writes.among[text[at] as number] === 0) return false;
    }
  };
  /** Whether the text from `from` on is what `bytes` hold from `start` on, and, behind them, what later ops write. */
  const continues = (bytes: Uint8Array, start: number, op: number, from: number): boolean => {
    const length = Math.min(bytes.length - start, text.length - from);
    for (let i = 0; i < length; i++) if (bytes[start + i] !== text[from + i]) return false;
    return follows(op + 1, from + length);
  };
  const last = all.length - 1;
  return !all.some((writes, op) => {
    if ('among' in writes) return writes.among[text[0] as number] === 1 && follows(op, 1);
    return writes.texts.some((bytes) => {
      const starts = op === last ? bytes.length - text.length : bytes.length;
      for (let start = 0; start < starts; start++) if (continues(bytes, start, op, 0)) return true;
      return false;
    });
  });
}

/** How often a byte stands in what `ops` write; -1 where that depends on the event. */
export function countOf(ops: readonly Op[], byte: number | undefined): number {
  if (byte === undefined) return -1;
  let count = 0;
  for (const op of ops) {
    const counts =
      op.op === 'optional' ? [countOf(op.present, byte), countOf(op.absent, byte)] : countsOf(writesOf(op), byte);
    const [first = 0] = counts;
    if (first < 0 || counts.some((other) => other !== first)) return -1;
    count += first;
  }
  return count;
}

function countsOf(writes: Writes, byte: number): number[] {
  if ('among' in writes) return [writes.among[byte] === 0 ? 0 : -1];
  return writes.texts.map((text) => text.filter((other) => other === byte).length);
}

const encoder = new TextEncoder();
const digits = among('0123456789');
const decimal = among('0123456789.-');
const exponential = among('0123456789.-E');
const hexadecimal = among('0123456789abcdef');
const uuid = among('0123456789abcdef-');
const anything: Writes = { among: new Uint8Array(256).fill(1) };
const instant = among('0123456789-:.TZ ');

function among(characters: string): Writes {
  const set = new Uint8Array(256);
  for (const byte of encoder.encode(characters)) set[byte] = 1;
  return { among: set };
}

function writesOf(op: Op): Writes {
  switch (op.op) {
    case 'literal':
      return { texts: [encoder.encode(op.text)] };
    case 'bytes':
      return { texts: [Uint8Array.from(op.bytes)] };
    case 'choice':
      return { texts: op.texts.map((text) => encoder.encode(text)) };
    case 'choice-bytes':
      return { texts: op.choices.map((bytes) => Uint8Array.from(bytes)) };
    case 'integer':
    case 'time-ms':
      return digits;
    case 'decimal':
    case 'time-seconds':
      return decimal;
    case 'double':
      return exponential;
    case 'time-iso':
    case 'time-utc':
      return instant;
    case 'uuid-random':
      return uuid;
    case 'number':
    case 'optional':
    case 'open':
    case 'close':
    case 'filler':
    case 'filler-cbor':
      return anything;
    case 'hex-words':
    case 'hex-integer':
    case 'hex-random':
    case 'checksum':
      return hexadecimal;
  }
}
