import { expect, it } from 'vitest';
import { hashKeyOf } from '../../../src/wire/kinesis/hash-key.ts';

it.each([
  // RFC 1321, A.5.
  ['', 0xd41d8cd98f00b204e9800998ecf8427en],
  ['a', 0x0cc175b9c0f1b6a831c399e269772661n],
  ['message digest', 0xf96b697d7cb7938d525a2f31aaf161d0n],
])('is the MD5 of %j as one number', (key, hash) => {
  expect(hashKeyOf(Buffer.from(key))).toBe(hash);
});
