import type { Part } from '../../core/anchor.ts';
import { withDeadline } from '../../core/deadline.ts';
import { total } from '../../core/total.ts';
import type { CountedAt, Source, SourceContext, SourceEvents, TargetOptions } from '../target.ts';
import { describeFileError } from './file-error.ts';
import type { OpenFormat } from './formats/format.ts';
import { type LandedSeries, readSeries, type SeriesPosition } from './landed-series.ts';
import type { LandingNames } from './landing-names.ts';
import { formatOf, openLanding } from './landing-place.ts';
import { LineReader } from './line-reader.ts';
import type { FileOptions } from './options.ts';
import type { Place } from './places/place.ts';

/** Files are listed so often while readiness markers may come, or not every part is known: ms. */
const LIST_MS = 100;
/** And so often once every part is: a folder may hold very many files. */
const LIST_RARELY_MS = 2_000;
/** Readiness markers come so long after the source was opened, ms. */
const MARKERS_MS = 60_000;

/** By what stands in the files' names: the file that is read, and how far. */
type LandedPositions = Record<string, SeriesPosition>;

/** Follows the complete files of every part of the run from the first one; they may come into being later. */
export async function openLandingSource(options: TargetOptions, context: SourceContext): Promise<Source> {
  const format = await formatOf(options).open(options as unknown as FileOptions, context.fleets);
  const { place, names } = await openLanding(options, context.runId);
  const source = new LandingSource(place, names, format, context);
  if ((context.resumeFrom ?? null) !== null) await source.passOldMarkers();
  return source;
}

class LandingSource implements Source {
  readonly #place: Place;
  readonly #names: LandingNames;
  readonly #format: OpenFormat;
  readonly #context: SourceContext;
  readonly #events: SourceEvents;
  readonly #series = new Map<string, LandedSeries>();
  /** Bytes of readiness markers that were read, by their file's name. */
  readonly #markers = new Map<string, number>();
  readonly #stopPolling: () => void;
  readonly #troubles = new Set<string>();
  #gaps = 0;
  #counted: CountedAt | null = null;
  #looks = 0;
  #look: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(place: Place, names: LandingNames, format: OpenFormat, context: SourceContext) {
    this.#place = place;
    this.#names = names;
    this.#format = format;
    this.#context = context;
    const { events } = context;
    this.#events = {
      delivered: (batch) => {
        if (this.#closed === undefined) events.delivered(batch);
      },
      notice: (kind, detail, count) => events.notice(kind, detail, count),
    };
    this.#stopPolling = context.clock.every(place.pollMs, () => {
      if (this.#look !== undefined) return;
      const rarely = this.#hasEveryPart() && this.#looks > MARKERS_MS / place.pollMs;
      const every = Math.ceil((rarely ? LIST_RARELY_MS : LIST_MS) / place.pollMs);
      void this.#startLook(this.#looks++ % every === 0);
    });
  }

  /** Markers that are there before a run is gone on with say nothing about now. */
  async passOldMarkers(): Promise<void> {
    const found = await this.#place.list(this.#names.beginnings).catch(() => []);
    for (const name of found) this.#markers.set(name, Number.POSITIVE_INFINITY);
  }

  positions(): LandedPositions {
    const read = Object.fromEntries([...this.#series].map(([key, { position }]) => [key, position]));
    return { ...this.#resumed, ...read };
  }

  health() {
    return { gaps: this.#gaps, gapNames: [...this.#troubles], fullReads: 0, brokerDropped: null };
  }

  counted(): CountedAt | null {
    return this.#counted;
  }

  /** Absence is proof when every file was read without an error and none is missing in between, and there was a file at all. */
  async readToEnd(timeoutMs: number): Promise<{ complete: boolean }> {
    const read = async (): Promise<{ complete: boolean }> => {
      while (this.#look !== undefined) await this.#look;
      await this.#startLook(true);
      return { complete: this.#gaps === 0 && this.#series.size > 0 };
    };
    return withDeadline(this.#context.clock, timeoutMs, read(), () => ({ complete: false }));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#stopPolling();
    await this.#look;
    for (const series of this.#series.values()) await series.close();
    this.#place.close();
  }

  /** Where an earlier source stopped reading. */
  get #resumed(): LandedPositions {
    return (this.#context.resumeFrom as LandedPositions | null | undefined) ?? {};
  }

  /** One look at a time: two would deliver the same events. */
  #startLook(lists: boolean): Promise<void> {
    this.#look = this.#lookOnce(lists).finally(() => {
      this.#look = undefined;
    });
    return this.#look;
  }

  async #lookOnce(lists: boolean): Promise<void> {
    if (lists) await this.#list();
    for (const series of this.#series.values()) {
      if (series.failed) continue;
      try {
        const missing = await series.readOn(() => this.#closed !== undefined);
        if (missing !== null) this.#gap(`${missing} was taken away before it was read`);
      } catch (error) {
        series.failed = true;
        this.#gap(`${series.name}: ${reasonOf(error)}`);
      }
    }
  }

  async #list(): Promise<void> {
    let found: string[];
    try {
      found = await this.#place.list(this.#names.beginnings);
    } catch (error) {
      this.#gap(`${this.#place.title} cannot be listed: ${reasonOf(error)}`);
      return;
    }
    const numbers = new Map<string, number[]>();
    for (const name of found) {
      const file = this.#names.read(name);
      if (file === null || this.#closed !== undefined) continue;
      if (file.kind === 'markers') await this.#readMarkers(name);
      else {
        const { index, count } = file.part;
        const key = `${index}-of-${count}`;
        const known = numbers.get(key) ?? [];
        numbers.set(key, known);
        known.push(file.number);
        if (!this.#series.has(key)) this.#series.set(key, this.#follow(key, file.part));
      }
    }
    const files = total([...numbers.values()], ({ length }) => length);
    const { title } = this.#place;
    this.#counted = { by: title, messages: null, readAll: false, files, atUs: this.#context.clock.nowUs() };
    for (const [key, listed] of numbers) this.#series.get(key)?.list(listed);
  }

  #follow(key: string, part: Part): LandedSeries {
    const from = this.#resumed[key] ?? { sequence: 1, read: 0 };
    const { clock } = this.#context;
    return readSeries({
      nameOf: (sequence) => this.#names.nameOf(part, sequence),
      open: (name) => this.#place.open(name),
      decoder: (file, position) => this.#format.decoder(file, this.#events, () => clock.nowUs(), position),
      from,
    });
  }

  async #readMarkers(name: string): Promise<void> {
    const at = this.#markers.get(name) ?? 0;
    if (!Number.isFinite(at) || this.#looks > MARKERS_MS / this.#place.pollMs) return;
    try {
      const file = await this.#place.open(name);
      if (file === null) return;
      const { clock } = this.#context;
      const reader = new LineReader(file, new Uint8Array(), this.#events, () => clock.nowUs(), at);
      await reader.readOn(() => this.#closed !== undefined);
      this.#markers.set(name, reader.position);
      await file.close();
    } catch (error) {
      this.#gap(`${name}: ${reasonOf(error)}`);
    }
  }

  /** Whether there is a file, and one of every part that the names tell of. */
  #hasEveryPart(): boolean {
    const [first] = this.#series.keys();
    return first !== undefined && Number(first.split('-').at(-1)) === this.#series.size;
  }

  /** The same trouble is met at every look and counted once. */
  #gap(detail: string): void {
    if (this.#troubles.has(detail)) return;
    this.#troubles.add(detail);
    this.#gaps++;
    this.#context.events.notice('warning', detail, 1);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof RangeError ? error.message : describeFileError(error);
}
