import { expect, it, onTestFinished } from 'vitest';
import { cases, quickCase, type SelfTestCase } from '../../src/selftest/cases.ts';
import { kafkaSubject, plainKafkaSubject } from '../../src/selftest/kafka-subject.ts';
import type { Injection, Rig, RigNeeds, Subject } from '../../src/selftest/subject.ts';
import { batchOf, createTopic, produce, type RawClient, rawClient } from '../brokers/kafka/raw-client.ts';
import { readLog } from '../brokers/kafka/read-log.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

const calm = { refusals: false, cuts: false, timed: false };

/** A rig with a topic `t` and a client of it. */
async function open(subject: Subject, needs: Partial<RigNeeds> = {}) {
  const clock = new VirtualClock();
  const rig: Rig = await subject.open({ ...calm, clock, ...needs });
  onTestFinished(() => rig.close());
  const port = Number(/endpoint: "127\.0\.0\.1:(\d+)"/.exec(rig.target)?.[1]);
  const client = rawClient(port);
  await createTopic(client, 't', 1);
  return { rig, clock, client };
}

/** Events whose payload ends with their slot, as those of a run do. */
async function send(client: RawClient, slots: readonly number[]): Promise<number> {
  const records = slots.map((slot) => {
    const id = `00000000-0000-${slot.toString(16).padStart(12, '0')}-00000000000000-00000000`;
    return { key: 'k', value: `{"_id":"${id}"}` };
  });
  return (await produce(client, 't', 0, await batchOf(records))).error;
}

const shares = (of: Injection['shares'], more: Partial<Injection> = {}): Injection => ({
  seed: 1,
  shares: of,
  ...more,
});

it.each([
  ['lose', -1],
  ['double', 1],
  ['alter', 0],
] as const)('knows which events suffered it: %s', async (fault, more) => {
  const { rig, client } = await open(kafkaSubject);
  rig.inject(shares({ [fault]: 0.5 }));
  const slots = Array.from({ length: 24 }, (_, i) => 10 + i);
  for (const slot of slots) expect(await send(client, [slot])).toBe(0);
  const truth = rig.truth();
  const hit = truth.slots[fault];
  expect(hit.length).toBeGreaterThan(0);
  expect(hit.length).toBeLessThan(24);
  expect(slots).toEqual(expect.arrayContaining([...hit]));
  expect(truth).toMatchObject({ came: 24, passed: 24 + more * hit.length, foreign: 0 });
  expect(await readLog(client, 't', 0)).toHaveLength(truth.passed);
  for (const [other, of] of Object.entries(truth.slots)) if (other !== fault) expect(of).toEqual([]);
});

it('does to whole batches what is asked for in shares, more rarely, and each kind at other times', async () => {
  const { rig, client } = await open(kafkaSubject, { refusals: true });
  rig.inject(shares({ refuse: 0.5, 'refuse-yet-deliver': 0.5 }));
  const errors: number[] = [];
  for (let slot = 0; slot < 60; slot++) errors.push(await send(client, [slot]));
  const { slots } = rig.truth();
  // Every 12th and every 10th; where both would, the first.
  expect(slots.refuse).toEqual([11, 23, 35, 47, 59]);
  expect(slots['refuse-yet-deliver']).toEqual([9, 19, 29, 39, 49]);
  expect(errors.flatMap((error, slot) => (error === 0 ? [] : [slot]))).toEqual([9, 11, 19, 23, 29, 35, 39, 47, 49, 59]);
});

it('holds acknowledgements, and tells when each event came and its acknowledgement went', async () => {
  const { rig, client, clock } = await open(kafkaSubject, { timed: true });
  rig.inject(shares({}, { answer: { ms: 20 } }));
  const cameUs = clock.nowUs();
  let answered = false;
  const sent = send(client, [7]).then(() => {
    answered = true;
  });
  while (rig.truth().came === 0) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(cameUs + 19_999);
  expect([answered, rig.truth().answers]).toEqual([false, []]);
  await clock.advance(cameUs + 20_000);
  await sent;
  expect(rig.truth().answers).toEqual([{ slot: 7, cameUs, atUs: cameUs + 20_000 }]);
});

it('mixes in what is no event', async () => {
  const { rig, client } = await open(kafkaSubject);
  rig.inject(shares({}, { foreign: { share: 1, payloads: [Buffer.from('foreign')] } }));
  await send(client, [1, 2]);
  expect(rig.truth()).toMatchObject({ came: 2, passed: 4, foreign: 2 });
});

it.each([
  [kafkaSubject, calm, 'timeout: 20s'],
  [kafkaSubject, { ...calm, cuts: true, refusals: true }, 'timeout: 20s, max_in_flight: 1'],
  [plainKafkaSubject, calm, 'timeout: 20s, idempotent: false, max_in_flight: 1'],
  [plainKafkaSubject, { ...calm, timed: true }, 'timeout: 20s, idempotent: false, linger: 0s, max_in_flight: 1000'],
])('has a target that lets the broker see what it has to: %#', async (subject, needs, options) => {
  const { rig } = await open(subject, needs);
  expect(rig.target).toMatch(/^\{ protocol: kafka, endpoint: "127\.0\.0\.1:\d+", /);
  expect(rig.target).toContain(`", ${options} }`);
});

const byName = (name: string): SelfTestCase => {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
};

it('proves in each way what that way can prove', () => {
  const [timed, lossy] = [byName('delay'), byName('lose')];
  expect([kafkaSubject.adapt?.(timed), plainKafkaSubject.adapt?.(lossy)]).toEqual([null, null]);
  expect(kafkaSubject.adapt?.(lossy)).toBe(lossy);
  expect(plainKafkaSubject.adapt?.(timed)).toEqual({ ...timed, order: false });
  const cut = cases.find(({ faults }) => faults.includes('lose-ack')) as SelfTestCase;
  for (const { adapt } of [kafkaSubject, plainKafkaSubject]) {
    const adapted = adapt?.(cut) as SelfTestCase;
    // So slow that few events are in a request.
    expect(adapted).toMatchObject({ name: cut.name, load: { events: 20_000, perSecond: 2000, devices: 100 } });
    expect(quickCase(adapted).load.events).toBe(5000);
  }
  expect(kafkaSubject.faults).not.toContain('late');
});
