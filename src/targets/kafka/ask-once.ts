import type { Clock } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import type { BrokerAddress, KafkaCluster } from './cluster.ts';

const ANSWER_MS = 10_000;

/**
 * Asks a broker something about its logs, on a connection of its own: behind a Fetch request it would wait for that.
 * @throws IotloadError `target-unreachable` without an answer, and as `KafkaCluster.connect`
 */
export async function askOnce(
  cluster: KafkaCluster,
  clock: Clock,
  broker: BrokerAddress,
  frame: Uint8Array,
): Promise<Uint8Array> {
  let resolve: (frame: Uint8Array) => void = () => {};
  let reject: (reason: string) => void = () => {};
  const answer = new Promise<Uint8Array>((settle, fail) => {
    resolve = (bytes) => settle(bytes.slice());
    reject = (reason) =>
      fail(new IotloadError('target-unreachable', `${nameOf(broker)} did not say where its logs end: ${reason}`));
  });
  // Whoever waits for it is told; until then nobody does.
  answer.catch(() => {});
  const connection = await cluster.connect(broker, {
    answered: (bytes) => resolve(bytes),
    closed: (reason) => reject(reason),
  });
  const cancel = clock.after(ANSWER_MS, () => reject(`no answer within ${ANSWER_MS / 1000} s`));
  try {
    connection.write([frame]);
    return await answer;
  } finally {
    cancel();
    connection.destroy();
  }
}

function nameOf({ id, host, port }: BrokerAddress): string {
  return `broker ${id} at ${host}:${port}`;
}
