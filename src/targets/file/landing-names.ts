import type { Part } from '../../core/anchor.ts';

/** What the name of a landed file says. */
export interface LandedName {
  part: Part;
  kind: 'events' | 'markers';
  /** Place in the part's series, from 1; of readiness markers, who of the part's writers wrote them. */
  number: number;
}

const SEQUENCE_DIGITS = 6;

/**
 * Names of the files that one run lands, all derived from the path and the run, so that writers and readers need not talk to each other and
 * the files of two runs lie side by side. With the path `lake/events.csv`, in run `r1`:
 *
 *     one part            events-r1-000001.csv, events-r1-000002.csv, …
 *     part 2 of 4         events-r1-2-of-4-000001.csv, …
 *     readiness markers   .events-r1.1.probe, .events-r1-2-of-4.1.probe; with 2 where the run was gone on with
 *
 * What begins with a dot is hidden from whoever lists such a folder: engines of data lakes pass over it.
 */
export class LandingNames {
  readonly #base: string;
  readonly #extension: string;

  constructor(stem: string, extension: string, runId: string) {
    this.#base = `${stem}-${runId}`;
    this.#extension = extension;
  }

  /** Name of a complete file. */
  nameOf(part: Part, sequence: number): string {
    return `${this.#base}${suffixOf(part)}-${`${sequence}`.padStart(SEQUENCE_DIGITS, '0')}${this.#extension}`;
  }

  /** Where the part's writer `number`, from 1, puts its readiness markers. */
  markerOf(part: Part, number: number): string {
    return `.${this.#base}${suffixOf(part)}.${number}.probe`;
  }

  /** Every name of a run with so many parts, `*` for what differs. */
  patternOf(parts: number): string {
    return `${this.#base}${parts === 1 ? '' : `-*-of-${parts}`}-*${this.#extension}`;
  }

  /** How all of its names begin. */
  get beginnings(): readonly string[] {
    return [this.#base, `.${this.#base}`];
  }

  /** Reads a name; null for one that this run does not give. */
  read(name: string): LandedName | null {
    if (name.startsWith(`.${this.#base}`)) {
      const rest = name.slice(this.#base.length + 1);
      return fromMatch('markers', /^(?:-(\d+)-of-(\d+))?\.(\d+)\.probe$/, rest);
    }
    if (!name.startsWith(this.#base) || !name.endsWith(this.#extension)) return null;
    const rest = name.slice(this.#base.length, name.length - this.#extension.length);
    return fromMatch('events', /^(?:-(\d+)-of-(\d+))?-(\d{6,})$/, rest);
  }
}

function suffixOf({ index, count }: Part): string {
  return count === 1 ? '' : `-${index}-of-${count}`;
}

function fromMatch(kind: LandedName['kind'], shape: RegExp, text: string): LandedName | null {
  const match = shape.exec(text);
  if (match === null) return null;
  const part = { index: Number(match[1] ?? 0), count: Number(match[2] ?? 1) };
  return { part, kind, number: Number(match[3]) };
}
