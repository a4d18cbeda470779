import { join } from 'node:path';
import type { Anchor } from '../core/anchor.ts';
import { type Clock, type Micros, sleep } from '../core/clock.ts';
import type { Disk } from '../core/disk.ts';
import { IotloadError, toPlainError } from '../core/errors.ts';
import type { MachineReading } from '../core/machine-reading.ts';
import { recordDisk } from '../core/rolling-disk.ts';
import type { Standing } from '../core/standstill.ts';
import { formatMicros } from '../core/units.ts';
import { behaviorOf, copiesByDesign, intendedTimes } from '../events/fleet-behavior.ts';
import { createFleetEvents } from '../events/fleet-events.ts';
import { createIdentifier } from '../events/identifier.ts';
import { readyPlan } from '../events/ready-plan.ts';
import { bucketCounts } from '../metrics/bucket-counts.ts';
import { Histogram } from '../metrics/histogram.ts';
import { MachineWatch } from '../metrics/machine-watch.ts';
import { WallJumps } from '../metrics/wall-jumps.ts';
import { isMadeAgain, type Plan } from '../plan/plan.ts';
import { createSchedule } from '../schedule/schedule.ts';
import type { DeliveredBatch, Source, SourceContext, SourceHealth, TargetOptions } from '../targets/target.ts';
import type { RunHeader } from '../wire/run-header.ts';
import { readSeen, type SeenEnd, type SeenRecord, SeenWriter } from '../wire/seen-file.ts';
import { readSent } from '../wire/sent-file.ts';
import { ArrivalReader } from './arrival-reader.ts';
import { countedAtEnd } from './counted-at-end.ts';
import { EndToEnd } from './end-to-end.ts';
import { HopUnwrapper } from './hop-unwrapper.ts';
import { Ledger } from './ledger.ts';
import { MomentRhythm } from './moment-rhythm.ts';
import { Outstanding } from './outstanding.ts';
import type { FromVerifier, ToVerifier, VerifierProgress, VerifierTask } from './protocol.ts';
import { ReadPartitions } from './read-partitions.ts';
import { ReaderWatch } from './reader-watch.ts';
import { sentOf } from './sent-of.ts';
import { targetFleets } from './target-fleets.ts';

const PROGRESS_MS = 250;
const SECOND_MS = 1_000;
const POLL_MS = 25;
/** After the last event that was waited for, this long without an arrival ends the wait for second copies. */
const QUIET_US = 300_000;
/** Brokers publish their own counts every 10 s by default; before that, "none dropped" is an old figure. */
const BROKER_COUNT_US = 11_000_000;
/** Time a source gets to read up to its end: as long as the grace, within these bounds. */
const READ_TO_END_MS = 10_000;
/** With the wait for the broker's counts this stays well below the minute after which the other side gives up. */
const MAX_READ_TO_END_MS = 30_000;

/** The outside world, as parameters. */
export interface VerifierPorts {
  clock: Clock;
  openSource(protocol: string, options: TargetOptions, context: SourceContext): Promise<Source>;
  post(message: FromVerifier): void;
  random(): number;
  reveal(text: string): string;
  /** Share of the time since the previous call in which the event loop was busy. */
  busy(): number;
  /** Time since the previous call in which the process did not run, though it would have. */
  stoodStill(): Standing;
  /** See `core/wall-offset.ts`. */
  wallOffsetUs(): Micros | null;
  /** What the system grants this process, now. */
  machine(): MachineReading;
  usage(): { cpuSeconds: number; peakRssBytes: number };
  residentBytes(): number;
  /** Default: this machine's. */
  disk?: Disk;
}

/** The companion consumer: reads everything back, enters it into the ledger, writes `seen`. */
export class Verifier {
  readonly #ports: VerifierPorts;
  readonly #watch = new ReaderWatch();
  readonly #machine = new MachineWatch('verifier');
  readonly #jumps: WallJumps;
  readonly #cancels: (() => void)[] = [];
  readonly #endToEndSum = new Histogram();
  #task: VerifierTask | undefined;
  #ledger: Ledger | undefined;
  #endToEnd: EndToEnd[] = [];
  #reader: ArrivalReader | undefined;
  /** null where payloads arrive as they were sent. */
  #unwrapper: HopUnwrapper | null = null;
  readonly #partitions = new ReadPartitions();
  #rhythm: MomentRhythm | undefined;
  #source: Source | undefined;
  #seen: SeenWriter | undefined;
  #outstanding: Outstanding | null = null;
  #open: Promise<void> = Promise.resolve();
  #deadlineUs = Number.POSITIVE_INFINITY;
  #lastArrivalUs = 0;
  #probes = 0;
  /** Times that a verifier took the place of another one without having seen everything in between. */
  #lostSessions = 0;
  #finishing = false;
  #hurried = false;
  /** Reading ends before those who are late had the time they were promised. */
  #cutShort = false;
  #over = false;

