const SEED = 0x9747b28c | 0;
const M = 0x5bd1e995;

/**
 * 32-bit murmur2 of `bytes[from … to)` as Kafka's Java client computes it, as a signed integer.
 * Source: Austin Appleby's MurmurHash2 with Kafka's seed; words are little-endian.
 */
export function murmur2(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
  let hash = SEED ^ (to - from);
  let at = from;
  for (; at + 4 <= to; at += 4) {
    let word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    word = Math.imul(word, M);
    word ^= word >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(word, M);
  }
  const rest = to - at;
  if (rest > 2) hash ^= (bytes[at + 2] as number) << 16;
  if (rest > 1) hash ^= (bytes[at + 1] as number) << 8;
  if (rest > 0) hash = Math.imul(hash ^ (bytes[at] as number), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/** Partition of a key among `partitions`, as the Java client's default partitioner chooses it. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}
