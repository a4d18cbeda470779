import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Part } from '../../core/anchor.ts';
import { IotloadError } from '../../core/errors.ts';
import type { TargetOptions } from '../target.ts';
import type { FileOptions } from './options.ts';

/** What the name of a file says about who wrote it. */
export interface FileName {
  part: Part;
  /** Place in the part's series, from 1; null where the part writes a single file. */
  sequence: number | null;
  /** It is still being written, or was when its writer died. */
  temporary: boolean;
}

const TEMPORARY = '.part';
const SEQUENCE_DIGITS = 6;

/**
 * Names of the files that one run writes, all derived from `path`, so that writers and readers need not talk to each other. With
 * `path: data/events.jsonl` and
 *
 *     one part            data/events.jsonl
 *     part 2 of 4         data/events-2-of-4.jsonl
 *     `roll`              data/events-000001.jsonl, data/events-2-of-4-000001.jsonl, …
 *       while written     data/.events-000001.jsonl.part
 *     readiness markers   data/events.probe, removed when the sink closes
 *
 * The number of parts stands in each name: files of another division of the work are recognised as another run's.
 */
export class PartFiles {
  readonly directory: string;
  /** Parts write one file after the other. */
  readonly rolls: boolean;
  readonly #stem: string;
  readonly #extension: string;

  /** @throws IotloadError `defect` when the plan has no path: the runner fills in the default before a worker starts. */
  constructor(options: TargetOptions) {
    const { path, roll } = options as unknown as FileOptions;
    if (path === null) throw new IotloadError('defect', 'the file target has no path', { where: 'target.path' });
    const whole = resolve(path);
    this.directory = dirname(whole);
    this.rolls = (roll ?? null) !== null;
    this.#extension = extname(whole);
    this.#stem = basename(whole, this.#extension);
  }

  /** Name of a complete file. */
  nameOf(part: Part, sequence: number | null): string {
    const suffix = part.count === 1 ? '' : `-${part.index}-of-${part.count}`;
    const place = sequence === null ? '' : `-${`${sequence}`.padStart(SEQUENCE_DIGITS, '0')}`;
    return `${this.#stem}${suffix}${place}${this.#extension}`;
  }

  /** Path of a file under its own name. */
  pathOf(part: Part, sequence: number | null): string {
    return join(this.directory, this.nameOf(part, sequence));
  }

  /** Path of every complete file of a run with so many parts, `*` for what differs. */
  patternOf(parts: number): string {
    const suffix = parts === 1 ? '' : `-*-of-${parts}`;
    return join(this.directory, `${this.#stem}${suffix}${this.rolls ? '-*' : ''}${this.#extension}`);
  }

  /** Path of a file that is not complete. */
  temporaryPathOf(part: Part, sequence: number): string {
    return join(this.directory, `.${this.nameOf(part, sequence)}${TEMPORARY}`);
  }

  /** Where every part puts its readiness markers. */
  get probePath(): string {
    return join(this.directory, `${this.#stem}.probe`);
  }

  /** Reads the name of a file in `directory`; null for a file that no run with this path writes. */
  read(name: string): FileName | null {
    const temporary = name.startsWith('.') && name.endsWith(TEMPORARY);
    const own = temporary ? name.slice(1, -TEMPORARY.length) : name;
    if (!own.startsWith(this.#stem) || !own.endsWith(this.#extension)) return null;
    const end = own.length - this.#extension.length;
    if (end < this.#stem.length) return null;
    const match = /^(?:-(\d+)-of-(\d+))?(?:-(\d{6,}))?$/.exec(own.slice(this.#stem.length, end));
    if (match === null) return null;
    const sequence = match[3] === undefined ? null : Number(match[3]);
    if (temporary && sequence === null) return null;
    return { part: { index: Number(match[1] ?? 0), count: Number(match[2] ?? 1) }, sequence, temporary };
  }
}