  constructor(ports: VerifierPorts) {
    this.#ports = ports;
    this.#jumps = new WallJumps(ports.wallOffsetUs, () => ports.clock.wallUs());
  }

  /** Takes a message. Resolves when it has been dealt with; never rejects. */
  async handle(message: ToVerifier): Promise<void> {
    try {
      switch (message.kind) {
        case 'open':
          this.#open = this.#start(message.task);
          return await this.#open;
        case 'anchor':
          await this.#open;
          return this.#anchored(message.anchor);
        case 'finish':
          return await this.#finish(message.graceUs, message.cutShort);
        case 'abort':
          return await this.#close();
      }
    } catch (error) {
      await this.#fail(error);
    }
  }

  async #start(task: VerifierTask): Promise<void> {
    const { clock, post, random, reveal, disk = recordDisk } = this.#ports;
    const { plan, runId, shard, target, outDir } = task;
    this.#task = task;
    this.#rhythm = new MomentRhythm(plan.run.warmUpUs + plan.run.durationUs);
    await readyPlan(plan);
    const header: RunHeader = {
      runId,
      shard,
      fleets: plan.fleets.map(({ name, devices, slots }) => ({ name, devices, slots })),
    };
    const path = join(outDir, task.file ?? 'seen');
    const before = task.resume === true ? await recordOf(path, header, disk) : null;
    this.#ledger = new Ledger(plan.fleets, shard, copiesByDesign(plan));
    if (before !== null) this.#ledger.restore(before);
    this.#endToEnd = plan.fleets.map(() => new EndToEnd());
    this.#reader = this.#createReader(task.anchor);
    const hop = plan.verify?.hop;
    this.#unwrapper = hop === undefined ? null : new HopUnwrapper(hop);
    this.#seen =
      before === null ? await SeenWriter.open(path, header, disk) : await SeenWriter.resume(path, before, disk);
    const source = await this.#ports.openSource(target.protocol, target.options, {
      clock,
      runId,
      fleets: targetFleets(plan, runId),
      events: {
        delivered: (batch) => this.#delivered(batch),
        notice: (notice, detail, count) =>
          post({ kind: 'notice', notice, detail: count > 1 ? `${detail} (${count} times)` : detail }),
      },
      random,
      reveal,
      resumeFrom: before?.positions ?? null,
      fromStart: task.late === true || (task.resume === true && (before?.positions ?? null) === null),
    });
    this.#source = source;
    // Without positions, nobody can read again what passed between two verifiers.
    if ((task.resume === true || task.late === true) && source.positions === undefined)
      this.#lostSessions = (before?.resumptions ?? 0) + 1;
    if (this.#over) {
      await source.close();
      return;
    }
    this.#ports.busy();
    this.#ports.stoodStill();
    this.#machine.second(this.#ports.machine());
    this.#cancels.push(
      clock.every(PROGRESS_MS, () => post({ kind: 'progress', progress: this.#progress() })),
      clock.every(SECOND_MS, () => {
        this.#watch.second(this.#ports.busy(), source.health().fullReads);
        this.#watch.stood(this.#ports.stoodStill());
        this.#machine.second(this.#ports.machine());
        this.#jumps.look();
        this.#save().catch((error: unknown) => this.#fail(error));
      }),
    );
    post({ kind: 'ready' });
  }

  #delivered(batch: DeliveredBatch): void {
    const { totals } = this.#ledger as Ledger;
    const before = totals.received - totals.foreign;
    this.#partitions.delivered(batch);
    this.#reader?.read(this.#unwrapper === null ? batch : this.#unwrapper.unwrap(batch));
    if (totals.received - totals.foreign > before) this.#lastArrivalUs = batch.atUs;
  }

  #anchored(anchor: Anchor): void {
    this.#reader = this.#createReader(anchor);
  }

  #createReader(anchor: Anchor | null): ArrivalReader {
    const { plan, runId } = this.#task as VerifierTask;
    const derives = plan.fleets.some(({ payload }) => isMadeAgain(payload.identity));
    // Until the anchor is fixed nothing but probes can arrive, and for those any instant will do.
    const provisional = { runId, startWallUs: 0, startMonoUs: 0 };
    return new ArrivalReader({
      plan,
      clock: this.#ports.clock,
      ledger: this.#ledger as Ledger,
      identifier: createIdentifier(plan, anchor ?? (derives ? provisional : null), runId),
      intendedOf: plan.fleets.map((fleet) =>
        intendedTimes(createSchedule(fleet.schedule), fleet.devices, behaviorOf(plan, fleet)),
      ),
      recorders: this.#endToEnd.map(({ recorder }) => recorder),
      anchor,
      events: anchor === null ? null : plan.fleets.map((_, fleet) => createFleetEvents(plan, fleet, anchor)),
      probe: () => this.#ports.post({ kind: 'probe', count: ++this.#probes }),
    });
  }

  /** Waits for what was taken by the target, then for second copies, then for the source's own end. */
  async #finish(graceUs: Micros, cutShort: boolean): Promise<void> {
    const { clock, post, usage } = this.#ports;
    const startUs = clock.nowUs();
    // Whoever shortens a grace that is running cuts it short, whether or not that is said.
    if (cutShort || (this.#finishing && startUs + graceUs < this.#deadlineUs)) this.#cutShort = true;
    this.#deadlineUs = Math.min(this.#deadlineUs, startUs + graceUs);
    if (this.#finishing) {
      this.#hurried = true;
      return;
    }
    this.#finishing = true;
    await this.#open;
    const [task, source, seen, ledger] = [this.#task, this.#source, this.#seen, this.#ledger];
    if (task === undefined || source === undefined || seen === undefined || ledger === undefined) {
      throw new IotloadError('defect', 'the verifier was asked to finish before it was opened');
    }
    const { plan, runDir } = task;
    const awaited = await this.#await(plan, join(runDir, 'sent'), ledger);
    if (this.#over) return;
    if (awaited !== null && awaited > 0 && source.health().brokerDropped === 0) {
      const toldUs = Math.max(this.#deadlineUs, startUs + BROKER_COUNT_US);
      await this.#waitUntil(
        () => this.#hurried || (source.health().brokerDropped ?? 0) > 0,
        () => toldUs,
      );
    }
    // What is said from here on shortens nothing any more.
    const impatient = this.#cutShort;
    ledger.endGrace();
    const { complete } = await source.readToEnd(Math.min(MAX_READ_TO_END_MS, Math.max(READ_TO_END_MS, graceUs / 1000)));
    if (this.#over) return;
    for (const cancel of this.#cancels) cancel();
    const whole = task.resume !== true && task.late !== true;
    // At once, so that it is of the same moment as what is saved.
    const counted = whole ? countedAtEnd(source, startUs, this.#probes) : {};
    await this.#save();
    const { gapNames: _, ...health } = this.#health(source);
    this.#watch.stood(this.#ports.stoodStill());
    const doubts = this.#doubts();
    const outstanding = this.#outstanding?.count() ?? null;
    if (impatient && outstanding !== 0) doubts.push('reading was ended before the grace was over');
    const end: SeenEnd = {
      complete,
      source: health,
      ...(source.ranges === undefined ? {} : { read: source.ranges() }),
      ...counted,
      ...usage(),
      doubts,
      clockJumps: this.#jumps.found,
      signals: [...this.#signals(), ...(doubts.length === 0 ? [] : this.#machine.signals())],
    };
    const progress = { ...this.#progress(), outstanding };
    this.#over = true;
    try {
      await source.close();
      await seen.end(end);
    } catch (error) {
      // It is not over yet for whoever waits for an answer.
      this.#over = false;
      throw error;
    }
    post({ kind: 'done', end, progress });
  }

  /** Returns how many events had not come when the waiting ended; null where nobody here knows. */
  async #await(plan: Plan, sentPath: string, ledger: Ledger): Promise<number | null> {
    const sent = await readSent(sentPath, this.#ports.disk).catch((error: unknown) => {
      // A run on another host left its record there: without it, only time tells.
      if (error instanceof IotloadError && error.code === 'file-unreadable') return null;
      throw error;
    });
    const { members } = this.#task as VerifierTask;
    const own = sent === null || members === undefined ? sent : sentOf(sent, members);
    const outstanding = own === null ? null : new Outstanding(plan, own, ledger, this.#ports.clock);
    this.#outstanding = outstanding;
    const limit = (): Micros => this.#deadlineUs;
    await this.#waitUntil(() => outstanding !== null && outstanding.recent() === 0, limit);
    await this.#waitUntil(() => this.#ports.clock.nowUs() - this.#lastArrivalUs >= QUIET_US, limit);
    return outstanding?.count() ?? null;
  }

  async #waitUntil(happened: () => boolean, limit: () => Micros): Promise<void> {
    const { clock } = this.#ports;
    while (!this.#over && !happened() && clock.nowUs() < limit()) await sleep(clock, POLL_MS);
  }

  /** Appends what is new to `seen` and brings it to the disk. */
  async #save(): Promise<void> {
    const seen = this.#seen;
    if (seen === undefined || this.#over) return;
    for (const endToEnd of this.#endToEnd) endToEnd.fold(this.#endToEndSum);
    const { clock, usage, residentBytes } = this.#ports;
    const told = this.#rhythm?.due(clock.nowUs()) === true || this.#finishing;
    (this.#ledger as Ledger).takeGain((unattributed, fleets) => {
      if (told)
        for (const [index, fleet] of fleets.entries()) fleet.endToEnd = (this.#endToEnd[index] as EndToEnd).take();
      seen.append(unattributed, fleets, this.#source?.positions?.() ?? null);
    });
    const { received, seen: distinct, duplicates, corrupt } = (this.#ledger as Ledger).totals;
    if (told)
      seen.moment({
        wallUs: clock.wallUs(),
        received,
        seen: distinct,
        duplicates,
        corrupt,
        cpuUs: Math.round(usage().cpuSeconds * 1e6),
        rssBytes: residentBytes(),
        descriptors: this.#machine.descriptors,
        ...this.#partitions.take(this.#source),
      });
    await seen.flush();
  }

  #health(source: Source): SourceHealth {
    const health = source.health();
    return { ...health, gaps: health.gaps + this.#lostSessions };
  }

  #doubts(): string[] {
    return this.#source === undefined ? [] : this.#watch.doubts(this.#health(this.#source));
  }

  #progress(): VerifierProgress {
    const { received, seen, duplicates, reordered, corrupt, foreign } = (this.#ledger as Ledger).totals;
    const sum = this.#endToEndSum;
    return {
      received,
      seen,
      duplicates,
      reordered,
      corrupt,
      foreign,
      endToEndP50Us: sum.count === 0 ? null : sum.quantile(0.5),
      endToEndP99Us: sum.count === 0 ? null : sum.quantile(0.99),
      endToEnd: bucketCounts(sum),
      times: sum.summarise(),
      doubts: this.#doubts(),
      outstanding: this.#outstanding?.recent() ?? null,
      rssBytes: this.#ports.residentBytes(),
    };
  }

  #signals(): string[] {
    const { negative, count, min } = this.#endToEndSum;
    const misfits = this.#unwrapper?.misfits ?? 0;
    const told = misfits === 0 ? [] : [`${misfits} messages did not hold a payload as verify.hop says`];
    if (negative === 0) return told;
    const early = formatMicros(-min);
    return [
      ...told,
      `the verifier saw ${negative} of ${count} events before they were due, by up to ${early}: the clocks disagree`,
    ];
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#over) return;
    await this.#close();
    this.#ports.post({ kind: 'failed', error: toPlainError(error) });
  }

  async #close(): Promise<void> {
    this.#over = true;
    for (const cancel of this.#cancels) cancel();
    // Whatever went wrong before has been told; what is left is closed as it is.
    await Promise.allSettled([this.#source?.close(), this.#seen?.close()]);
  }
}

/** What an earlier verifier of this run has left; null where it left nothing. */
async function recordOf(path: string, header: RunHeader, disk: Disk): Promise<SeenRecord | null> {
  const record = await readSeen(path, disk).catch((error: unknown) => {
    if (error instanceof IotloadError && error.code === 'file-unreadable') return null;
    throw error;
  });
  if (record === null || JSON.stringify(record.header) === JSON.stringify(header)) return record;
  throw new IotloadError('file-corrupt', 'another run was seen there', { where: path, value: record.header.runId });
}
