import {
  CreateStreamCommand,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  KinesisClient,
  type KinesisClientConfig,
  PutRecordsCommand,
  type PutRecordsCommandOutput,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { onTestFinished } from 'vitest';
import type { KinesisFaultPlan } from '../../../src/brokers/kinesis/faults/fault-plan.ts';
import { type KinesisServerOptions, startKinesisServer } from '../../../src/brokers/kinesis/server.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

export interface Event {
  key: string;
  value: string;
}

/** A client of AWS's own; it tries everything once. */
export function sdkClient(port: number, config: KinesisClientConfig = {}): KinesisClient {
  const client = new KinesisClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: new NodeHttpHandler({}),
    ...config,
  });
  onTestFinished(() => client.destroy());
  return client;
}

/** An endpoint in virtual time, and its stream `s`. */
export async function kinesisWorld(
  options: Partial<KinesisServerOptions<string>> & { shards?: number; plan?: KinesisFaultPlan } = {},
) {
  const clock = new VirtualClock();
  const server = await startKinesisServer({
    port: 0,
    clock,
    transitionMs: 0,
    harmful: { keep: (value: Buffer) => value.toString() },
    ...options,
  });
  onTestFinished(() => server.close());
  const client = sdkClient(server.port);
  await client.send(new CreateStreamCommand({ StreamName: 's', ShardCount: options.shards ?? 1 }));
  server.setFaults(options.plan ?? {});
  const put = (events: readonly Event[]): Promise<PutRecordsCommandOutput> =>
    client.send(
      new PutRecordsCommand({
        StreamName: 's',
        Records: events.map(({ key, value }) => ({ PartitionKey: key, Data: Buffer.from(value) })),
      }),
    );
  const iterator = async (shard = 0): Promise<string> => {
    const ShardId = `shardId-${`${shard}`.padStart(12, '0')}`;
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: 's', ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    return ShardIterator as string;
  };
  const read = (ShardIterator: string, Limit?: number): Promise<GetRecordsCommandOutput> =>
    client.send(new GetRecordsCommand({ ShardIterator, Limit }));
  const pass = (us: number): Promise<void> => clock.advance(clock.nowUs() + us);
  return {
    server,
    client,
    clock,
    pass,
    put,
    iterator,
    read,
    faults: server.faults as NonNullable<typeof server.faults>,
    /** What a shard has, as far as one answer takes. */
    async values(shard = 0): Promise<string[]> {
      // Enough for all five reads of a second.
      await pass(1_000_000);
      const { Records = [] } = await read(await iterator(shard));
      return Records.map(({ Data }) => Buffer.from(Data as Uint8Array).toString());
    },
  };
}

/** Name of the error with which it fails; `none` where it does not. */
export function errorOf(outcome: Promise<unknown>): Promise<string> {
  return outcome.then(
    () => 'none',
    (error: Error) => error.name,
  );
}
