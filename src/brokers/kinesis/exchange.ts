import type { IncomingMessage, ServerResponse } from 'node:http';
import { sleep } from '../../core/clock.ts';
import { contentTypes, formOf, type WireForm } from '../../wire/kinesis/wire-form.ts';
import { type Answer, type Operation, operations } from './api/registry.ts';
import type { BrokerState } from './broker-state.ts';
import { cborOfMembers } from './cbor-members.ts';
import { KinesisError } from './kinesis-error.ts';
import { checkSignature } from './signature.ts';

const TARGET = 'Kinesis_20131202.';
/** 10 MiB of records as base64, and what JSON needs around 500 of them. */
const LARGEST_BODY = 16 * 1024 * 1024;

/** Answers one HTTP request, or ends its connection. */
export async function answer(state: BrokerState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = formOf(request.headers['content-type']);
  try {
    const body = await readBody(request);
    await state.gate.passed();
    check(state, request, body);
    await deliver(state, response, await operationOf(request)(state, body, form), form);
  } catch (error) {
    // Of a client that has gone there is nobody to tell.
    if (response.destroyed || request.errored !== null) return;
    await state.gate.passed();
    const { name, message, status } = error instanceof KinesisError ? error : failure(error);
    send(response, status, { __type: name, message }, form);
  }
}

async function deliver(
  { clock, gate }: BrokerState,
  response: ServerResponse,
  { content, fate }: Answer,
  form: WireForm,
): Promise<void> {
  if (fate.cut) {
    response.socket?.resetAndDestroy();
    return;
  }
  const waitUs = fate.holdUntilUs === 0 ? 0 : fate.holdUntilUs - clock.nowUs();
  if (waitUs > 0) await sleep(clock, waitUs / 1000);
  if (gate.isShut) await gate.passed();
  fate.answered(clock.nowUs());
  send(response, 200, content, form);
}

/** @throws KinesisError where the caller is not known for who it says it is */
function check({ credentials, region, streams }: BrokerState, request: IncomingMessage, body: Buffer): void {
  if (credentials !== null) checkSignature(request, body, credentials, { region, nowMs: streams.nowMs() });
}

/** @throws KinesisError */
function operationOf({ method, headers }: IncomingMessage): Operation {
  const target = `${headers['x-amz-target'] ?? ''}`;
  const operation = target.startsWith(TARGET) ? operations.get(target.slice(TARGET.length)) : undefined;
  if (method === 'POST' && operation !== undefined) return operation;
  throw new KinesisError('UnknownOperationException', `Nothing is known of ${JSON.stringify(target.slice(0, 100))}.`);
}

/** Rejects with a KinesisError for one that is too large, whose rest is read and forgotten; with another error where the client goes away. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= LARGEST_BODY) parts.push(part);
      else parts.length = 0;
    });
    request.once('end', () => {
      if (size > LARGEST_BODY)
        reject(new KinesisError('SerializationException', `A body may have ${LARGEST_BODY} bytes.`));
      else resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, size));
    });
    request.once('error', reject);
    request.once('close', () => reject(new Error('the client has gone')));
  });
}

function send(response: ServerResponse, status: number, content: Answer['content'], form: WireForm): void {
  const body = content === null ? Buffer.alloc(0) : Buffer.isBuffer(content) ? content : bytesOf(content, form);
  response.writeHead(status, { 'content-type': contentTypes[form], 'content-length': body.length });
  response.end(body);
}

function bytesOf(content: object, form: WireForm): Buffer {
  return form === 'cbor' ? cborOfMembers(content) : Buffer.from(JSON.stringify(content));
}

function failure(error: unknown): KinesisError {
  return new KinesisError('InternalFailure', error instanceof Error ? error.message : `${error}`, 500);
}
