import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Part } from '../../core/anchor.ts';
import { IotloadError } from '../../core/errors.ts';
import type { TargetOptions } from '../target.ts';
import type { FileOptions } from './options.ts';

/**
 * Names of the files that one run writes, all derived from `path`, so that writers and readers need not talk to each other. With
 * `path: data/events.jsonl` and
 *
 *     one part            data/events.jsonl
 *     part 2 of 4         data/events-2-of-4.jsonl
 *     readiness markers   data/events.probe, removed when the sink closes
 *
 * The number of parts stands in each name: files of another division of the work are recognised as another run's.
 */
export class PartFiles {
  readonly directory: string;
  readonly #stem: string;
  readonly #extension: string;

  /** @throws IotloadError `defect` when the plan has no path: the runner fills in the default before a worker starts. */
  constructor(options: TargetOptions) {
    const { path } = options as unknown as FileOptions;
    if (path === null) throw new IotloadError('defect', 'the file target has no path', { where: 'target.path' });
    const whole = resolve(path);
    this.directory = dirname(whole);
    this.#extension = extname(whole);
    this.#stem = basename(whole, this.#extension);
  }

  /** Where the part writes. */
  pathOf(part: Part): string {
    const suffix = part.count === 1 ? '' : `-${part.index}-of-${part.count}`;
    return join(this.directory, `${this.#stem}${suffix}${this.#extension}`);
  }

  /** Where every part puts its readiness markers. */
  get probePath(): string {
    return join(this.directory, `${this.#stem}.probe`);
  }

  /** Number of parts of the run that wrote the file `name` of `directory`; null for any other file. */
  partsOf(name: string): number | null {
    if (!name.startsWith(this.#stem) || !name.endsWith(this.#extension)) return null;
    const suffix = name.slice(this.#stem.length, name.length - this.#extension.length);
    if (suffix === '') return 1;
    const match = /^-(\d+)-of-(\d+)$/.exec(suffix);
    return match === null ? null : Number(match[2]);
  }
}
