/** Which stream a request is for. */
export type StreamAddress = { readonly name: string } | { readonly arn: string };

/** Writes the parts of a PutRecords request in one form. */
export interface EntryWriter {
  /** What stands between two entries: a byte, or nothing where it is null. */
  readonly divider: number | null;
  /** Behind the last entry. */
  readonly end: Uint8Array;
  /** In front of the first entry. */
  beginning(stream: StreamAddress): Uint8Array;
  /** Most bytes of an entry with data, key and explicit hash key of so many. */
  most(data: number, key: number, hashKey: number): number;
  /**
   * Writes an entry at `at`, where there has to be room: `data[from … to)` under the partition key `key[keyFrom … keyTo)`, UTF-8, and the
   * decimal digits of a hash key, if any. Returns the position behind it.
   */
  write(
    out: Buffer,
    at: number,
    data: Uint8Array,
    from: number,
    to: number,
    key: Uint8Array,
    keyFrom: number,
    keyTo: number,
    hashKey: Uint8Array | null,
  ): number;
}

/** Short texts: a native copy would need an object. */
export function put(out: Uint8Array, at: number, text: Uint8Array): number {
  for (let i = 0; i < text.length; i++) out[at++] = text[i] as number;
  return at;
}
