import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type NullProtocol, startNullKinesis } from './rivals/null-kinesis.ts';
import { phonesPlan, VALUE_BYTES } from './rivals/phones.ts';
import { roleFigure, roleMeter } from './rivals/role.ts';
import { compareRivals, type Figure, type Rival } from './rivals/rounds.ts';
import { runWorker } from './rivals/run-worker.ts';
import { sendInRounds } from './rivals/senders.ts';

/*
 * What does it cost to put an event into Kinesis? CPU seconds (user + system) of the putting process per million events, partition keys of
 * 12 B, data of 220 B, 500 records a request, to a service in another process that only answers; plain and over TLS 1.3.
 *
 * Ours is a whole worker: schedule, model, JSON, identity with its checksum, requests in CBOR, signatures, outcomes in the journal, four histograms.
 * The others get one and the same value, and look whether anything failed:
 *
 *   SDK, kept alive   AWS SDK for JavaScript with the HTTP/1.1 handler and connections that stay, eight requests at a time
 *   SDK, as it comes  the same with the handler that it has by itself: a new HTTP/2 session for every request
 *   boto3             four threads; where BOTO3_PYTHON names a Python that has it (python3 otherwise)
 *
 * Connecting and a warm-up are left out.
 *
 *   BOTO3_PYTHON=/path/to/venv/bin/python node --import tsx bench/kinesis-put.ts [rounds] [events] [plain|tls]
 */

const WARM_UP = 200_000;
const SHARDS = 8;
const PER_REQUEST = 500;
const IN_FLIGHT = 8;
const run = promisify(execFile);

const [role, endpoint = '', messages = '0', setting = ''] = process.argv.slice(2);
const roles: Record<string, () => Promise<void>> = { iotload, sdk };
await (roles[role ?? ''] ?? compare)();

async function iotload(): Promise<void> {
  const ca = process.env['NODE_EXTRA_CA_CERTS'];
  const plan = await phonesPlan({
    target: `{ protocol: kinesis, endpoint: "${endpoint}", stream: bench, tls: ${ca === undefined ? null : `{ ca: ${ca} }`} }`,
    events: Number(messages) + WARM_UP,
    perSecond: 200_000,
  });
  // As fast as it can, which a scenario may not ask of a target that others depend on.
  plan.clock = { ...plan.clock, speed: 'max' };
  const { begin, end } = roleMeter();
  let warmed = 0;
  const acked = await runWorker(plan, (count) => {
    if (warmed > 0 || count < WARM_UP) return;
    warmed = count;
    begin();
  });
  end(acked - warmed);
  process.disconnect?.();
}

async function sdk(): Promise<void> {
  const { KinesisClient, PutRecordsCommand } = await import('@aws-sdk/client-kinesis');
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const kept = { keepAlive: true, maxSockets: IN_FLIGHT };
  const handler = new NodeHttpHandler({ httpAgent: new Agent(kept), httpsAgent: new TlsAgent(kept) });
  const client = new KinesisClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    ...(setting === 'kept' ? { requestHandler: handler } : {}),
  });
  const Data = Buffer.alloc(VALUE_BYTES, 'x');
  await sendInRounds(
    { perSend: PER_REQUEST, inFlight: IN_FLIGHT, warmUp: WARM_UP, events: Number(messages) },
    (key) => ({ Data, PartitionKey: key }),
    async (Records) => {
      const { FailedRecordCount } = await client.send(new PutRecordsCommand({ StreamName: 'bench', Records }));
      if (FailedRecordCount !== 0) throw new Error(`${FailedRecordCount} records failed`);
    },
  );
  client.destroy();
  process.disconnect?.();
}

/** null where there is no boto3. */
async function boto3(endpoint: string, events: number, pem: string | null): Promise<Figure | null> {
  const python = process.env['BOTO3_PYTHON'] ?? 'python3';
  const found = await run(python, ['-c', 'import boto3']).then(
    () => true,
    () => false,
  );
  if (!found) return null;
  const script = fileURLToPath(new URL('rivals/boto3-put.py', import.meta.url));
  const { stdout } = await run(python, [script, endpoint, `${events}`, `${WARM_UP / 4}`, `${VALUE_BYTES}`, pem ?? '-']);
  return JSON.parse(stdout) as Figure;
}

async function compare(): Promise<void> {
  const rounds = Number(role ?? 3);
  const count = Number(process.argv[3] ?? 1_000_000);
  const only = process.argv[4];
  // Signatures cost what they cost, of whomever they are.
  process.env['AWS_ACCESS_KEY_ID'] = process.env['AWS_SECRET_ACCESS_KEY'] = 'bench';
  if (only !== 'tls') await compareOver('plain', ['http', 'http2'], rounds, count, null);
  if (only === 'plain') return;
  const dir = mkdtempSync(join(tmpdir(), 'iotload-bench-'));
  try {
    const pem = join(dir, 'both.pem');
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', pem, '-out', `${pem}.crt`],
    ]);
    await run('sh', ['-c', 'cat "$0.crt" >>"$0"', pem]);
    process.env['NODE_EXTRA_CA_CERTS'] = `${pem}.crt`;
    await compareOver('TLS', ['https', 'https2'], rounds, count, pem);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function compareOver(
  name: string,
  protocols: readonly [NullProtocol, NullProtocol],
  rounds: number,
  count: number,
  pem: string | null,
): Promise<void> {
  const [http1, http2] = await Promise.all(protocols.map((one) => startNullKinesis(one, SHARDS, pem ?? '')));
  const scheme = pem === null ? 'http' : 'https';
  const [one, two] = [http1, http2].map((sink) => `${scheme}://127.0.0.1:${sink?.port}`) as [string, string];
  const ofRole = (role: string, endpoint: string, events: number, setting = ''): Promise<Figure> =>
    roleFigure(import.meta.url, [role, endpoint, `${events}`, setting]);
  const rivals: Record<string, Rival> = {
    iotload: () => ofRole('iotload', one, count),
    'SDK, kept alive': () => ofRole('sdk', one, count / 2, 'kept'),
    'SDK, as it comes': () => ofRole('sdk', two, count / 4),
    boto3: () => boto3(one, count / 4, pem === null ? null : `${pem}.crt`),
  };
  try {
    await compareRivals(`put to a Kinesis that only answers, ${name}`, rounds, rivals);
  } finally {
    http1?.stop();
    http2?.stop();
  }
}
