import { systemClock } from '../../src/core/clock.ts';
import { boardBytes, Counter, openBoard } from '../../src/engine/board.ts';
import type { FromWorker, ToWorker, WorkerTask } from '../../src/engine/protocol.ts';
import { Worker } from '../../src/engine/worker.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { anchor } from './phones.ts';

/**
 * Sends all events of a plan with one fleet by a worker as a run has it, in this process instead of a thread. Tells every millisecond how
 * many were acknowledged; resolves with their number, and throws unless all were.
 */
export async function runWorker(plan: Plan, acknowledged: (count: number) => void = () => {}): Promise<number> {
  const clock = systemClock();
  const board = new SharedArrayBuffer(boardBytes(1));
  const { promise, fleets } = openBoard(board, 1);
  // Nothing is written to a disk that would have to promise it.
  promise[0] = Number.POSITIVE_INFINITY;
  const counters = fleets[0]?.counters as Float64Array;
  const task: WorkerTask = {
    plan,
    runId: anchor.runId,
    part: { index: 0, count: 1 },
    workers: 1,
    board,
    port: startingPort(() => clock.nowUs() + 200_000),
    recordings: [],
    resumes: false,
  };
  const worker = new Worker(task, clock);
  const cancel = clock.every(1, () => acknowledged(counters[Counter.acked] as number));
  try {
    await worker.live();
  } finally {
    cancel();
    await worker.release();
  }
  const acked = counters[Counter.acked] as number;
  if (acked === plan.fleets[0]?.slots) return acked;
  throw new Error(`${acked} of ${plan.fleets[0]?.slots} acked: ${JSON.stringify(worker.report(null).errors)}`);
}

/** The main thread's side of a worker that may start as soon as it is ready, at a time of the monotonic clock. */
function startingPort(startMonoUs: () => number): WorkerTask['port'] {
  let tell = (_: ToWorker): void => {};
  const port = {
    on(_: string, listener: (message: ToWorker) => void) {
      tell = listener;
      return port;
    },
    postMessage(message: FromWorker) {
      if (message.kind !== 'ready') return;
      tell({ kind: 'go', anchor: { ...anchor, startMonoUs: startMonoUs() }, from: [0], fromUs: 0 });
    },
    close() {},
  };
  return port as unknown as WorkerTask['port'];
}
