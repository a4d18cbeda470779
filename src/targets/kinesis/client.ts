import { readFile } from 'node:fs/promises';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { IotloadError } from '../../core/errors.ts';
import { PutRecordsBody } from '../../wire/kinesis/put-records-body.ts';
import type { WireForm } from '../../wire/kinesis/wire-form.ts';
import { type AsksWhom, awsSigner, quietSdk, whoIsAsked } from '../aws-signer.ts';
import { callError } from './call-errors.ts';
import { CallError, type KinesisCalls, type ShardInfo, type ShardStart, type StreamSummary } from './calls.ts';
import { endpointUrl } from './endpoint.ts';
import type { KinesisOptions } from './options.ts';
import { plainBodies } from './plain-bodies.ts';
import { passesRawBodies, passRawBodies, type RawBodies, type RawBody } from './raw-bodies.ts';

/** What a set of connections is opened for. */
export interface ClientSettings {
  stream: string;
  /** Most calls under way. */
  connections: number;
}

/** A request without an answer is given up in time for so many within the timeout of an event. */
const ATTEMPTS = 3;

/**
 * The calls on a stream through the SDK, over HTTP/1.1 connections that stay; its own repetitions are switched off. Opens nothing yet.
 * @throws IotloadError `file-unreadable` for the certificates of `tls`
 */
export async function openClient(options: KinesisOptions, settings: ClientSettings): Promise<KinesisCalls> {
  quietSdk();
  const [sdk, { NodeHttpHandler }, { Agent: HttpAgent }, { Agent: HttpsAgent }, ca] = await Promise.all([
    import('@aws-sdk/client-kinesis'),
    import('@smithy/node-http-handler'),
    import('node:http'),
    import('node:https'),
    options.tls === null ? undefined : readCertificates(options.tls.ca),
  ]);
  const { region, timeoutUs } = options;
  const endpoint = endpointUrl(options.endpoint, region);
  const sockets = { keepAlive: true, maxSockets: settings.connections };
  const timeout = Math.max(1, Math.ceil(timeoutUs / 1000 / ATTEMPTS));
  const agents = {
    plain: new HttpAgent(sockets),
    tls: new HttpsAgent({ ...sockets, ...(ca === undefined ? {} : { ca }) }),
  };
  const client = new sdk.KinesisClient({
    region,
    maxAttempts: 1,
    endpoint,
    ...(await awsSigner(options.auth, region, asksWhom(options.endpoint))),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: timeout,
      requestTimeout: timeout,
      // An answer whose rest does not come is given up as well.
      socketTimeout: timeout,
      throwOnRequestTimeout: true,
      socketAcquisitionWarningTimeout: 1e9,
      httpAgent: agents.plain,
      httpsAgent: agents.tls,
    }),
  });
  const probe = new sdk.PutRecordsCommand({ StreamName: settings.stream, Records: [] });
  const raw = passesRawBodies(client, probe)
    ? passRawBodies(client, { ...agents, timeoutMs: timeout })
    : plainBodies(client);
  return new SdkCalls(sdk, client, settings.stream, raw);
}

/** The embedded broker takes anybody; what else listens here may check, where the environment has something to check. */
function asksWhom(endpoint: string): AsksWhom {
  return endpoint.startsWith('kinesis:') ? 'nobody' : whoIsAsked(endpoint);
}

async function readCertificates(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const details = { where: 'target.tls.ca', value: file, cause };
    throw new IotloadError('file-unreadable', `tls.ca: ${(cause as Error).message}`, details);
  }
}

type Sdk = typeof import('@aws-sdk/client-kinesis');

class SdkCalls implements KinesisCalls {
  readonly #sdk: Sdk;
  readonly #client: KinesisClient;
  readonly #stream: string;
  readonly #raw: RawBodies;

  constructor(sdk: Sdk, client: KinesisClient, stream: string, raw: RawBodies) {
    this.#sdk = sdk;
    this.#client = client;
    this.#stream = stream;
    this.#raw = raw;
  }

  get note(): string | null {
    return this.#raw.note;
  }

