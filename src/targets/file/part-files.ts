import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Part } from '../../core/anchor.ts';
import { IotloadError } from '../../core/errors.ts';
import type { TargetOptions } from '../target.ts';
import type { FileOptions } from './options.ts';

/**
 * Names of the files that grow, one of each part of a run, derived from `path`, so that writers and readers need not talk to each other.
 * With `path: data/events.jsonl` and
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

  pathOf({ index, count }: Part): string {
    return join(this.directory, `${this.#stem}${count === 1 ? '' : `-${index}-of-${count}`}${this.#extension}`);
  }

  /** Path of every file of a run with so many parts, `*` for what differs. */
  patternOf(parts: number): string {
    return join(this.directory, `${this.#stem}${parts === 1 ? '' : `-*-of-${parts}`}${this.#extension}`);
  }

  /** Where every part puts its readiness markers. */
  get probePath(): string {
    return join(this.directory, `${this.#stem}.probe`);
  }

  /** Reads the name of a file in `directory`: whose it is; null for a file that no run with this path writes. */
  read(name: string): Part | null {
    if (!name.startsWith(this.#stem) || !name.endsWith(this.#extension)) return null;
    const end = name.length - this.#extension.length;
    if (end < this.#stem.length) return null;
    const match = /^(?:-(\d+)-of-(\d+))?$/.exec(name.slice(this.#stem.length, end));
    return match === null ? null : { index: Number(match[1] ?? 0), count: Number(match[2] ?? 1) };
  }
}
