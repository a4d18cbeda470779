import type { Part } from '../../src/core/anchor.ts';
import { ROLL_BYTES } from '../../src/core/rolling-disk.ts';
import type { Expectation, FleetPlan, Plan, TargetPlan } from '../../src/plan/plan.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import type { WireForm } from '../../src/wire/kinesis/wire-form.ts';
import { Dice } from './dice.ts';
import type { DiskFaults } from './simulated-disk.ts';

/** Brokers of three kinds: with positions; with positions, partial failure and repeats; without positions, but with queues. */
export const brokerKinds = ['log', 'shards', 'queue'] as const;
/** And a log that is written to by Kafka's protocol, and a stream with shards that is written and read by the calls of Kinesis. */
export type BrokerKind = (typeof brokerKinds)[number] | 'kafka' | 'kinesis';

/** What goes wrong with an event at the broker, as the share of events that it happens to. */
export const eventFaults = [
  /** Acknowledged and never stored. */
  'swallow',
  /** Stored twice. */
  'duplicate',
  /** Stored with one bit changed. */
  'alter',
  /** Acknowledged, and stored a little later than what came after it. */
  'hold',
  /** Acknowledged, and stored when everybody has given up waiting, or almost. */
  'late',
  /** Refused, and not stored. */
  'refuse',
  /** Refused, and stored all the same. */
  'phantom',
  /** Stored, and never answered. */
  'lost answer',
  /** Neither stored nor answered. */
  'lost request',
] as const;
export type EventFault = (typeof eventFaults)[number];

/** What happens now and then, as a number of times in the run. */
export const timedFaults = [
  'reset',
  'reader reset',
  'broker stall',
  'foreign',
  'wall step',
  'reader stop',
  'sender stop',
  'twin',
] as const;
/** And, of Kafka, that a partition has another leader; of Kinesis, that a shard is split, or merged with another one. */
export type TimedFault = (typeof timedFaults)[number] | 'leader move' | 'reshard';

export type Crashing = 'sender' | 'worker' | 'verifier' | 'machine';
export interface Crash {
  who: Crashing;
  /** Since the start of the world. */
  atUs: number;
  /** Until somebody starts it again. */
  downUs: number;
}

/** What a stream and those who use it are like. */
export interface KinesisSetting {
  maxInFlight: number;
  retries: number;
  /** Of a request, and of an event without an outcome. */
  timeoutUs: number;
  batchBytes: number;
  /** Of a record of many events; null: each is a record. */
  aggregateBytes: number | null;
  lingerUs: number;
  hashKey: string | null;
  /** Records a second that a shard takes; infinite for all. */
  shardRate: number;
  /** Share of requests that fail as a whole, in one way or another, and of entries that fail within the service. */
  writeTrouble: number;
  /** Share of a reader's calls that come to nothing. */
  readTrouble: number;
  /** Until a record that was stored can be read. */
  hiddenUs: number;
  /** Most records of an answer. */
  answerRecords: number;
  /** How much the service's clock is ahead of the machine's; beyond five minutes it would refuse every signature. */
  aheadMs: number;
  /** Of requests. */
  form: WireForm;
}

/** Everything about a world that its seed decides before it begins. */
export interface Setting {
  seed: number;
  kind: BrokerKind;
  plan: Plan;
  shard: Part;
  workers: number;
  /** Events that the sink sends are answered; without that, nobody knows more than that they left. */
  answers: boolean;
  /** The sink repeats an attempt whose fate it does not know, as the same message. */
  repeats: boolean;
  partitions: number;
  /** Events in flight on each. */
  window: number;
  latencyUs: number;
  timeoutUs: number;
  graceUs: number;
  share: Record<EventFault, number>;
  times: Record<TimedFault, number>;
  /** Queue: how events are sent and read; in other kinds as many say as much. */
  qos: 0 | 1 | 2;
  /** Queue: most events that wait for a reader. */
  queueLength: number;
  /** Queue: a reader that was cut off finds its session again. */
  keepsSession: boolean;
  /** Queue: the broker says how many events it has dropped. */
  tellsDropped: boolean;
  /** Queue, QoS 2: an event is passed on when it is released. */
  passesOnRelease: boolean;
  /** Queue: the broker counts what it has not answered, and takes no more than that. */
  receiveMaximum: number | null;
  /** What the target promises about the order within a device. */
  keepsOrder: boolean;
  /** Kafka: what the sink is told, and how many brokers there are. */
  kafka: { idempotent: boolean; maxInFlight: number; batchBytes: number; lingerUs: number; brokers: number };
  kinesis: KinesisSetting;
  /** Shards, Kafka and Kinesis: entries, or batches, of a request that are refused for now and sent again. */
  throttled: number;
  disk: DiskFaults;
  crashes: Crash[];
  /** How long the run lasts by its plan. */
  lengthUs: number;
}

