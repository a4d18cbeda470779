import { join } from 'node:path';
import { formatBytes, formatDuration } from '../../core/units.ts';
import type { TargetDefinition, TargetOptions } from '../target.ts';
import { formatOf, hostsOf, landedPattern, lands, rollOf } from './landing-place.ts';
import { PartFiles } from './part-files.ts';

/** Files, one that grows or one after the other that land complete, in a folder or an S3-compatible store; and reading them back. */
export const file: TargetDefinition = {
  name: 'file',
  doc: 'files: one event a line, CSV or Parquet, growing or landing complete, in a folder or an S3-compatible store',
  traits(options) {
    const { payloads, keepsValues = false } = formatOf(options);
    return {
      acknowledges: true,
      address: 'none',
      ordered: true,
      readable: true,
      connected: false,
      unpaced: true,
      hosts: hostsOf(options),
      perRun: lands(options),
      keepsValues,
      ...(payloads === undefined ? {} : { payloads }),
    };
  },
  inDirectory: (options, dir) => ({
    ...options,
    path: options['path'] ?? join(dir, `events${formatOf(options).extension}`),
  }),
  outline: outlineOf,
  effort: (options) => (formatOf(options).keepsValues ? { sendNs: 2500, readNs: 3000 } : { sendNs: 150, readNs: 900 }),
  writes: (options, parts, runId) =>
    lands(options) ? landedPattern(options, parts, runId) : new PartFiles(options).patternOf(parts),
  options: () => import('./options.ts'),
  prepare: () => import('./prepare.ts'),
  sink: () => import('./sink.ts'),
  source: () => import('./source.ts'),
};

function outlineOf(options: TargetOptions): string | undefined {
  if (!lands(options)) return undefined;
  const { maxBytes, everyUs } = rollOf(options);
  const bounds = [
    Number.isFinite(maxBytes) ? `up to ${formatBytes(maxBytes)}` : '',
    everyUs === null ? '' : `complete after ${formatDuration(everyUs)}`,
  ].filter((bound) => bound !== '');
  const { format, path } = options;
  return `${typeof path === 'string' ? `${path}, ` : ''}${format} files ${bounds.join(', ')}`;
}
