import type { PrepareContext, TargetOptions } from '../target.ts';
import { openClient } from './client.ts';
import type { KinesisOptions } from './options.ts';
import { type ReadyStream, readyStream } from './stream.ts';
import { streamOfRun } from './stream-name.ts';

const HOUR_US = 3_600_000_000;

/**
 * Sees to the stream before workers and verifier come: creates it where the options say so, waits until it takes records, and says what
 * of its settings weakens the verdict. Resolves with what it found.
 * @throws IotloadError what the service or the stream has against it
 */
export async function prepare(options: TargetOptions, context: PrepareContext): Promise<string> {
  const kinesis = options as unknown as KinesisOptions;
  const stream = streamOfRun(kinesis.stream, context.runId);
  const calls = await openClient(kinesis, { stream, connections: 1 });
  try {
    const ready = await readyStream(calls, stream, kinesis, context.clock);
    const asked = kinesis.create?.shards;
    const found = ready.mode === 'on-demand' ? ready.mode : ready.openShards;
    if (!ready.created && asked !== undefined && asked !== found) {
      context.notice(
        'warning',
        `stream ${stream} was there and stays as it is: ${inShards(found)}, not ${inShards(asked)}`,
      );
    }
    if (ready.retentionHours * HOUR_US < context.lastsUs) {
      context.notice(
        'warning',
        `stream ${stream} keeps records for less time than the run takes: early ones may be gone`,
      );
    }
    return streamText(stream, ready);
  } finally {
    calls.close();
  }
}

function streamText(stream: string, { created, mode, openShards, retentionHours, encrypted }: ReadyStream): string {
  const shards = inShards(openShards);
  const kept = `keeps records for ${retentionHours} h`;
  const key = encrypted ? 'encrypted by KMS' : 'not encrypted';
  return `accepted; stream ${stream}${created ? ', created just now,' : ''} has ${shards}, is ${mode === 'on-demand' ? 'on demand' : 'provisioned'}, ${kept}, ${key}`;
}

function inShards(shards: number | 'on-demand'): string {
  return shards === 'on-demand' ? 'on demand' : `${shards} ${shards === 1 ? 'shard' : 'shards'}`;
}
