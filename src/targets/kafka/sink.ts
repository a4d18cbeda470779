import { IotloadError } from '../../core/errors.ts';
import type { Sink, SinkContext, TargetOptions } from '../target.ts';

/** Opens the write side of a Kafka target. */
export async function openSink(_options: TargetOptions, _context: SinkContext): Promise<Sink> {
  throw new IotloadError('not-supported', 'Kafka cannot be written to yet', { where: 'target.protocol' });
}
