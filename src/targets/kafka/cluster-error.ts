import { IotloadError } from '../../core/errors.ts';
import { errorWords, kafkaError } from '../../wire/kafka/error-codes.ts';
import type { SocketFailure } from '../socket-failure.ts';
import type { BrokerAddress } from './cluster.ts';
import { hostText } from './endpoint.ts';

/** A broker of the endpoint, before anybody knows its id. */
export const NO_ID = -1;

/** A broker in a sentence: `Kafka at k1:9092`, or `Kafka broker 2 at k2:9092` where the cluster named it. */
export function brokerText({ id, host, port }: BrokerAddress): string {
  return `Kafka${id === NO_ID ? '' : ` broker ${id}`} at ${hostText({ host, port })}`;
}

/** The error with which a broker cannot be talked to. `endpoint` is what the target says. */
export function brokerError(broker: BrokerAddress, failure: SocketFailure, endpoint: string): IotloadError {
  const verb = failure.code === 'target-refused' ? 'refused us' : 'cannot be reached';
  // The network's own hints are about the endpoint, which is not to blame for what the cluster advertises.
  const advertised =
    broker.id !== NO_ID && failure.code === 'target-unreachable' && !endpoint.includes(hostText(broker));
  const hint = advertised
    ? 'The cluster advertises this address: set advertised.listeners of the broker to one that this machine reaches.'
    : failure.hint;
  return new IotloadError(failure.code, `${brokerText(broker)} ${verb}: ${failure.reason}`, {
    where: 'target.endpoint',
    value: endpoint,
    ...(hint === undefined ? {} : { hint }),
    ...(failure.cause === undefined ? {} : { cause: failure.cause }),
  });
}

/** What a broker answered with an error code; `what` says what it was asked to do, `about` what its key in the scenario is. */
export function answerError(
  broker: BrokerAddress,
  code: number,
  what: string,
  { where = 'target.topic', hint = kafkaError(code).remedy, said = '' } = {},
): IotloadError {
  const words = said === '' ? errorWords(code) : `${errorWords(code)}, ${said}`;
  return new IotloadError('target-refused', `${brokerText(broker)} cannot ${what}: ${words}`, {
    where,
    ...(hint === '' ? {} : { hint }),
  });
}
