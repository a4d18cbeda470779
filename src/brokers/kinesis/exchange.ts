import type { IncomingMessage, ServerResponse } from 'node:http';
import { operations } from './api/registry.ts';
import type { BrokerState } from './broker-state.ts';
import { KinesisError } from './kinesis-error.ts';

const TARGET = 'Kinesis_20131202.';
const JSON_TYPE = 'application/x-amz-json-1.1';
/** 10 MiB of records as base64, and what JSON needs around 500 of them. */
const LARGEST_BODY = 16 * 1024 * 1024;

/** Answers one HTTP request. */
export async function answer(state: BrokerState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body: Buffer;
  try {
    body = await readBody(request);
  } catch (error) {
    if (error instanceof KinesisError) sendError(response, error);
    return;
  }
  try {
    send(response, 200, await operationOf(request)(state, body));
  } catch (error) {
    sendError(response, error instanceof KinesisError ? error : failure(error));
  }
}

/** @throws KinesisError */
function operationOf({ method, headers }: IncomingMessage) {
  const target = `${headers['x-amz-target'] ?? ''}`;
  const operation = target.startsWith(TARGET) ? operations.get(target.slice(TARGET.length)) : undefined;
  if (method !== 'POST' || operation === undefined) throw new KinesisError('UnknownOperationException', '');
  return operation;
}

/** Rejects with a KinesisError for one that is too large, with Node's error where the client goes away. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > LARGEST_BODY) throw new KinesisError('RequestEntityTooLarge', `A body may have ${LARGEST_BODY} bytes.`);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_BODY) throw new KinesisError('RequestEntityTooLarge', `A body may have ${LARGEST_BODY} bytes.`);
    parts.push(part);
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, size);
}

function send(response: ServerResponse, status: number, content: Buffer | object | undefined): void {
  const body =
    content === undefined ? Buffer.alloc(0) : Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': body.length });
  response.end(body);
}

function sendError(response: ServerResponse, { name, message, status }: KinesisError): void {
  send(response, status, { __type: name, message });
}

function failure(error: unknown): KinesisError {
  return new KinesisError('InternalFailure', error instanceof Error ? error.message : `${error}`, 500);
}
