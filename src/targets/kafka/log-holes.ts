/** Holes of a partition that are kept apart. */
const MAX_HOLES = 20;

/** Whether the topic is compacted; null where we may not know. */
export type CompactionQuestion = () => Promise<boolean | null>;

export interface LogHolesOptions {
  topic: string;
  isCompacted: CompactionQuestion;
  /** Records may have passed unseen. */
  gap(detail: string): void;
  /** Something that is no gap. */
  notice(detail: string): void;
}

/**
 * Offsets that have no record. In a topic that is compacted that is its nature, and says nothing about what was stored: a gap. In any other the
 * broker has given the offset away and keeps nothing there, which is what a proof of loss looks like.
 */
export class LogHoles {
  readonly #options: LogHolesOptions;
  readonly #holes = new Map<number, [number, number][]>();
  #answer: Promise<void> | null = null;

  constructor(options: LogHolesOptions) {
    this.#options = options;
  }

  add(partition: number, from: number, to: number): void {
    const holes = this.#holes.get(partition) ?? [];
    this.#holes.set(partition, holes);
    if (holes.length < MAX_HOLES) holes.push([from, to]);
    this.#answer ??= this.#ask(partition, from);
  }

  /** The first of a partition. */
  of(partition: number): readonly [number, number][] {
    return this.#holes.get(partition) ?? [];
  }

  /** Resolves when it is known, and told, what holes mean here. */
  async judged(): Promise<void> {
    await this.#answer;
  }

  async #ask(partition: number, offset: number): Promise<void> {
    const { topic, isCompacted, gap, notice } = this.#options;
    const compacted = await isCompacted().catch(() => null);
    const first = `offset ${offset} of partition ${partition} of ${topic} has no record`;
    if (compacted === true) gap(`${first}: the topic is compacted, so what is not there may have been`);
    else if (compacted === null) gap(`${first}, and we may not ask whether the topic is compacted (DescribeConfigs)`);
    else notice(`${first}, and the topic is not compacted`);
  }
}
