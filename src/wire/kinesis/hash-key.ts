import { createHash } from 'node:crypto';

/** Hash keys are 0 ≤ key < 2¹²⁸; the shards of a stream share them. */
export const HASH_KEY_SPACE = 1n << 128n;

/** Where a record with this partition key (UTF-8) belongs: its MD5, read as a number of 128 bits, most significant byte first. */
export function hashKeyOf(key: Uint8Array): bigint {
  const digest = createHash('md5').update(key).digest();
  return (digest.readBigUInt64BE(0) << 64n) | digest.readBigUInt64BE(8);
}
