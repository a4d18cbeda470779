import { IotloadError } from '../core/errors.ts';
import { formatBytes } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * Why a run whose generator and verifier use `usedBytes` together has to end: an orderly end with results is better than one by the
 * system. null while they are within what the scenario allows.
 */
export function memoryExceeded({ limits }: Plan, usedBytes: number): IotloadError | null {
  const { memoryBytes } = limits;
  if (memoryBytes === null || usedBytes <= memoryBytes) return null;
  const [used, most] = [formatBytes(usedBytes), formatBytes(memoryBytes)];
  return new IotloadError('memory-exceeded', `generator and verifier need ${used}, more than ${most}`, {
    where: 'safety.max_memory',
    hint: 'raise it, or use a pool of connections, fewer devices or a smaller backlog',
  });
}