const ONE = { numerator: 1, denominator: 1 };
const SECOND = 1_000_000;
/** Small, so that a world costs little. What is beyond it is shed, and counted. */
const backlog = { maxBytes: 100_000 };

/** The setting of a seed. */
export function settingOf(seed: number): Setting {
  const dice = new Dice(seed, 'setting');
  const picked = dice.pick(brokerKinds);
  const chances = new Dice(seed, 'setting', 'kafka');
  const other = new Dice(seed, 'setting', 'kinesis');
  const kind =
    picked === 'log' && chances.chance(0.5) ? 'kafka' : picked === 'shards' && other.chance(0.5) ? 'kinesis' : picked;
  const warmUpUs = dice.chance(0.3) ? dice.whole(1, 3) * SECOND : 0;
  const durationUs = dice.whole(3, 11) * SECOND + dice.whole(0, 999_999);
  const lengthUs = warmUpUs + durationUs;
  const graceUs = dice.whole(1, 4) * SECOND;
  const answered = dice.chance(0.9);
  const answers = answered || kind === 'kinesis';
  const share = Object.fromEntries(eventFaults.map((fault) => [fault, 0])) as Record<EventFault, number>;
  const times = Object.fromEntries([...timedFaults, 'leader move', 'reshard'].map((fault) => [fault, 0])) as Record<
    TimedFault,
    number
  >;
  const trouble = dice.pick([0, 1, 1, 1, 2, 3, 5]);
  for (let i = 0; i < trouble; i++) {
    if (dice.chance(0.6)) share[dice.pick(eventFaults)] = dice.pick([1 / 25, 1 / 80, 1 / 250, 1 / 250]);
    else times[dice.pick(timedFaults)] = dice.whole(1, 4);
  }
  // Where nothing is answered, nothing is refused.
  if (!answers) share.refuse = share.phantom = 0;
  if (kind === 'kafka') times['leader move'] = chances.pick([0, 0, 1, 4]);
  if (kind === 'kinesis') times.reshard = other.pick([0, 0, 1, 3]);
  const idempotent = answers && chances.chance(0.7);
  const kafka = {
    idempotent,
    maxInFlight: idempotent ? chances.whole(1, 5) : chances.pick([1, 1, 3]),
    batchBytes: chances.pick([700, 4_000, 100_000]),
    lingerUs: chances.pick([0, 5_000, 100_000]),
    brokers: chances.whole(1, 3),
  };
  const aggregateBytes = other.pick([null, null, 300, 2_000]);
  const kinesis: KinesisSetting = {
    maxInFlight: other.pick([1, 2, 8]),
    retries: other.pick([0, 2, 10]),
    timeoutUs: other.pick([500_000, 1_000_000, 2_000_000, 6_000_000]),
    batchBytes: other.pick([aggregateBytes === null ? 700 : 5_000, 4_000, 100_000]),
    aggregateBytes,
    lingerUs: other.pick([0, 5_000, 100_000]),
    hashKey: other.pick([null, null, 'even', `${2n ** 127n}`]),
    shardRate: other.pick([5, 20, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]),
    writeTrouble: other.pick([0, 0, 1 / 60, 1 / 12]),
    readTrouble: other.pick([0, 0, 1 / 40, 1 / 8]),
    hiddenUs: other.pick([0, 0, 70_000, 900_000]),
    answerRecords: other.pick([3, 48, 10_000]),
    aheadMs: other.pick([0, -299_000, 299_000]),
    form: other.pick(['json', 'cbor']),
  };
  return {
    seed,
    kind,
    plan: planOf(dice, seed, targetLike(kind, { kafka, kinesis }, answers), { warmUpUs, durationUs, graceUs }),
    shard: shardOf(dice),
    workers: dice.whole(1, 3),
    answers,
    repeats: kind !== 'log' && kind !== 'kafka' && answers && dice.chance(0.5) && kind !== 'kinesis',
    qos: answers ? dice.pick([1, 1, 2] as const) : 0,
    queueLength: dice.pick([3, 20, 1_000, 1_000]),
    keepsSession: dice.chance(0.5),
    tellsDropped: dice.chance(0.5),
    passesOnRelease: dice.chance(0.5),
    receiveMaximum: dice.chance(0.2) ? 5 : null,
    partitions: dice.whole(1, 4),
    window: kind === 'kafka' ? 10_000 : dice.pick([1, 3, 8, 50, 200]),
    latencyUs: dice.pick([300, 2_000, 10_000, 40_000]),
    timeoutUs: dice.whole(2, 8) * 250_000,
    graceUs,
    share,
    times,
    keepsOrder: keepsOrder(kind, kafka, kinesis),
    kafka,
    kinesis,
    throttled: ['shards', 'kafka', 'kinesis'].includes(kind) && dice.chance(0.3) ? dice.pick([1 / 50, 1 / 10]) : 0,
    disk: {
      syncUs: dice.pick([200, 3_000, 20_000]),
      stalls: dice.chance(0.15) ? 0.1 : 0,
      stallUs: 3 * SECOND,
      failsAt: dice.chance(0.08) ? dice.whole(1, 80) : 0,
      staysFull: dice.chance(0.3),
      rollBytes: seed % 3 === 0 ? 2_000 : ROLL_BYTES,
    },
    crashes: crashesOf(dice, lengthUs),
    lengthUs,
  };
}

