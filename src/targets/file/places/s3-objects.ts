import type { S3Client } from '@aws-sdk/client-s3';
import type { AwsAuth } from '../../aws-auth-options.ts';
import { awsSigner, quietSdk, whoIsAsked } from '../../aws-signer.ts';
import { s3Url } from './s3-address.ts';
import { s3Failure } from './s3-failure.ts';

/** Options of a target that has its files in a bucket. */
export interface S3Options {
  endpoint: string;
  region: string;
  timeoutUs: number;
  auth: AwsAuth;
}

/** Attempts of one call: all of them may be repeated without harm. */
const MAX_ATTEMPTS = 4;
/** Requests under way at once. */
const MAX_SOCKETS = 16;

/** The calls on the objects of one bucket. Every one throws an `S3Failure`. */
export interface S3Objects {
  /** Whether the bucket is there and may be looked at. */
  headBucket(): Promise<void>;
  /** Bytes of an object; null where there is none. */
  size(key: string): Promise<number | null>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Bytes [from, to) of an object. */
  get(key: string, from: number, to: number): Promise<Uint8Array>;
  remove(key: string): Promise<void>;
  /** Keys that begin so; those of deeper folders only with `deep`. */
  list(prefix: string, options?: { deep: boolean }): Promise<string[]>;
  /** Begins an upload in parts; resolves with its id. */
  begin(key: string): Promise<string>;
  /** Uploads part `number`, from 1; resolves with its tag. */
  part(key: string, id: string, number: number, bytes: Uint8Array): Promise<string>;
  complete(key: string, id: string, tags: readonly string[]): Promise<void>;
  abort(key: string, id: string): Promise<void>;
  /** Ids of uploads of this key that were neither completed nor aborted. */
  begun(key: string): Promise<string[]>;
  close(): void;
}

/** Opens nothing yet. The bucket stands in the path of each request, so that the host is the one that the safety rail has seen. */
export async function openS3(options: S3Options, bucket: string): Promise<S3Objects> {
  quietSdk();
  const [sdk, { NodeHttpHandler }, { Agent: HttpAgent }, { Agent: HttpsAgent }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@smithy/node-http-handler'),
    import('node:http'),
    import('node:https'),
  ]);
  const { endpoint, region } = options;
  const timeout = Math.max(1, Math.ceil(options.timeoutUs / 1000));
  const sockets = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const client = new sdk.S3Client({
    region,
    endpoint: s3Url(endpoint, region),
    forcePathStyle: true,
    maxAttempts: MAX_ATTEMPTS,
    // Stores of other makes know no checksums but those that a call asks for.
    ...(endpoint === 'aws'
      ? {}
      : { requestChecksumCalculation: 'WHEN_REQUIRED' as const, responseChecksumValidation: 'WHEN_REQUIRED' as const }),
    ...(await awsSigner(options.auth, region, whoIsAsked(endpoint))),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: timeout,
      requestTimeout: timeout,
      throwOnRequestTimeout: true,
      socketAcquisitionWarningTimeout: 1e9,
      httpAgent: new HttpAgent(sockets),
      httpsAgent: new HttpsAgent(sockets),
    }),
  });
  return new SdkObjects(sdk, client, bucket);
}

type Sdk = typeof import('@aws-sdk/client-s3');

class SdkObjects implements S3Objects {
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(sdk: Sdk, client: S3Client, bucket: string) {
    this.#sdk = sdk;
    this.#client = client;
    this.#bucket = bucket;
  }

  async headBucket(): Promise<void> {
    await this.#ask(() => this.#client.send(new this.#sdk.HeadBucketCommand({ Bucket: this.#bucket })));
  }

  async size(key: string): Promise<number | null> {
    try {
      const head = await this.#ask(() => this.#client.send(new this.#sdk.HeadObjectCommand(this.#at(key))));
      return head.ContentLength ?? 0;
    } catch (error) {
      if (s3Failure(error).kind === 'missing') return null;
      throw error;
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const input = { ...this.#at(key), Body: bytes, ContentLength: bytes.length };
    await this.#ask(() => this.#client.send(new this.#sdk.PutObjectCommand(input)));
  }

  async get(key: string, from: number, to: number): Promise<Uint8Array> {
    const input = { ...this.#at(key), Range: `bytes=${from}-${to - 1}` };
    return this.#ask(async () => {
      const { Body } = await this.#client.send(new this.#sdk.GetObjectCommand(input));
      return Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
    });
  }

  async remove(key: string): Promise<void> {
    await this.#ask(() => this.#client.send(new this.#sdk.DeleteObjectCommand(this.#at(key))));
  }

  async list(prefix: string, { deep } = { deep: false }): Promise<string[]> {
    const keys: string[] = [];
    let next: string | undefined;
    do {
      const after = next === undefined ? {} : { ContinuationToken: next };
      const input = { Bucket: this.#bucket, Prefix: prefix, ...(deep ? {} : { Delimiter: '/' }), ...after };
      const page = await this.#ask(() => this.#client.send(new this.#sdk.ListObjectsV2Command(input)));
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
      next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
    return keys;
  }

  async begin(key: string): Promise<string> {
    const begun = await this.#ask(() => this.#client.send(new this.#sdk.CreateMultipartUploadCommand(this.#at(key))));
    return begun.UploadId ?? '';
  }

  async part(key: string, id: string, number: number, bytes: Uint8Array): Promise<string> {
    const input = { ...this.#at(key), UploadId: id, PartNumber: number, Body: bytes, ContentLength: bytes.length };
    const { ETag } = await this.#ask(() => this.#client.send(new this.#sdk.UploadPartCommand(input)));
    return ETag ?? '';
  }

  async complete(key: string, id: string, tags: readonly string[]): Promise<void> {
    const Parts = tags.map((ETag, i) => ({ ETag, PartNumber: i + 1 }));
    const input = { ...this.#at(key), UploadId: id, MultipartUpload: { Parts } };
    await this.#ask(() => this.#client.send(new this.#sdk.CompleteMultipartUploadCommand(input)));
  }

  async abort(key: string, id: string): Promise<void> {
    const input = { ...this.#at(key), UploadId: id };
    await this.#ask(() => this.#client.send(new this.#sdk.AbortMultipartUploadCommand(input)));
  }

  async begun(key: string): Promise<string[]> {
    const input = { Bucket: this.#bucket, Prefix: key };
    const { Uploads } = await this.#ask(() => this.#client.send(new this.#sdk.ListMultipartUploadsCommand(input)));
    return (Uploads ?? []).flatMap(({ Key, UploadId }) => (Key === key && UploadId !== undefined ? [UploadId] : []));
  }

  close(): void {
    this.#client.destroy();
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: key };
  }

  async #ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw s3Failure(error);
    }
  }
}
