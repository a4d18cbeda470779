import { describe, expect, it } from 'vitest';
import {
  decreaseRetention,
  increaseRetention,
  startEncryption,
  stopEncryption,
  updateMode,
} from '../../../../src/brokers/kinesis/api/stream-settings.ts';
import type { StreamMode } from '../../../../src/brokers/kinesis/stream.ts';
import { apiWorld, asked, CHANGE_MS, refusal, strayStreams } from './api-world.ts';

const ARN = 'arn:aws:kinesis:eu-north-1:000000000000:stream/s';
const mode = (StreamMode: unknown) => ({ StreamARN: ARN, StreamModeDetails: { StreamMode } });
const hours = (RetentionPeriodHours: unknown) => ({ RetentionPeriodHours });
const kms = { EncryptionType: 'KMS', KeyId: 'alias/k' };

/** Each call with members that it takes, but for which stream is meant. */
const calls = {
  increaseRetention: [increaseRetention, hours(48)],
  decreaseRetention: [decreaseRetention, hours(24)],
  startEncryption: [startEncryption, kms],
  stopEncryption: [stopEncryption, kms],
  updateMode: [updateMode, { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }],
} as const;
const names = Object.keys(calls) as (keyof typeof calls)[];

async function world(call: keyof typeof calls, startMode: StreamMode = 'PROVISIONED') {
  const { state, streams, made, pass } = apiWorld();
  const stream = await made('s', 1, startMode);
  const [operation] = calls[call];
  return { streams, stream, pass, made, call: (members: object) => operation(state, asked(members)) };
}

describe.each(names)('%s', (name) => {
  const [, members] = calls[name];

  it('takes a stream by its ARN', async () => {
    const { call } = await world(name);
    expect(call({ StreamARN: ARN, ...members })).toBeUndefined();
  });

  it.each(['CREATING', 'UPDATING', 'DELETING'] as const)('waits for one that is %s', async (transition) => {
    const { call, streams, stream, pass } = await world(name);
    streams.begin(stream, transition);
    await pass(CHANGE_MS - 1);
    const before = { ...stream };
    expect(() => call({ StreamARN: ARN, ...members })).toThrow(
      refusal('ResourceInUseException', `not ACTIVE, instead in state ${transition}`),
    );
    expect({ ...stream }).toEqual(before);
    await pass(1);
    if (transition === 'DELETING')
      expect(() => call({ StreamARN: ARN, ...members })).toThrow(refusal('ResourceNotFoundException'));
    else call({ StreamARN: ARN, ...members });
  });

  // Of what changes the mode only an ARN says which stream is meant.
  it.each(strayStreams.filter(([stray]) => name !== 'updateMode' || 'StreamARN' in stray))(
    'refuses the stream %j',
    async (stray, error, part) => {
      const { call, stream } = await world(name);
      const before = { ...stream };
      expect(() => call({ ...stray, ...members })).toThrow(refusal(error, part));
      expect({ ...stream }).toEqual(before);
    },
  );
});

describe('the retention', () => {
  it.each([
    ['increaseRetention', 48, 48],
    ['increaseRetention', 48, 49],
    ['increaseRetention', 48, 8760],
    ['decreaseRetention', 48, 48],
    ['decreaseRetention', 48, 47],
    ['decreaseRetention', 48, 24],
    ['decreaseRetention', 8760, 24],
  ] as const)('goes by %s from %i to %i hours at once', async (name, from, to) => {
    const { call, streams, stream } = await world(name);
    stream.retentionHours = from;
    expect(call({ StreamName: 's', ...hours(to) })).toBeUndefined();
    expect([stream.retentionHours, streams.statusOf(stream)]).toEqual([to, 'ACTIVE']);
  });

  it.each([
    ['increaseRetention', 47, '(47 hours) for stream s can not be shorter than existing retention period (48 hours)'],
    ['increaseRetention', 24, 'can not be shorter'],
    ['decreaseRetention', 49, '(49 hours) for stream s can not be longer than existing retention period (48 hours)'],
    ['decreaseRetention', 8760, 'can not be longer'],
  ] as const)('does not go by %s from 48 to %i hours', async (name, to, part) => {
    const { call, stream } = await world(name);
    stream.retentionHours = 48;
    expect(() => call({ StreamName: 's', ...hours(to) })).toThrow(refusal('InvalidArgumentException', part));
    expect(stream.retentionHours).toBe(48);
  });

  const bad = [
    [null, 'ValidationException', 'Member must not be null'],
    [23, 'ValidationException', "'retentionPeriodHours' failed to satisfy constraint: Member must have value greater"],
    [8761, 'ValidationException', "'retentionPeriodHours' failed to satisfy constraint: Member must have value less"],
    [24.5, 'ValidationException', "'retentionPeriodHours'"],
    ['48', 'SerializationException', 'RetentionPeriodHours is no number'],
  ] as const;
  describe.each(['increaseRetention', 'decreaseRetention'] as const)('of %s', (name) => {
    it.each(bad)('is not %j', async (value, error, part) => {
      const { call, stream } = await world(name);
      stream.retentionHours = name === 'increaseRetention' ? 24 : 8760;
      const before = stream.retentionHours;
      expect(() => call({ StreamName: 's', ...hours(value) })).toThrow(refusal(error, part));
      expect(stream.retentionHours).toBe(before);
    });
  });
});

