import { expect, it } from 'vitest';
import { unusedSink } from '../../src/engine/unused-sink.ts';

it('a target to which nobody sends takes nothing and is soon closed', async () => {
  const sink = unusedSink();
  expect([sink.lanes, sink.room.length]).toEqual([0, 0]);
  await sink.publish('a', new Uint8Array());
  await sink.flush(0);
  await sink.close();
});
