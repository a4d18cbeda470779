import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  type PutRecordsCommandOutput,
  type Shard,
} from '@aws-sdk/client-kinesis';
import { sleep, systemClock } from '../../src/core/clock.ts';

const clock = systemClock();
const CRAWL_MS = 30;
let streams = 0;

/** A stream of its own for each check, and calls on it. */
export class ContractStream {
  readonly client: KinesisClient;
  readonly stream = `contract-${process.pid}-${streams++}`;

  constructor(client: KinesisClient) {
    this.client = client;
  }

  async create(shards: number | 'on-demand'): Promise<Shard[]> {
    const StreamName = this.stream;
    await this.client.send(
      new CreateStreamCommand(
        shards === 'on-demand'
          ? { StreamName, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }
          : { StreamName, ShardCount: shards },
      ),
    );
    await this.active();
    return this.shards();
  }

  /** Resolves with its description when it is there and at rest. */
  async active() {
    const deadlineUs = clock.nowUs() + 20_000_000;
    for (;;) {
      const { StreamDescriptionSummary: summary } = await this.client.send(
        new DescribeStreamSummaryCommand({ StreamName: this.stream }),
      );
      if (summary?.StreamStatus === 'ACTIVE') return summary;
      if (clock.nowUs() > deadlineUs) throw new Error(`${this.stream} is still ${summary?.StreamStatus}`);
      await sleep(clock, CRAWL_MS);
    }
  }

  async shards(): Promise<Shard[]> {
    const { Shards } = await this.client.send(new ListShardsCommand({ StreamName: this.stream }));
    return Shards ?? [];
  }

  put(...records: { key: string; data?: string; hash?: bigint }[]): Promise<PutRecordsCommandOutput> {
    return this.client.send(
      new PutRecordsCommand({
        StreamName: this.stream,
        Records: records.map(({ key, data = key, hash }) => ({
          Data: Buffer.from(data),
          PartitionKey: key,
          ...(hash === undefined ? {} : { ExplicitHashKey: `${hash}` }),
        })),
      }),
    );
  }

  async iterator(shard: string, from: Partial<GetShardIteratorCommandInput>): Promise<string> {
    const { ShardIterator } = await this.client.send(
      new GetShardIteratorCommand({
        StreamName: this.stream,
        ShardId: shard,
        ShardIteratorType: 'TRIM_HORIZON',
        ...from,
      }),
    );
    return ShardIterator as string;
  }

  read(iterator: string, limit = 1000) {
    return this.client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: limit }));
  }

  /** Texts of what is stored from there on, up to the tip or the end of the shard; `next` is null at its end. */
  async readAll(shard: string, from: Partial<GetShardIteratorCommandInput> = {}, expected = 0) {
    const texts: string[] = [];
    const numbers: string[] = [];
    let next: string | null | undefined = await this.iterator(shard, from);
    for (let calls = 0; calls < 12; calls++) {
      const answer = await this.read(next);
      for (const { Data, SequenceNumber } of answer.Records ?? []) {
        texts.push(Buffer.from(Data as Uint8Array).toString());
        numbers.push(SequenceNumber as string);
      }
      next = answer.NextShardIterator;
      if (next === undefined || next === null || next === '') return { texts, numbers, next: null, last: answer };
      if (answer.Records?.length === 0 && texts.length >= expected && answer.MillisBehindLatest === 0) break;
      // A shard is read at most five times a second.
      await sleep(clock, 210);
    }
    return { texts, numbers, next, last: null };
  }
}