describe('encryption', () => {
  it('starts with a key, and takes a while', async () => {
    const { call, streams, stream, pass } = await world('startEncryption');
    expect(call({ StreamName: 's', ...kms })).toBeUndefined();
    expect([stream.keyId, streams.statusOf(stream)]).toEqual(['alias/k', 'UPDATING']);
    await pass(CHANGE_MS);
    expect(streams.statusOf(stream)).toBe('ACTIVE');
    call({ StreamName: 's', ...kms, KeyId: 'alias/other' });
    expect(stream.keyId).toBe('alias/other');
  });

  it('stops, and takes a while', async () => {
    const { call, streams, stream, pass } = await world('stopEncryption');
    stream.keyId = 'alias/k';
    expect(call({ StreamName: 's', ...kms })).toBeUndefined();
    expect([stream.keyId, streams.statusOf(stream)]).toEqual([null, 'UPDATING']);
    await pass(CHANGE_MS);
    expect(streams.statusOf(stream)).toBe('ACTIVE');
  });

  const bad = [
    [{ ...kms, EncryptionType: null }, 'InvalidArgumentException', 'only valid encryption type is KMS'],
    [{ ...kms, EncryptionType: 'NONE' }, 'InvalidArgumentException', 'only valid encryption type is KMS'],
    [{ ...kms, EncryptionType: 'AES' }, 'ValidationException', "'encryptionType'"],
    [{ ...kms, EncryptionType: 5 }, 'SerializationException', 'EncryptionType is no string'],
    [{ ...kms, KeyId: null }, 'ValidationException', "'keyId' failed to satisfy constraint: Member must not be null"],
    [{ EncryptionType: 'KMS' }, 'ValidationException', "'keyId'"],
    [{ ...kms, KeyId: 5 }, 'SerializationException', 'KeyId is no string'],
  ] as const;
  it.each(
    (['startEncryption', 'stopEncryption'] as const).flatMap((name) =>
      bad.map(([members, error, part]) => [name, members, error, part] as const),
    ),
  )('%s refuses %j', async (name, members, error, part) => {
    const { call, streams, stream } = await world(name);
    stream.keyId = 'before';
    expect(() => call({ StreamName: 's', ...members })).toThrow(refusal(error, part));
    expect([stream.keyId, streams.statusOf(stream)]).toEqual(['before', 'ACTIVE']);
  });
});

describe('the mode', () => {
  it.each([
    ['PROVISIONED', 'ON_DEMAND'],
    ['ON_DEMAND', 'PROVISIONED'],
    ['ON_DEMAND', 'ON_DEMAND'],
    ['PROVISIONED', 'PROVISIONED'],
  ] as const)('goes from %s to %s, with the same shards, and takes a while', async (from, to) => {
    const { call, streams, stream, pass } = await world('updateMode', from);
    expect(call(mode(to))).toBeUndefined();
    expect([stream.mode, stream.open.length, streams.statusOf(stream)]).toEqual([to, 1, 'UPDATING']);
    await pass(CHANGE_MS);
    expect(streams.statusOf(stream)).toBe('ACTIVE');
  });

  it.each([
    [{ StreamName: 's' }, 'ValidationException', "'streamARN' failed to satisfy constraint: Member must not be null"],
    [{ StreamARN: ARN }, 'ValidationException', "'streamModeDetails.streamMode'"],
    [mode(null), 'ValidationException', "'streamModeDetails.streamMode'"],
    [mode('ELASTIC'), 'ValidationException', "'streamMode'"],
    [mode(5), 'SerializationException', 'StreamMode is no string'],
    [{ StreamARN: ARN, StreamModeDetails: 'ON_DEMAND' }, 'SerializationException', 'no object'],
  ])('is not changed by %j', async (members, error, part) => {
    const { call, streams, stream } = await world('updateMode');
    expect(() => call(members)).toThrow(refusal(error, part));
    expect([stream.mode, streams.statusOf(stream)]).toEqual(['PROVISIONED', 'ACTIVE']);
  });

  it('is on demand for 50 streams of an account, and stays so for those that are', async () => {
    const { call, streams, stream, made, pass } = await world('updateMode');
    for (let i = 0; i < 49; i++) await made(`d${i}`, 1, 'ON_DEMAND');
    call(mode('ON_DEMAND'));
    await pass(CHANGE_MS);
    call(mode('ON_DEMAND'));
    expect(streams.onDemand).toBe(50);
    const other = await made('other');
    expect(() => call({ ...mode('ON_DEMAND'), StreamARN: 'arn:x:stream/other' })).toThrow(
      refusal('LimitExceededException', '50 streams on demand'),
    );
    expect([other.mode, stream.mode, streams.statusOf(other)]).toEqual(['PROVISIONED', 'ON_DEMAND', 'ACTIVE']);
  });
});
