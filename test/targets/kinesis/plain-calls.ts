import {
  CallError,
  type CallFailure,
  type KinesisCalls,
  type ShardInfo,
  type ShardStart,
  type StreamSummary,
} from '../../../src/targets/kinesis/calls.ts';

const failures: Readonly<Record<string, CallFailure>> = {
  ProvisionedThroughputExceededException: 'throttled',
  LimitExceededException: 'throttled',
  ExpiredIteratorException: 'expired-iterator',
  ResourceNotFoundException: 'missing',
};

const starts = { start: 'TRIM_HORIZON', end: 'LATEST', after: 'AFTER_SEQUENCE_NUMBER', time: 'AT_TIMESTAMP' } as const;

interface ApiAnswer {
  StreamDescriptionSummary: {
    StreamStatus: string;
    StreamARN: string;
    OpenShardCount: number;
    RetentionPeriodHours: number;
    StreamCreationTimestamp: number;
  };
  Shards: {
    ShardId: string;
    HashKeyRange: { StartingHashKey: string; EndingHashKey: string };
    SequenceNumberRange: { EndingSequenceNumber?: string };
    ParentShardId?: string | null;
    AdjacentParentShardId?: string | null;
  }[];
  ShardIterator: string;
  Records: { ErrorCode?: string }[];
}

/** The API by plain HTTP, unsigned, on an endpoint that asks for nothing; with the calls that a test needs besides. */
export class PlainCalls implements KinesisCalls {
  readonly #port: number;
  readonly #stream: string;
  /** Answers and refusals by the names of operations. */
  readonly counts: Record<string, number> = {};

  constructor(port: number, stream: string) {
    this.#port = port;
    this.#stream = stream;
  }

  async describe(): Promise<StreamSummary | null> {
    try {
      const { StreamDescriptionSummary: summary } = await this.ask('DescribeStreamSummary');
      return {
        status: summary.StreamStatus,
        arn: summary.StreamARN,
        mode: 'provisioned',
        openShards: summary.OpenShardCount,
        retentionHours: summary.RetentionPeriodHours,
        encrypted: false,
        createdMs: summary.StreamCreationTimestamp * 1000,
      };
    } catch (error) {
      if (error instanceof CallError && error.failure === 'missing') return null;
      throw error;
    }
  }

  async create(shards: number | 'on-demand'): Promise<void> {
    await this.ask('CreateStream', { ShardCount: shards });
  }

  async shards(): Promise<ShardInfo[]> {
    const { Shards } = await this.ask('ListShards');
    return Shards.map((shard) => ({
      id: shard.ShardId,
      firstHash: BigInt(shard.HashKeyRange.StartingHashKey),
      lastHash: BigInt(shard.HashKeyRange.EndingHashKey),
      open: shard.SequenceNumberRange.EndingSequenceNumber === undefined,
      parents: [shard.ParentShardId ?? [], shard.AdjacentParentShardId ?? []].flat(),
    }));
  }

  async iterator(shard: string, start: ShardStart): Promise<string> {
    const { ShardIterator } = await this.ask('GetShardIterator', {
      ShardId: shard,
      ShardIteratorType: starts[start.at],
      ...(start.at === 'after' ? { StartingSequenceNumber: start.sequence } : {}),
      ...(start.at === 'time' ? { Timestamp: start.wallMs / 1000 } : {}),
    });
    return ShardIterator;
  }

  getRecords(iterator: string, limit: number): Promise<Uint8Array> {
    return this.#post('GetRecords', { ShardIterator: iterator, Limit: limit });
  }

  takesCbor(): Promise<boolean> {
    throw new Error('a reader writes nothing');
  }

  putRecords(): Promise<Uint8Array> {
    throw new Error('a reader writes nothing');
  }

  /** One record each, the key and the data alike; those that are refused once more. */
  async put(texts: readonly string[]): Promise<void> {
    for (let left = texts; left.length > 0; ) {
      const Records = left.slice(0, 500).map((text) => ({
        Data: Buffer.from(text).toString('base64'),
        PartitionKey: text.slice(0, text.indexOf('/')),
      }));
      const answer = await this.ask('PutRecords', { Records });
      const again = left.filter((_, i) => answer.Records[i]?.ErrorCode !== undefined && i < 500);
      left = [...again, ...left.slice(500)];
    }
  }

  /** An operation on the stream; its answer has what that operation answers. */
  async ask(operation: string, input: object = {}): Promise<ApiAnswer> {
    const body = await this.#post(operation, { StreamName: this.#stream, ...input });
    return JSON.parse(body.length === 0 ? '{}' : Buffer.from(body).toString()) as ApiAnswer;
  }

  close(): void {}

  async #post(operation: string, input: object): Promise<Uint8Array> {
    this.counts[operation] = (this.counts[operation] ?? 0) + 1;
    const response = await fetch(`http://127.0.0.1:${this.#port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Kinesis_20131202.${operation}` },
      body: JSON.stringify(input),
    });
    const body = new Uint8Array(await response.arrayBuffer());
    if (response.status === 200) return body;
    const { __type: kind } = JSON.parse(Buffer.from(body).toString()) as { __type: string };
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    throw new CallError(failures[kind] ?? 'refused', 'was refused', kind, null);
  }
}
