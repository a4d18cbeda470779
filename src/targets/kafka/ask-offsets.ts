import type { Clock } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import {
  type ListedOffset,
  type ListOffsetsSettings,
  listOffsetsFrame,
  type OffsetOf,
  readListOffsetsResponse,
} from '../../wire/kafka/list-offsets.ts';
import type { BrokerAddress, KafkaCluster } from './cluster.ts';

const ANSWER_MS = 10_000;

/**
 * Asks a broker where logs begin or end, on a connection of its own: behind a Fetch request it would wait for that.
 * @throws IotloadError `target-unreachable` without an answer, and as `KafkaCluster.connect`
 */
export async function askOffsets(
  cluster: KafkaCluster,
  clock: Clock,
  broker: BrokerAddress,
  settings: ListOffsetsSettings,
  partitions: readonly number[],
  which: (typeof OffsetOf)[keyof typeof OffsetOf],
): Promise<ListedOffset[]> {
  let resolve: (frame: Uint8Array) => void = () => {};
  let reject: (reason: string) => void = () => {};
  const answer = new Promise<Uint8Array>((settle, fail) => {
    resolve = (frame) => settle(frame.slice());
    reject = (reason) =>
      fail(new IotloadError('target-unreachable', `${nameOf(broker)} did not say where its logs end: ${reason}`));
  });
  // Whoever waits for it is told; until then nobody does.
  answer.catch(() => {});
  const connection = await cluster.connect(broker, {
    answered: (frame) => resolve(frame),
    closed: (reason) => reject(reason),
  });
  const cancel = clock.after(ANSWER_MS, () => reject(`no answer within ${ANSWER_MS / 1000} s`));
  try {
    connection.write([listOffsetsFrame(settings, 0, partitions, which)]);
    return readListOffsetsResponse(await answer).partitions;
  } finally {
    cancel();
    connection.destroy();
  }
}

function nameOf({ id, host, port }: BrokerAddress): string {
  return `broker ${id} at ${host}:${port}`;
}
