import { KinesisClient, SplitShardCommand, StartStreamEncryptionCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/core/clock.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { optionsSchema } from '../../src/targets/kinesis/options.ts';
import { prepare } from '../../src/targets/kinesis/prepare.ts';
import { openSink } from '../../src/targets/kinesis/sink.ts';
import { openSource } from '../../src/targets/kinesis/source.ts';
import type { Source, TargetFleet, TargetOptions } from '../../src/targets/target.ts';
import { deadPort } from '../targets/mqtt/aedes-broker.ts';
import { ContractStream } from './kinesis-stream.ts';
import { addressOf, payloadOf, SinkRecord, sendSlots, sinkContext, testFleet } from './sink.ts';
import { SourceRecord, sourceContext } from './source.ts';
import { targetContracts } from './target.ts';

/** What our sink and source do with an implementation of the Kinesis API that is able to do it. */
export type KinesisTargetAbility = keyof typeof abilities;

export interface KinesisTargetSubject {
  /** What cannot be done there, and what happens instead. The suite holds it to that as well, so that the table stays true. */
  cannot: Partial<Record<KinesisTargetAbility, string>>;
  /** Most records of a case; default 20 000. */
  most?: number;
  /** Without limits of shards where those can be left out, so that order is kept. */
  start(): Promise<Running>;
  /** With them; default: the same. */
  startLimited?(): Promise<Running>;
}

interface Running {
  endpoint: string;
  stop(): Promise<void>;
}

const LIMITED = 'is told when a shard has no room, and sends again what was refused and nothing else';
const KEY_SPACE = 2n ** 128n;
const fleet = testFleet(0, 12, '<device>');

/** Both contracts of a target, record by record and aggregated, and what is Kinesis' own, on one endpoint. */
export function kinesisTargetContract(name: string, subject: KinesisTargetSubject): void {
  const { cannot, most, start, startLimited } = subject;
  describe(`Kinesis as a target, on ${name}`, () => {
    let running: Running;
    let client: KinesisClient;
    beforeAll(async () => {
      running = await start();
      client = clientOf(running.endpoint);
    });
    afterAll(async () => {
      client.destroy();
      await running.stop();
    });

    for (const [how, block] of Object.entries({ 'one by one': {}, aggregated: { aggregate: true } })) {
      targetContracts(`${name}, records ${how}`, {
        outcome: Outcome.acked,
        address: '<device>',
        complete: true,
        // What goes in as a few records is no trouble.
        ...(most === undefined || how === 'aggregated' ? {} : { most }),
        openSink,
        openSource,
        async start() {
          const { stream } = new ContractStream(client);
          const of = (endpoint: string) => optionsFor(endpoint, stream, { timeout: '20s', ...block });
          const dead = `http://127.0.0.1:${await deadPort()}`;
          return { live: of(running.endpoint), dead: of(dead), stop: async () => {} };
        },
      });
    }
  });

  // On one that has nothing yet: there are some that stand still for minutes once they have much.
  describe(`what is Kinesis’ own, on ${name}`, () => {
    let running: Running;
    let client: KinesisClient;
    beforeAll(async () => {
      running = await start();
      client = clientOf(running.endpoint);
    });
    afterAll(async () => {
      client.destroy();
      await running.stop();
    });

    for (const [ability, check] of Object.entries(abilities) as [KinesisTargetAbility, Check][]) {
      const instead = cannot[ability];
      it(instead === undefined ? ability : `not: ${ability} (${instead})`, async () => {
        const other = ability === LIMITED ? await startLimited?.() : undefined;
        const { endpoint } = other ?? running;
        const its = other === undefined ? client : clientOf(endpoint);
        try {
          const outcome = check(new Trial(endpoint, new ContractStream(its)));
          if (instead === undefined) await outcome;
          else await expect(outcome).rejects.toThrow();
        } finally {
          if (other !== undefined) its.destroy();
          await other?.stop();
        }
      });
    }
  });
}

function clientOf(endpoint: string): KinesisClient {
  return new KinesisClient({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: new NodeHttpHandler({ requestTimeout: 20_000 }),
  });
}

type Check = (trial: Trial) => Promise<void>;

function optionsFor(endpoint: string, stream: string, block: object): TargetOptions {
  const usual = { create: { shards: 2 }, linger: '2ms', max_in_flight: 1, reader: { poll: '200ms' } };
  return optionsSchema.parse({ endpoint, stream, ...usual, ...block }) as unknown as TargetOptions;
}

/** A stream of its own, and what is sent to it and read back. */
class Trial {
  readonly api: ContractStream;
  readonly sent = new SinkRecord();
  readonly arrived = new SourceRecord();
  readonly #endpoint: string;

  constructor(endpoint: string, api: ContractStream) {
    this.#endpoint = endpoint;
    this.api = api;
  }

  options(block: object = {}): TargetOptions {
    return optionsFor(this.#endpoint, this.api.stream, block);
  }

  /** Sees to the stream as a run does before workers and verifier come. */
  prepared(block: object = {}): Promise<string> {
    const context = { clock: systemClock(), runId: 'r0000test', lastsUs: 60_000_000, random: () => 0.5 };
    return prepare(this.options(block), { ...context, notice: () => {}, reveal: (text) => text });
  }

  reader(block: object = {}, resumeFrom: unknown = null): Promise<Source> {
    return openSource(this.options(block), { ...sourceContext(this.arrived, [fleet]), resumeFrom });
  }

  /** Sends slots from … to − 1; each has to be acknowledged. `meanwhile` happens when the first third is sent. */
  async send(from: number, to: number, block: object = {}, meanwhile = async (): Promise<void> => {}): Promise<void> {
    const sink = await openSink(this.options(block), sinkContext(this.sent, [fleet]));
    const room = [...sink.room];
    const third = from + Math.floor((to - from) / 3);
    await sendSlots(sink, this.sent, fleet, from, third);
    await meanwhile();
    await sendSlots(sink, this.sent, fleet, third, to);
    await sink.flush(20_000);
    expect([...sink.room]).toEqual(room);
    await sink.close();
    expect(this.sent.repeated).toEqual([]);
    for (let slot = from; slot < to; slot++)
      expect(this.sent.outcomes.get(`0/${slot}`)).toMatchObject({ outcome: Outcome.acked });
  }

  /** Slots from … to − 1 have arrived, once each, and in the order of each device where that is kept. */
  expectArrived(from: number, to: number, inOrder: boolean): void {
    const found = this.arrived.arrivals.map(({ address, payload }) => {
      const { slot } = JSON.parse(payload) as { slot: number };
      expect(payload).toBe(payloadOf(0, slot));
      expect(address).toBe(addressOf(fleet, slot % fleet.devices));
      return slot;
    });
    expect([...found].sort((a, b) => a - b)).toEqual(Array.from({ length: to - from }, (_, i) => from + i));
    if (inOrder) for (let seat = 0; seat < fleet.devices; seat++) expectAscending(found, fleet, seat);
  }

  async split(): Promise<void> {
    const [{ ShardId = '' } = {}] = await this.api.shards();
    const StreamName = this.api.stream;
    const NewStartingHashKey = `${KEY_SPACE / 2n}`;
    await this.api.client.send(new SplitShardCommand({ StreamName, ShardToSplit: ShardId, NewStartingHashKey }));
  }
}

function expectAscending(slots: readonly number[], { devices }: TargetFleet, seat: number): void {
  const its = slots.filter((slot) => slot % devices === seat);
  expect(its).toEqual([...its].sort((a, b) => a - b));
}

const abilities = {
  async 'makes the stream that a run asks for, and says what it is'(trial) {
    expect(await trial.prepared({ create: { shards: 3 } })).toMatch(
      /^accepted; stream \S+, created just now, has 3 shards, is provisioned, keeps records for 24 h, not encrypted$/,
    );
    expect(await trial.prepared({ create: null })).toMatch(/^accepted; stream \S+ has 3 shards, is provisioned/);
  },
  async 'makes a stream on demand'(trial) {
    expect(await trial.prepared({ create: { mode: 'on-demand' } })).toContain('has 4 shards, is on demand');
  },
  async 'spreads seats over all shards'(trial) {
    const block = { create: { shards: 3 }, hash_key: 'even' };
    await trial.send(0, 120, block);
    for (const { ShardId } of await trial.api.shards())
      expect((await trial.api.readAll(ShardId as string, {}, 40)).texts).toHaveLength(40);
  },
  async 'takes records as CBOR'(trial) {
    await trial.send(0, 12);
    expect(trial.sent.notices).toEqual([]);
  },
  async 'takes records as JSON where that is asked for'(trial) {
    await trial.prepared();
    const source = await trial.reader();
    await trial.send(0, 24, { wire: 'json' });
    expect(trial.sent.notices).toEqual([]);
    expect(await source.readToEnd(20_000)).toEqual({ complete: true });
    await source.close();
    trial.expectArrived(0, 24, true);
  },
  async 'reads on where an earlier reader was'(trial) {
    const first = await trial.prepared().then(() => trial.reader());
    await trial.send(0, 60);
    expect(await first.readToEnd(20_000)).toEqual({ complete: true });
    const positions: unknown = JSON.parse(JSON.stringify(first.positions?.()));
    await first.close();
    trial.expectArrived(0, 60, true);
    trial.arrived.arrivals.length = 0;
    await trial.send(60, 120);
    const second = await trial.reader({}, positions);
    expect(await second.readToEnd(20_000)).toEqual({ complete: true });
    await second.close();
    trial.expectArrived(60, 120, true);
  },
  async 'loses nothing and keeps the order when a shard is split'(trial) {
    const block = { create: { shards: 1 } };
    await trial.prepared(block);
    const source = await trial.reader(block);
    await trial.send(0, 600, block, () => trial.split());
    expect(await source.readToEnd(20_000)).toEqual({ complete: true });
    await source.close();
    trial.expectArrived(0, 600, true);
    const open = (await trial.api.shards()).filter(({ ParentShardId }) => ParentShardId !== undefined);
    expect(open).toHaveLength(2);
    for (const { ShardId } of open)
      expect((await trial.api.readAll(ShardId as string, {}, 1)).texts.length).toBeGreaterThan(0);
  },
  async 'says that the stream is encrypted'(trial) {
    await trial.prepared();
    const key = { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } as const;
    await trial.api.client.send(new StartStreamEncryptionCommand({ StreamName: trial.api.stream, ...key }));
    await trial.api.active();
    expect(await trial.prepared()).toContain('encrypted by KMS');
    await trial.send(0, 20);
  },
  async 'waits for a stream that is still being made'(trial) {
    const making = trial.prepared({ create: { shards: 1 } });
    await sleep(systemClock(), 5);
    const source = await making.then(() => trial.reader({ create: null }));
    await trial.send(0, 20, { create: null });
    expect(await source.readToEnd(20_000)).toEqual({ complete: true });
    await source.close();
    trial.expectArrived(0, 20, true);
  },
  async [LIMITED](trial) {
    const block = { create: { shards: 1 } };
    await trial.prepared(block);
    const source = await trial.reader(block);
    await trial.send(0, 1600, block);
    expect(trial.sent.notices.filter((notice) => notice.startsWith('throttled'))).not.toEqual([]);
    expect(trial.sent.again.length).toBeGreaterThan(0);
    expect(await source.readToEnd(20_000)).toEqual({ complete: true });
    await source.close();
    trial.expectArrived(0, 1600, false);
  },
} satisfies Record<string, Check>;
