import { once } from 'node:events';
import { expect, it } from 'vitest';
import { forkSibling } from '../../src/core/child-process.ts';

it('a child whose parent has hung up before it listens ends itself', async () => {
  const child = forkSibling(import.meta.url, 'orphan');
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([7, null]);
});
