import { forkSibling } from '../../core/child-process.ts';
import { fromPlainError, IotloadError } from '../../core/errors.ts';
import type { BridgeReply, BridgeRequest } from './bridge-messages.ts';
import type { BridgeCounts, BridgePlan } from './bridge-plan.ts';

/** An example bridge from MQTT to Kafka that iotload brings along; never a system under test. */
export interface Bridge {
  /** Resolves when its process has ended: with what went wrong, or with null where it was stopped. */
  readonly ended: Promise<IotloadError | null>;
  /** What it has done so far; null once it has ended. */
  counts(): Promise<BridgeCounts | null>;
  /** Ends it in good order; resolves when its process has ended, with what it did, or null where it cannot say any more. Idempotent. */
  stop(): Promise<BridgeCounts | null>;
}

/**
 * Starts a bridge in a process of its own; resolves when it forwards. `notice` hears what happens to it.
 * @throws IotloadError `target-unreachable`, `target-refused`, `file-unwritable`
 */
export function startBridge(plan: BridgePlan, notice: (text: string) => void): Promise<Bridge> {
  const child = forkSibling(import.meta.url, 'process');
  const send = (request: BridgeRequest): void => {
    if (child.connected) child.send(request, () => {});
  };
  const asked = new Map<number, (counts: BridgeCounts | null) => void>();
  let nextId = 0;
  let last: BridgeCounts | null = null;
  let failure: IotloadError | null = null;
  let stopping = false;
  let over = false;
  const ended = new Promise<IotloadError | null>((resolve) => {
    const end = (how: string): void => {
      over = true;
      for (const answer of asked.values()) answer(null);
      asked.clear();
      resolve(failure ?? (stopping ? null : new IotloadError('target-unreachable', `the bridge ended with ${how}`)));
    };
    child.once('exit', (code, signal) => end(`${signal ?? code}`));
    child.once('error', (error) => {
      failure ??= new IotloadError('target-unreachable', `the bridge did not start: ${error.message}`);
      end('');
    });
  });
  return new Promise((resolve, reject) => {
    void ended.then((error) => reject(error ?? new IotloadError('target-unreachable', 'the bridge did not start')));
    child.on('message', (reply: BridgeReply) => {
      switch (reply.kind) {
        case 'failed':
          failure = fromPlainError(reply.error);
          return;
        case 'notice':
          notice(reply.text);
          return;
        case 'counts':
          asked.get(reply.id)?.(reply.counts);
          asked.delete(reply.id);
          return;
        case 'stopped':
          last = reply.counts;
          return;
        case 'started':
          resolve({
            ended,
            counts() {
              if (over || !child.connected) return Promise.resolve(null);
              return new Promise((answer) => {
                asked.set(nextId, answer);
                send({ kind: 'counts', id: nextId++ });
              });
            },
            stop() {
              stopping = true;
              send({ kind: 'stop' });
              return ended.then(() => last);
            },
          });
      }
    });
    send({ kind: 'start', plan });
  });
}
