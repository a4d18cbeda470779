import { join } from 'node:path';
import type { TargetDefinition } from '../target.ts';
import { PartFiles } from './part-files.ts';

/** Files with one event a line, one file or one after the other, and reading them back. */
export const file: TargetDefinition = {
  name: 'file',
  doc: 'files with one event a line, one file per part of the run',
  traits: ({ format }) => ({
    acknowledges: true,
    address: 'none',
    ordered: true,
    readable: true,
    connected: false,
    unpaced: true,
    hosts: [],
    payloads: format === 'csv' ? 'csv' : 'text',
  }),
  inDirectory: (options, dir) => ({ ...options, path: options['path'] ?? join(dir, 'events.jsonl') }),
  writes: (options, parts) => new PartFiles(options).patternOf(parts),
  options: () => import('./options.ts'),
  sink: () => import('./sink.ts'),
  source: () => import('./source.ts'),
};
