import { IotloadError } from '../../core/errors.ts';
import type { Source, SourceContext, TargetOptions } from '../target.ts';

/** Opens the read side of a Kafka target. */
export async function openSource(_options: TargetOptions, _context: SourceContext): Promise<Source> {
  throw new IotloadError('not-supported', 'Kafka cannot be read back yet', { where: 'target.protocol' });
}