function keepsOrder(kind: BrokerKind, kafka: Setting['kafka'], { maxInFlight, retries }: KinesisSetting): boolean {
  if (kind === 'kafka') return kafka.idempotent || kafka.maxInFlight === 1;
  if (kind === 'kinesis') return maxInFlight === 1 && retries === 0;
  return kind !== 'shards';
}

/** The setting of another shard of the same run. */
export function shardSetting(setting: Setting, index: number): Setting {
  const { seed, shard, lengthUs } = setting;
  if (index === shard.index) return setting;
  const crashes = crashesOf(new Dice(seed, 'setting', `shard ${index}`), lengthUs);
  return { ...setting, shard: { ...shard, index }, crashes };
}

/** Most runs are never cut off; others once or twice, the last time perhaps when everything is sent. */
function crashesOf(dice: Dice, lengthUs: number): Crash[] {
  if (!dice.chance(0.3)) return [];
  return Array.from({ length: dice.whole(1, 2) }, () => ({
    who: dice.pick<Crashing>(['sender', 'sender', 'worker', 'verifier', 'verifier', 'machine', 'machine']),
    atUs: dice.whole(300_000, lengthUs + 2 * SECOND),
    downUs: dice.whole(50_000, 3 * SECOND),
  }));
}

function shardOf(dice: Dice): Part {
  if (dice.chance(0.92)) return { index: 0, count: 1 };
  const count = dice.whole(2, 3);
  return { index: dice.whole(0, count - 1), count };
}

function planOf(
  dice: Dice,
  seed: number,
  target: Pick<TargetPlan, 'protocol' | 'options'>,
  { warmUpUs, durationUs, graceUs }: { warmUpUs: number; durationUs: number; graceUs: number },
): Plan {
  const expect = dice.pick<Expectation>(['at-least-once', 'at-least-once', 'exactly-once', 'at-most-once']);
  const fleets = Array.from({ length: dice.chance(0.3) ? 2 : 1 }, (_, index): FleetPlan => {
    const rate = { events: dice.pick([7, 23, 40, 61]), perUs: SECOND };
    const schedule = { rate, segments: [{ durationUs: warmUpUs + durationUs, from: ONE, to: ONE }] };
    return {
      name: `fleet${index}`,
      model: 'phone-motion',
      params: {},
      devices: dice.whole(1, 9),
      id: '<fleet>-<index>',
      schedule,
      slots: createSchedule(schedule).dueBy(warmUpUs + durationUs),
      payload: {
        codec: 'json',
        profile: null,
        fields: [{ name: 'device', value: '<device>' }],
        identity: 'fields',
      },
      address: target.protocol === 'kinesis' ? '<device>' : '',
      target: 0,
    };
  });
  return {
    plan: 1,
    name: `seed ${seed}`,
    description: '',
    seed,
    clock: { startUs: null, speed: ONE },
    run: { warmUpUs, durationUs, drainUs: 4 * SECOND },
    fleets,
    targets: [{ name: 'target', ...target }],
    verify: { read: 0, expect, order: dice.chance(0.7), graceUs },
    thresholds: [],
    timeline: [],
    outputs: { dir: 'results', labels: {} },
    limits: { memoryBytes: null },
  };
}

/** What is built with the same promises: a file keeps the order, a queue of one reader too, one that is shared does not. */
function targetLike(
  kind: BrokerKind,
  { kafka, kinesis }: Pick<Setting, 'kafka' | 'kinesis'>,
  answers: boolean,
): Pick<TargetPlan, 'protocol' | 'options'> {
  if (kind === 'kinesis') {
    const { maxInFlight, retries } = kinesis;
    return {
      protocol: 'kinesis',
      options: { backlog, endpoint: 'embedded', region: 'us-east-1', stream: 'simulated', maxInFlight, retries },
    };
  }
  if (kind === 'kafka') {
    const { idempotent, maxInFlight } = kafka;
    const options = { backlog, endpoint: 'embedded', acks: answers ? -1 : 0, idempotent, maxInFlight };
    return { protocol: 'kafka', options };
  }
  if (kind === 'log') return { protocol: 'file', options: { backlog } };
  return { protocol: 'mqtt', options: { backlog, endpoint: 'embedded', qos: 1, share: kind === 'queue' ? null : 2 } };
}
