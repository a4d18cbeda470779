import { expect, it } from 'vitest';
import { shardNumber } from '../../../src/targets/kinesis/shard-number.ts';

it('is the number in the id, or none', () => {
  expect(shardNumber('shardId-000000000012')).toBe(12);
  for (const id of ['', 'shardId-12', 'a shard', 'shardId-0000000000120', '<script>-000000000001x'])
    expect(shardNumber(id)).toBe(-1);
});
