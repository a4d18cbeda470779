import { CreateStreamCommand, type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { expect, it, onTestFinished } from 'vitest';
import { cases, quickCase, type SelfTestCase } from '../../src/selftest/cases.ts';
import { kinesisSubject } from '../../src/selftest/kinesis-subject.ts';
import type { Injection, RigNeeds } from '../../src/selftest/subject.ts';
import { errorOf, sdkClient } from '../brokers/kinesis/kinesis-world.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

const calm = { refusals: false, cuts: false, timed: false };

/** A rig with a stream `s` and a client of it. */
async function open(needs: Partial<RigNeeds> = {}) {
  const clock = new VirtualClock();
  const rig = await kinesisSubject.open({ ...calm, clock, ...needs });
  onTestFinished(() => rig.close());
  const client = sdkClient(Number(/endpoint: "http:\/\/127\.0\.0\.1:(\d+)"/.exec(rig.target)?.[1]));
  await client.send(new CreateStreamCommand({ StreamName: 's', ShardCount: 1 }));
  // By then it is made.
  await clock.advance(clock.nowUs() + 100_000);
  return { rig, clock, client };
}

/** Sends events whose payload ends with their slot, as those of a run do; returns the errors. */
async function send(client: KinesisClient, slots: readonly number[]): Promise<(string | undefined)[]> {
  const events = slots.map((slot) => {
    const id = `00000000-0000-${slot.toString(16).padStart(12, '0')}-00000000000000-00000000`;
    return { PartitionKey: 'k', Data: Buffer.from(`{"_id":"${id}"}`) };
  });
  const { Records = [] } = await client.send(new PutRecordsCommand({ StreamName: 's', Records: events }));
  return Records.map(({ ErrorCode }) => ErrorCode);
}

const shares = (of: Injection['shares'], more: Partial<Injection> = {}): Injection => ({
  seed: 1,
  shares: of,
  ...more,
});
const slots = Array.from({ length: 60 }, (_, i) => 10 + i);

it.each([
  ['lose', -1, undefined],
  ['double', 1, undefined],
  ['alter', 0, undefined],
  ['refuse', -1, 'ProvisionedThroughputExceededException'],
  ['refuse-yet-deliver', 0, 'ProvisionedThroughputExceededException'],
] as const)('knows which events suffered it: %s', async (fault, more, error) => {
  const { rig, client } = await open();
  rig.inject(shares({ [fault]: 0.5 }));
  const errors = await send(client, slots);
  const truth = rig.truth();
  const hit = truth.slots[fault];
  expect(hit.length).toBeGreaterThan(10);
  expect(hit.length).toBeLessThan(50);
  expect(truth).toMatchObject({ came: 60, passed: 60 + more * hit.length, foreign: 0 });
  for (const [i, slot] of slots.entries()) expect(errors[i]).toBe(hit.includes(slot) ? error : undefined);
  for (const [other, of] of Object.entries(truth.slots)) if (other !== fault) expect(of).toEqual([]);
});

it.each([
  ['lose-ack', 20, 60],
  ['swallow', 16, 57],
] as const)('cuts whole requests more rarely: %s', async (fault, every, passed) => {
  const { rig, client } = await open({ cuts: true });
  rig.inject(shares({ [fault]: 0.5 }));
  const lost: number[] = [];
  for (const slot of slots) if ((await errorOf(send(client, [slot]))) !== 'none') lost.push(slot);
  expect(lost).toEqual(slots.filter((_, i) => i % every === every - 1));
  expect(rig.truth()).toMatchObject({ came: 60, passed, slots: { [fault]: lost } });
});

it('has one put behind the next of its device', async () => {
  const { rig, client } = await open();
  rig.inject(shares({ swap: 1 }));
  await send(client, [1, 2, 3, 4]);
  expect(rig.truth()).toMatchObject({ came: 4, passed: 4, slots: { swap: [1, 3] } });
});

it('mixes in what is no event', async () => {
  const { rig, client } = await open();
  rig.inject(shares({}, { foreign: { share: 1, payloads: [Buffer.from('foreign')] } }));
  await send(client, [1, 2]);
  expect(rig.truth()).toMatchObject({ came: 2, passed: 4, foreign: 2 });
});

it('has a target that lets the broker see what it has to', async () => {
  expect((await open()).rig.target).toContain('retries: 0, timeout: 20s, linger: 2ms, max_in_flight: 1 }');
});

it('proves what it can prove', () => {
  const named = (name: string) => cases.find((one) => one.name === name) as SelfTestCase;
  const [timed, lossy] = [named('delay'), named('lose')];
  expect(kinesisSubject.adapt?.(lossy)).toBe(lossy);
  expect(kinesisSubject.adapt?.(timed)).toBeNull();
  const cut = kinesisSubject.adapt?.(named('lose-ack')) as SelfTestCase;
  expect(cut.load).toEqual({ events: 20_000, perSecond: 2000, devices: 100 });
  expect(quickCase(cut).load.events).toBe(5000);
  expect(kinesisSubject.faults).not.toContain('late');
});
