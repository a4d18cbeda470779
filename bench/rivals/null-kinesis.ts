import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { encodeCbor } from '../../src/wire/cbor/encode.ts';
import { contentTypes, formOf, type WireForm } from '../../src/wire/kinesis/wire-form.ts';
import { type CountingBroker, startCountingBroker } from './counting-broker.ts';

/*
 * A Kinesis that only answers: DescribeStreamSummary, ListShards and PutRecords, for whatever stream it is asked. It says that it stored
 * everything, in answers as long as the service's and in the form in which it is asked, keeps nothing, counts records, and runs in a process
 * of its own, so that nobody is charged for it.
 */

/** HTTP/1.1 and HTTP/2, each plain and over TLS. */
export type NullProtocol = 'http' | 'https' | 'http2' | 'https2';

/** Starts one; certificate and its key are needed for TLS, in one PEM file. */
export function startNullKinesis(protocol: NullProtocol, shards: number, pem = ''): Promise<CountingBroker> {
  return startCountingBroker(import.meta.url, protocol, `${shards}`, pem);
}

const KEY = Buffer.from('PartitionKey');
const SPACE = 1n << 128n;
const SEQUENCE = '49590338271490256608559692538361571095921575989136588898';
const SHARDS = Number(process.argv[4]);
const shardId = (index: number): string => `shardId-${`${index}`.padStart(12, '0')}`;

const stream = {
  StreamDescriptionSummary: {
    StreamName: 'bench',
    StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/bench',
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    RetentionPeriodHours: 24,
    StreamCreationTimestamp: 1_772_366_400,
    EnhancedMonitoring: [],
    EncryptionType: 'NONE',
    OpenShardCount: SHARDS,
    ConsumerCount: 0,
  },
};

function shards(): object {
  const part = SPACE / BigInt(SHARDS);
  return {
    Shards: Array.from({ length: SHARDS }, (_, i) => ({
      ShardId: shardId(i),
      HashKeyRange: {
        StartingHashKey: `${BigInt(i) * part}`,
        EndingHashKey: `${(i === SHARDS - 1 ? SPACE : BigInt(i + 1) * part) - 1n}`,
      },
      SequenceNumberRange: { StartingSequenceNumber: SEQUENCE },
    })),
  };
}

const stored: Record<WireForm, Map<number, Buffer>> = { json: new Map(), cbor: new Map() };

function putAnswer(records: number, form: WireForm): Buffer {
  const known = stored[form].get(records);
  if (known !== undefined) return known;
  const Records = Array.from({ length: records }, (_, i) => ({
    SequenceNumber: SEQUENCE,
    ShardId: shardId(i % SHARDS),
  }));
  const said = { FailedRecordCount: 0, Records };
  const answer = form === 'cbor' ? encodeCbor(said) : Buffer.from(JSON.stringify(said));
  stored[form].set(records, answer);
  return answer;
}

let taken = 0;

function answerTo(operation: string, body: Buffer, form: WireForm): Buffer {
  if (operation === 'DescribeStreamSummary') return Buffer.from(JSON.stringify(stream));
  if (operation === 'ListShards') return Buffer.from(JSON.stringify(shards()));
  if (operation !== 'PutRecords') throw new Error(`no answer to ${operation}`);
  let records = 0;
  for (let at = body.indexOf(KEY); at >= 0; at = body.indexOf(KEY, at + KEY.length)) records++;
  taken += records;
  return putAnswer(records, form);
}

// The signature of `http2` differs, but not in what is used here.
function serveRequest(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const form = formOf(request.headers['content-type']);
    const answer = answerTo(operation, Buffer.concat(chunks), form);
    response.writeHead(200, {
      'content-type': contentTypes[form],
      'content-length': answer.length,
      'x-amzn-requestid': '00000000-0000-0000-0000-000000000000',
    });
    response.end(answer);
  });
}

function serverOf(protocol: string, pem: string): Server {
  const serve = serveRequest as (request: unknown, response: unknown) => void;
  if (protocol === 'http') return createServer({ noDelay: true, keepAliveTimeout: 0 }, serve);
  if (protocol === 'http2') return createHttp2Server(serve);
  const tls = { key: readFileSync(pem), cert: readFileSync(pem) };
  if (protocol === 'https') return createTlsServer({ ...tls, noDelay: true, keepAliveTimeout: 0 }, serve);
  return createSecureServer(tls, serve);
}

async function serve(): Promise<void> {
  const server = serverOf(process.argv[3] ?? '', process.argv[5] ?? '');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.on('message', () => {
    process.send?.(taken);
    taken = 0;
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.((server.address() as AddressInfo).port);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve();
