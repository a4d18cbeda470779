import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { BridgeLog } from '../../../src/brokers/bridge/bridge-log.ts';
import { scratch } from '../../e2e/iotload.ts';

it('says in a line each what was done to which payload, and ends with the counts', () => {
  const space = scratch();
  onTestFinished(() => space.remove());
  const log = new BridgeLog(space.path('bridge.ndjson'));
  const where = { topic: 'a/b', to: 'lake', key: 'a/b' };
  expect(log.keep([{ kind: 'drop', ordinal: 3, ...where, payload: Buffer.from('{"é":1}') }])).toBe(true);
  expect(log.keep([{ kind: 'double', ordinal: 5, ...where, payload: Buffer.from([0xff, 0]) }])).toBe(true);
  log.end({ came: 9, produced: 9, dropped: 1, doubled: 1, redelivered: 0, open: 0 });
  expect(readFileSync(space.path('bridge.ndjson'), 'utf8')).toBe(
    String.raw`{"kind":"drop","ordinal":3,"topic":"a/b","to":"lake","key":"a/b","payload":"{\"é\":1}"}
{"kind":"double","ordinal":5,"topic":"a/b","to":"lake","key":"a/b","payload_base64":"/wA="}
{"kind":"end","came":9,"produced":9,"dropped":1,"doubled":1,"redelivered":0,"open":0}
`,
  );
});

it('says where it cannot be written', () => {
  const file = '/proc/nowhere/bridge.ndjson';
  expect(() => new BridgeLog(file)).toThrow(expect.objectContaining({ code: 'file-unwritable', where: file }));
});

it('says when the disk is full', () => {
  const log = new BridgeLog('/dev/full');
  const counts = { came: 0, produced: 0, dropped: 0, doubled: 0, redelivered: 0, open: 0 };
  expect(() => log.end(counts)).toThrow(expect.objectContaining({ code: 'file-unwritable', where: '/dev/full' }));
});
