import fc from 'fast-check';
import { generate, type Packet, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { IotloadError } from '../../src/core/errors.ts';
import { readConnack } from '../../src/wire/mqtt-connack.ts';
import { Answer, publishBytes, publishFlags, writeAnswer, writePublish } from '../../src/wire/mqtt-frames.ts';
import { createPublishLayout, readPublish, readPublish5 } from '../../src/wire/mqtt-publish.ts';
import { FrameSplitter } from '../../src/wire/mqtt-splitter.ts';
import { propertyBytes, writePublish5 } from '../../src/wire/mqtt5-publish.ts';
import { propertyRuns } from '../property-runs.ts';

type Version = 4 | 5;

const versions = fc.constantFrom<Version>(4, 5);
const ids = fc.integer({ min: 1, max: 65_535 });

/** A frame that we write, and what somebody else has to read in it. */
interface Written {
  kind: 'publish' | keyof typeof Answer;
  topic: string;
  payload: Uint8Array;
  qos: 0 | 1 | 2;
  retain: boolean;
  dup: boolean;
  id: number;
}

const written = fc.record<Written>({
  kind: fc.constantFrom('publish', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp'),
  topic: fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).filter((topic) => !/[+#\0]/u.test(topic)),
  payload: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constant(new Uint8Array(17_000).fill(9))),
  qos: fc.constantFrom(0, 1, 2),
  retain: fc.boolean(),
  dup: fc.boolean(),
  id: ids,
});

function frameOf({ kind, topic, payload, qos, retain, dup, id }: Written, version: Version): Buffer {
  if (kind !== 'publish') {
    const frame = Buffer.alloc(4);
    writeAnswer(frame, 0, Answer[kind], id);
    return frame;
  }
  const bytes = Buffer.concat([Buffer.from(topic), payload]);
  const [payloadAt, flags] = [bytes.length - payload.length, publishFlags(qos, retain, dup && qos > 0)];
  const frame = Buffer.alloc(publishBytes(payloadAt, payload.length, qos, version === 5 ? propertyBytes(0) : 0));
  if (version === 4) writePublish(frame, 0, bytes, 0, payloadAt, bytes.length, flags, id);
  else writePublish5(frame, 0, bytes, 0, payloadAt, payloadAt, bytes.length, flags, id);
  return frame;
}

/** Pieces of a stream, cut at these places. */
function pieces(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const borders = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort((a, b) => a - b);
  return borders.slice(1).map((to, i) => Buffer.from(stream.subarray(borders[i], to)));
}

describe('what we write', () => {
  it('is read by mqtt-packet as it was meant, however the stream is cut', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 20 });
    fc.assert(
      fc.property(versions, fc.array(written, { maxLength: 8 }), cuts, (version, all, at) => {
        const reader = parser({ protocolVersion: version });
        const found: Packet[] = [];
        reader.on('packet', (packet) => found.push(packet));
        for (const piece of pieces(Buffer.concat(all.map((one) => frameOf(one, version))), at)) reader.parse(piece);
        expect(found).toHaveLength(all.length);
        for (const [i, { kind, topic, payload, qos, retain, dup, id }] of all.entries()) {
          const packet = found[i] as Packet;
          expect(packet.cmd).toBe(kind);
          if (kind !== 'publish' || qos > 0) expect(packet.messageId).toBe(id);
          if (packet.cmd !== 'publish') continue;
          expect(packet).toMatchObject({ topic, qos, retain, dup: dup && qos > 0 });
          expect(Buffer.compare(packet.payload as Buffer, payload)).toBe(0);
        }
      }),
      propertyRuns(150),
    );
  });
});

/** Packets that a broker sends us. */
const received = (version: Version): fc.Arbitrary<Packet> =>
  fc.oneof(
    written.map(({ kind, topic, payload, qos, retain, dup, id }): Packet => {
      if (kind !== 'publish') return { cmd: kind, messageId: id };
      return { cmd: kind, topic, payload: Buffer.from(payload), qos, retain, dup: dup && qos > 0, messageId: id };
    }),
    fc
      .tuple(ids, fc.constantFrom(0, 0x10, 0x87, 0x97))
      .map(
        ([messageId, reasonCode]): Packet => ({ cmd: 'puback', messageId, ...(version === 5 ? { reasonCode } : {}) }),
      ),
    fc
      .tuple(ids, fc.array(fc.constantFrom(0, 1, 2, 0x80), { minLength: 1, maxLength: 4 }))
      .map(([messageId, granted]): Packet => ({ cmd: 'suback', messageId, granted })),
    fc.constant<Packet>({ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 }),
    fc.constant<Packet>({ cmd: 'pingresp' }),
  );

