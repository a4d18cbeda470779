import { expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { PublishEncoder } from '../../../src/targets/mqtt/publish-encoder.ts';
import { PublishLane } from '../../../src/targets/mqtt/publish-lane.ts';
import { Resender } from '../../../src/targets/mqtt/resender.ts';
import type { Session } from '../../../src/targets/mqtt/session.ts';
import { Settlements } from '../../../src/targets/mqtt/settlements.ts';
import { createPublishLayout, readPublish } from '../../../src/wire/mqtt-publish.ts';
import { payloadOf, SinkRecord, sinkContext, testFleet } from '../../contracts/sink.ts';

const fleet = testFleet(0, 3, 'test/<device>');

/** Slots 0 to 4 are in flight, 1 and 3 received by the broker; returns what a resumed session is written. */
function resent(qos: 1 | 2, limits = { receiveMaximum: null as number | null, maximumPacketSize: 1_000_000 }) {
  const record = new SinkRecord();
  const lane = new PublishLane(0, qos, 10, new Int32Array(1), () => {});
  lane.connected();
  const ids = [0, 1, 2, 3, 4].map((slot) => lane.begin(0, slot, slot));
  if (qos === 2) for (const slot of [3, 1]) lane.receive(ids[slot] as number);
  lane.suspended();
  lane.connected(limits, true);
  let bytes: Buffer = Buffer.alloc(0);
  const session = {
    write: (frames: Buffer) => {
      bytes = frames;
      return true;
    },
  };
  new Resender(sinkContext(record, [fleet]), new PublishEncoder(4, qos, false)).resend(
    lane,
    session as unknown as Session,
  );
  return { ids, bytes, record, lane };
}

/** PUBLISH frames with a remaining length of up to two bytes. */
function publishes(bytes: Buffer) {
  const found: { packetId: number; dup: boolean; qos: number; payload: string }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const long = (bytes[at + 1] as number) >= 128;
    const body = at + (long ? 3 : 2);
    const length = ((bytes[at + 1] as number) & 127) + (long ? 128 * (bytes[at + 2] as number) : 0);
    const layout = createPublishLayout();
    readPublish(bytes, at, body, body + length, layout);
    const payload = bytes.toString('latin1', layout.payloadStart, body + length);
    found.push({ packetId: layout.packetId, dup: layout.dup, qos: layout.qos, payload });
    at = body + length;
  }
  return found;
}

it('makes what was not answered anew, under its old identifier, with DUP, oldest first', () => {
  const { ids, bytes, record } = resent(1);
  const expected = ids.map((packetId, slot) => ({ packetId, dup: true, qos: 1, payload: payloadOf(0, slot) }));
  expect(publishes(bytes)).toEqual(expected);
  expect(record.again).toEqual(['0/0', '0/1', '0/2', '0/3', '0/4']);
});

it('releases what the broker has received before it publishes the rest', () => {
  const { ids, bytes, record } = resent(2);
  const release = (slot: number): number[] => [0x62, 2, (ids[slot] as number) >> 8, (ids[slot] as number) & 255];
  expect([...bytes.subarray(0, 8)]).toEqual([...release(1), ...release(3)]);
  expect(publishes(bytes.subarray(8)).map(({ packetId }) => packetId)).toEqual([ids[0], ids[2], ids[4]]);
  expect(record.again).toEqual(['0/0', '0/2', '0/4']);
});

it('leaves to its timeout what is more or longer than the broker takes by now', () => {
  expect(resent(1, { receiveMaximum: 2, maximumPacketSize: 1_000_000 }).record.again).toEqual(['0/0', '0/1']);
  const short = resent(1, { receiveMaximum: null, maximumPacketSize: 120 });
  expect(short.record.again).toEqual(['0/0', '0/1']);
  const settlements = new Settlements([0], short.record);
  settlements.begin(Outcome.unknown, 'timeout', 9);
  expect(short.lane.expire(9, settlements)).toBe(5);
});
