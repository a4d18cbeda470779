import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Part } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import { fromPlainError, IotloadError } from '../core/errors.ts';
import { fixYoungSpaceOfThreads, YOUNG_MIB } from '../core/young-space.ts';
import { type Board, boardBytes, Command, openBoard } from '../engine/board.ts';
import type { FromWorker, Start, ToWorker, WorkerReport, WorkerTask } from '../engine/protocol.ts';
import { keptRecordings } from '../models/recording/recording.ts';
import type { Plan } from '../plan/plan.ts';

export interface CrewOptions {
  plan: Plan;
  runId: string;
  shard: Part;
  workers: number;
  /** The run goes on after it was cut off or stopped. */
  resumes: boolean;
  /** Everything a worker says besides "ready". */
  heard(worker: number, message: FromWorker): void;
}

/** How one worker ended: with a report, or by an error; `report.failed` is an error too. */
export interface WorkerEnd {
  worker: number;
  report: WorkerReport | null;
  error: IotloadError | null;
}

/**
 * The worker threads of a shard: one piscina task each, for the whole run; worker j of m in shard i of n is part i + n·j of n·m. Works
 * once built only: a thread of Node 20 loads no TypeScript.
 */
export class WorkerCrew {
  readonly boards: readonly Board[];
  /** The part of each worker. */
  readonly parts: readonly Part[];
  readonly #pool: Piscina;
  readonly #ports: MessagePort[] = [];
  readonly #ready: Promise<void>[] = [];
  readonly #ends: Promise<WorkerEnd>[] = [];

  constructor(options: CrewOptions) {
    const { plan, runId, shard, workers, resumes } = options;
    fixYoungSpaceOfThreads();
    this.#pool = new Piscina({
      filename: new URL('../engine/worker.js', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // An idle Atomics.wait would freeze the sockets of a thread that has finished its task.
      atomics: 'disabled',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    // A thread that dies outside its task is seen through the task's rejection; without a listener it would end the process.
    this.#pool.on('error', () => {});
    const boards: Board[] = [];
    const parts = Array.from({ length: workers }, (_, worker) => ({
      index: shard.index + shard.count * worker,
      count: shard.count * workers,
    }));
    this.parts = parts;
    for (let worker = 0; worker < workers; worker++) {
      const buffer = new SharedArrayBuffer(boardBytes(plan.fleets.length));
      boards.push(openBoard(buffer, plan.fleets.length));
      const { port1, port2 } = new MessageChannel();
      this.#ports.push(port1);
      const task: WorkerTask = {
        plan,
        runId,
        part: parts[worker] as Part,
        workers,
        board: buffer,
        port: port2,
        recordings: keptRecordings(),
        resumes,
      };
      this.#ready.push(
        new Promise((resolve) => {
          port1.on('message', (message: FromWorker) => {
            if (message.kind === 'ready') resolve();
            else options.heard(worker, message);
          });
        }),
      );
      // The task's result and the port's messages take different ways: only the port's close says that nothing more will come.
      const silent = new Promise<void>((resolve) => {
        port1.once('close', resolve);
      });
      this.#ends.push(
        this.#pool
          .run(task, { transferList: [port2] })
          .then(
            (report: WorkerReport) => ({
              worker,
              report,
              error: report.failed === null ? null : fromPlainError(report.failed),
            }),
            (error: unknown) => ({ worker, report: null, error: deathOf(error) }),
          )
          .then(async (end) => {
            await silent;
            return end;
          }),
      );
    }
    this.boards = boards;
  }

  /** Resolves when every worker has opened its sinks; rejects with the first worker's reason when one cannot. */
  async ready(): Promise<void> {
    await Promise.race([Promise.all(this.#ready), this.failure()]);
  }

  /** Rejects when a worker ends badly; never resolves. */
  failure(): Promise<never> {
    return new Promise((_, reject) => {
      for (const end of this.#ends) {
        void end.then(({ error }) => {
          if (error !== null) reject(error);
        });
      }
    });
  }

  go(start: Start): void {
    this.#tell({ kind: 'go', ...start });
  }

  /** Slots before this slot time may be sent. */
  grant(promisedUs: Micros): void {
    for (const { promise } of this.boards) promise[0] = promisedUs;
  }

  probe(): void {
    this.#ports[0]?.postMessage({ kind: 'probe' } satisfies ToWorker);
  }

  /** Asks every worker to stop: pick up nothing more, drain, hand in. */
  stop(): void {
    for (const board of this.boards) Atomics.store(board.command, 0, Command.stop);
  }

  /** Resolves when every worker has ended, well or badly; `failed` is called at once for each that ended badly. */
  ended(failed: (worker: number, error: IotloadError) => void): Promise<WorkerEnd[]> {
    return Promise.all(
      this.#ends.map(async (promise) => {
        const end = await promise;
        if (end.error !== null) failed(end.worker, end.error);
        return end;
      }),
    );
  }

  /** Ends the threads. Those whose tasks are through have nothing left to lose; others are given up where they are. */
  async close(): Promise<void> {
    for (const port of this.#ports) port.close();
    await this.#pool.destroy();
  }

  #tell(message: ToWorker): void {
    for (const port of this.#ports) port.postMessage(message);
  }
}

/** A thread that ended without a report: out of memory, or an exception that nobody caught. */
function deathOf(error: unknown): IotloadError {
  const message = error instanceof Error ? error.message : String(error);
  const died = new IotloadError('worker-died', `a worker thread died: ${message}`, {
    hint: 'the other workers were drained and their figures kept; what this one had in flight is unknown',
    cause: error,
  });
  if (error instanceof Error && error.stack !== undefined) died.stack = error.stack;
  return died;
}
