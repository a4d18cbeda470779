import { join } from 'node:path';
import type { Anchor } from '../../src/core/anchor.ts';
import { systemClock } from '../../src/core/clock.ts';
import { type Disk, systemDisk } from '../../src/core/disk.ts';
import { Outcome } from '../../src/core/outcome.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Source, SourceContext, SourceHealth } from '../../src/targets/target.ts';
import type { FromVerifier } from '../../src/verify/protocol.ts';
import { type Settlement, settle } from '../../src/verify/settle.ts';
import { Verifier } from '../../src/verify/verifier.ts';
import { readSeen, type SeenRecord } from '../../src/wire/seen-file.ts';
import { readSent } from '../../src/wire/sent-file.ts';
import { delivered } from './rehearsal.ts';

export const clock = systemClock();
export const runId = 'r1';

/** A verifier over a source that delivers what a test tells it to. */
export class Stage {
  readonly messages: FromVerifier[] = [];
  readonly health: SourceHealth = { gaps: 0, fullReads: 0, brokerDropped: null };
  readonly verifier: Verifier;
  readonly plan: Plan;
  readonly dir: string;
  context: SourceContext | undefined;
  closed = 0;
  /** What the other side has counted; absent: it tells nothing. */
  counted: Source['counted'];
  complete = false;
  atEnd = (): void => {};
  atClose = (): void => {};
  #heard = (): void => {};

  constructor(
    dir: string,
    plan: Plan,
    openSource?: (context: SourceContext) => Promise<Source>,
    disk: Disk = systemDisk,
  ) {
    this.dir = dir;
    this.plan = plan;
    this.verifier = new Verifier({
      clock,
      openSource: (_protocol, _options, context) => {
        this.context = context;
        return openSource?.(context) ?? Promise.resolve(this.#source());
      },
      post: (message) => {
        this.messages.push(message);
        this.#heard();
      },
      random: () => 0.5,
      reveal: (text) => text,
      busy: () => 0,
      stoodStill: () => ({ totalUs: 0, longestUs: 0 }),
      wallOffsetUs: () => 0,
      machine: () => ({ throttling: [], memory: [], processors: null, openFiles: null }),
      residentBytes: () => 0,
      disk,
      usage: () => ({ cpuSeconds: 1, peakRssBytes: 2 }),
    });
  }

  /** What its source says of how far it is; null: it has no positions. */
  positions: (() => unknown) | null = null;

  open(fixed: Anchor | null, resume = false): Promise<void> {
    const target = { protocol: 'file', options: {} };
    const shard = { index: 0, count: 1 };
    return this.verifier.handle({
      kind: 'open',
      task: { plan: this.plan, runId, shard, target, outDir: this.dir, runDir: this.dir, anchor: fixed, resume },
    });
  }

  deliver(payloads: readonly Uint8Array[], atUs = clock.nowUs()): void {
    this.context?.events.delivered(delivered(payloads, atUs));
  }

  async finish(graceUs: number, cutShort = false): Promise<{ seen: SeenRecord; settlement: Settlement }> {
    await this.verifier.handle({ kind: 'finish', graceUs, cutShort });
    const seen = await readSeen(join(this.dir, 'seen'));
    return { seen, settlement: settle({ plan: this.plan, sent: await readSent(join(this.dir, 'sent')), seen }) };
  }

  heard(kind: FromVerifier['kind']): Promise<FromVerifier> {
    return new Promise((resolve) => {
      this.#heard = () => {
        const message = this.messages.find((candidate) => candidate.kind === kind);
        if (message !== undefined) resolve(message);
      };
      this.#heard();
    });
  }

  #source(): Source {
    return {
      ...(this.positions === null ? {} : { positions: this.positions }),
      ...(this.counted === undefined ? {} : { counted: this.counted }),
      health: () => this.health,
      readToEnd: () => {
        this.atEnd();
        return Promise.resolve({ complete: this.complete });
      },
      close: () => {
        this.closed++;
        this.atClose();
        return Promise.resolve();
      },
    };
  }
}

export const allAcked = (count: number): Outcome[] => Array.from({ length: count }, () => Outcome.acked);