  async describe(): Promise<StreamSummary | null> {
    try {
      const command = new this.#sdk.DescribeStreamSummaryCommand({ StreamName: this.#stream });
      const { StreamDescriptionSummary: summary } = await this.#client.send(command);
      if (summary === undefined) return null;
      return {
        status: summary.StreamStatus ?? '',
        arn: summary.StreamARN ?? '',
        mode: summary.StreamModeDetails?.StreamMode === 'ON_DEMAND' ? 'on-demand' : 'provisioned',
        openShards: summary.OpenShardCount ?? 0,
        retentionHours: summary.RetentionPeriodHours ?? 0,
        encrypted: summary.EncryptionType === 'KMS',
        createdMs: summary.StreamCreationTimestamp?.getTime() ?? 0,
      };
    } catch (error) {
      const failed = callError(error);
      if (failed.failure === 'missing') return null;
      throw failed;
    }
  }

  async create(shards: number | 'on-demand'): Promise<void> {
    const StreamName = this.#stream;
    const input =
      shards === 'on-demand'
        ? { StreamName, StreamModeDetails: { StreamMode: 'ON_DEMAND' as const } }
        : { StreamName, ShardCount: shards };
    try {
      await this.#client.send(new this.#sdk.CreateStreamCommand(input));
    } catch (error) {
      // Somebody else was first.
      if ((error as Error).name !== 'ResourceInUseException') throw callError(error);
    }
  }

  async shards(): Promise<ShardInfo[]> {
    const shards: ShardInfo[] = [];
    let next: string | undefined;
    do {
      const input = next === undefined ? { StreamName: this.#stream } : { NextToken: next };
      const page = await this.#client.send(new this.#sdk.ListShardsCommand(input)).catch((error: unknown) => {
        throw callError(error);
      });
      for (const { ShardId, HashKeyRange, SequenceNumberRange, ParentShardId, AdjacentParentShardId } of page.Shards ??
        []) {
        shards.push({
          id: ShardId ?? '',
          firstHash: BigInt(HashKeyRange?.StartingHashKey ?? 0),
          lastHash: BigInt(HashKeyRange?.EndingHashKey ?? 0),
          open: (SequenceNumberRange?.EndingSequenceNumber ?? null) === null,
          parents: [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined && id !== null),
        });
      }
      next = page.NextToken ?? undefined;
    } while (next !== undefined && next !== '');
    return shards;
  }

  takesCbor(): Promise<boolean> {
    const body = new PutRecordsBody({ name: this.#stream }, 'cbor').finish();
    return this.#raw.takesCbor(this.#putRecords(), body);
  }

  putRecords(body: Uint8Array, form: WireForm): Promise<Uint8Array> {
    return this.#send(this.#putRecords(), { bytes: body, form });
  }

  async iterator(shard: string, start: ShardStart): Promise<string> {
    const input = { StreamName: this.#stream, ShardId: shard, ...startOf(start) };
    try {
      const { ShardIterator } = await this.#client.send(new this.#sdk.GetShardIteratorCommand(input));
      return ShardIterator ?? '';
    } catch (error) {
      throw callError(error);
    }
  }

  getRecords(iterator: string, limit: number): Promise<Uint8Array> {
    return this.#send(new this.#sdk.GetRecordsCommand({ ShardIterator: iterator, Limit: limit }), null);
  }

  close(): void {
    this.#client.destroy();
  }

  /** Its body is replaced. */
  #putRecords(): object {
    return new this.#sdk.PutRecordsCommand({ StreamName: this.#stream, Records: [] });
  }

  async #send(command: object, body: RawBody | null): Promise<Uint8Array> {
    try {
      return await this.#raw.send(command, body);
    } catch (error) {
      throw error instanceof CallError ? error : callError(error);
    }
  }
}

function startOf(start: ShardStart) {
  switch (start.at) {
    case 'start':
      return { ShardIteratorType: 'TRIM_HORIZON' as const };
    case 'end':
      return { ShardIteratorType: 'LATEST' as const };
    case 'after':
      return { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, StartingSequenceNumber: start.sequence };
    case 'time':
      return { ShardIteratorType: 'AT_TIMESTAMP' as const, Timestamp: new Date(start.wallMs) };
  }
}