describe('what others write', () => {
  it('comes out of any stream frame by frame, and says what mqtt-packet was told to write', () => {
    const streams = versions.chain((version) =>
      fc.record({
        version: fc.constant(version),
        packets: fc.array(received(version), { maxLength: 8 }),
        cuts: fc.array(fc.nat(), { maxLength: 20 }),
      }),
    );
    fc.assert(
      fc.property(streams, ({ version, packets, cuts }) => {
        const frames = packets.map((packet) => generate(packet, { protocolVersion: version }));
        const splitter = new FrameSplitter();
        const layout = createPublishLayout();
        let next = 0;
        for (const piece of pieces(Buffer.concat(frames), cuts)) {
          splitter.push(piece, piece.length, (bytes, start, body, end) => {
            const packet = packets[next] as Packet;
            expect(Buffer.compare(bytes.subarray(start, end), frames[next] as Buffer)).toBe(0);
            next++;
            if (packet.cmd === 'connack') {
              expect(readConnack(bytes.subarray(start, end), body - start, end - start, version).code).toBe(0);
            }
            if (packet.cmd !== 'publish') return;
            (version === 5 ? readPublish5 : readPublish)(bytes, start, body, end, layout);
            const { qos, retain, dup } = packet;
            expect(layout).toMatchObject({ qos, retain, dup, packetId: qos === 0 ? 0 : packet.messageId });
            expect(Buffer.from(bytes.subarray(layout.topicStart, layout.topicEnd)).toString()).toBe(packet.topic);
            expect(Buffer.compare(bytes.subarray(layout.payloadStart, end), packet.payload as Buffer)).toBe(0);
          });
        }
        expect(next).toBe(packets.length);
        expect(splitter.pending).toBe(0);
      }),
      propertyRuns(150),
    );
  });

  it('is refused with a code of ours where it is garbage, and nothing is read beyond the frame', () => {
    const garbage = fc.record({
      version: versions,
      first: fc.constantFrom(0x20, 0x30, 0x32, 0x34, 0x36, 0x3d),
      body: fc.uint8Array({ maxLength: 40 }),
      behind: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(garbage, ({ version, first, body, behind }) => {
        const frame = Buffer.from([first, body.length, ...body]);
        // The next frame in the same buffer is none of this one's business.
        const buffer = Buffer.concat([frame, behind]);
        const layout = createPublishLayout();
        try {
          if (first === 0x20) readConnack(buffer, 2, frame.length, version);
          else (version === 5 ? readPublish5 : readPublish)(buffer, 0, 2, frame.length, layout);
        } catch (error) {
          expect(error).toBeInstanceOf(IotloadError);
          return;
        }
        expect(layout.topicEnd).toBeLessThanOrEqual(frame.length);
        expect(layout.payloadStart).toBeLessThanOrEqual(frame.length);
        expect(layout.identityEnd).toBeLessThanOrEqual(layout.payloadStart);
      }),
      propertyRuns(2000),
    );
  });

  it('is the same to us whatever follows it in the buffer', () => {
    const cases = fc.tuple(versions, fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 8, maxLength: 8 }));
    const told = (buffer: Buffer, end: number, version: Version): unknown => {
      try {
        const layout = createPublishLayout();
        (version === 5 ? readPublish5 : readPublish)(buffer, 0, 2, end, layout);
        return layout;
      } catch (error) {
        return (error as Error).message;
      }
    };
    fc.assert(
      fc.property(cases, ([version, body, behind]) => {
        const frame = Buffer.from([0x32, body.length, ...body]);
        const alone = told(frame, frame.length, version);
        expect(told(Buffer.concat([frame, behind]), frame.length, version)).toEqual(alone);
      }),
      propertyRuns(2000),
    );
  });
});
