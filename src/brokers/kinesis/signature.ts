import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { KinesisError } from './kinesis-error.ts';

/** Who may do everything. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Of credentials that end: it has to come along. */
  sessionToken?: string;
  /** It has ended. */
  expired?: boolean;
}

/** How far clocks may be apart, ms. */
const TOLERANCE_MS = 300_000;
const SHAPE =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/kinesis\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/**
 * Checks a request's signature (Signature Version 4) against those who are known.
 * @throws KinesisError named as the service names it
 */
export function checkSignature(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: Buffer,
  known: readonly Credentials[],
  { region, nowMs }: { region: string; nowMs: number },
): void {
  const { headers } = request;
  const { authorization } = headers;
  if (authorization === undefined)
    throw new KinesisError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const fields = SHAPE.exec(authorization);
  if (fields === null)
    throw new KinesisError('IncompleteSignatureException', 'Authorization header is not of Signature Version 4.');
  const [, keyId, day, scopeRegion, signed, signature] = fields as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const owner = known.find(({ accessKeyId }) => accessKeyId === keyId);
  const token = headers['x-amz-security-token'];
  if (owner === undefined || owner.sessionToken !== token)
    throw new KinesisError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  if (owner.expired === true)
    throw new KinesisError('ExpiredTokenException', 'The security token included in the request is expired');
  if (scopeRegion !== region)
    throw new KinesisError('InvalidSignatureException', 'Credential should be scoped to a valid region.');
  const date = `${headers['x-amz-date'] ?? ''}`;
  checkAge(date, nowMs);
  const scope = `${day}/${region}/kinesis/aws4_request`;
  const canonical = [
    request.method,
    request.url,
    '',
    ...signed.split(';').map((name) => `${name}:${headerText(headers, name)}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const wanted = hmac(
    signingKey(owner.secretAccessKey, day, region),
    ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n'),
  );
  if (timingSafeEqual(wanted, Buffer.from(signature, 'hex'))) return;
  throw new KinesisError(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  );
}

function checkAge(date: string, nowMs: number): void {
  const fields = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)?.slice(1).map(Number);
  if (fields === undefined) throw new KinesisError('IncompleteSignatureException', 'X-Amz-Date is missing or no date.');
  const [year, month, day, hour, minute, second] = fields as [number, number, number, number, number, number];
  const apartMs = nowMs - Date.UTC(year, month - 1, day, hour, minute, second);
  if (Math.abs(apartMs) <= TOLERANCE_MS) return;
  const what = apartMs > 0 ? 'Signature expired' : 'Signature not yet current';
  const now = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  throw new KinesisError(
    'InvalidSignatureException',
    `${what}: ${date} is now ${apartMs > 0 ? 'earlier' : 'later'} than ${now} by more than 5 min.`,
  );
}

function headerText(headers: IncomingHttpHeaders, name: string): string {
  return `${headers[name] ?? ''}`.trim().replace(/ +/g, ' ');
}

function signingKey(secret: string, day: string, region: string): Buffer {
  return [region, 'kinesis', 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, day));
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
