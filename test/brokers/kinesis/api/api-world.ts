import { expect, onTestFinished } from 'vitest';
import { BlockStore } from '../../../../src/brokers/block-store.ts';
import type { BrokerState } from '../../../../src/brokers/kinesis/broker-state.ts';
import { Gate } from '../../../../src/brokers/kinesis/gate.ts';
import { Parameters } from '../../../../src/brokers/kinesis/parameters.ts';
import type { Shard } from '../../../../src/brokers/kinesis/shard.ts';
import type { Stream, StreamMode } from '../../../../src/brokers/kinesis/stream.ts';
import { Streams } from '../../../../src/brokers/kinesis/streams.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

/** The wall clock of a world that begins, ms since 1970. */
export const BEGIN_MS = 1_700_000_001_000;
/** How long a change of a stream takes, ms. */
export const CHANGE_MS = 1000;
const RECORD = Buffer.from('keydata');

/** What calls share, without a socket. */
export function apiWorld() {
  const clock = new VirtualClock();
  const store = new BlockStore();
  const streams = new Streams(clock, store, CHANGE_MS);
  onTestFinished(() => streams.close());
  const state: BrokerState = {
    clock,
    store,
    streams,
    region: 'eu-north-1',
    faults: null,
    gate: new Gate(),
    credentials: null,
    limited: false,
  };
  const pass = (ms: number): Promise<void> => clock.advance(clock.nowUs() + ms * 1000);
  return {
    state,
    streams,
    pass,
    /** A stream that is at rest. */
    async made(name: string, shards = 1, mode: StreamMode = 'PROVISIONED'): Promise<Stream> {
      const stream = streams.create(name, mode, shards);
      await pass(CHANGE_MS);
      return stream;
    },
    /** A record comes in now. */
    append({ log }: Shard): void {
      log.append(RECORD, 0, 3, 3, RECORD.length, streams.nowMs());
    },
  };
}

export const asked = (members: object): Parameters => new Parameters(members);

/** A shard of a stream, by its number. */
export const shardOf = ({ shards }: Stream, number = 0): Shard => shards[number] as Shard;

export const idOf = (number: number): string => `shardId-${`${number}`.padStart(12, '0')}`;

/** An error of that name whose message has that part. */
export const refusal = (name: string, part = ''): Error =>
  expect.objectContaining({ name, status: 400, message: expect.stringContaining(part) });

/** The wrong ways to say which stream is meant, with the name of what each is refused with. */
export const strayStreams = [
  [{}, 'InvalidArgumentException', 'Exactly one of StreamARN and StreamName'],
  [{ StreamARN: 'arn:aws:kinesis:eu-north-1:0' }, 'InvalidArgumentException', 'Exactly one of'],
  [{ StreamName: '' }, 'ValidationException', "'streamName'"],
  [{ StreamName: 'n'.repeat(129) }, 'ValidationException', "'streamName'"],
  [{ StreamName: 'a/b' }, 'ValidationException', "'streamName'"],
  [{ StreamName: 7 }, 'SerializationException', 'StreamName is no string'],
  [{ StreamARN: 7 }, 'SerializationException', 'StreamARN is no string'],
  [{ StreamName: 'none' }, 'ResourceNotFoundException', 'Stream none under account 000000000000 not found'],
  [{ StreamARN: 'arn:x:stream/none' }, 'ResourceNotFoundException', 'Stream none under account'],
] as const;
