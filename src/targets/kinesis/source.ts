import type { Source, SourceContext, TargetOptions } from '../target.ts';
import { openingError } from './call-errors.ts';
import { openClient } from './client.ts';
import type { KinesisOptions } from './options.ts';
import { ShardReader } from './shard-reader.ts';
import { streamOfRun } from './stream-name.ts';

/** Connections of the reader; each shard has at most one call under way. */
const CONNECTIONS = 32;

/**
 * Opens the read side: every shard of the stream, from its end, or from where an earlier reader was.
 * @throws IotloadError `target-refused`, `target-unreachable`
 */
export async function openSource(options: TargetOptions, context: SourceContext): Promise<Source> {
  const kinesis = options as unknown as KinesisOptions;
  const stream = streamOfRun(kinesis.stream, context.runId);
  const calls = await openClient(kinesis, { stream, connections: CONNECTIONS });
  const reader = new ShardReader(calls, { stream, pollUs: kinesis.pollUs, limit: kinesis.readLimit }, context);
  try {
    await reader.open();
    return reader;
  } catch (error) {
    await reader.close();
    throw openingError(error, kinesis, stream);
  }
}
