import type { BrokerState } from '../broker-state.ts';
import { invalidArgument, invalidValue } from '../kinesis-error.ts';
import type { Parameters } from '../parameters.ts';
import { modes } from './create-stream.ts';

const SHORTEST_RETENTION_HOURS = 24;
const LONGEST_RETENTION_HOURS = 8760;

export function increaseRetention({ streams }: BrokerState, parameters: Parameters): undefined {
  const stream = streams.getAtRest(...parameters.stream());
  const hours = retentionOf(parameters);
  if (hours < stream.retentionHours)
    throw invalidArgument(
      `Requested retention period (${hours} hours) for stream ${stream.name} can not be shorter than existing retention period (${stream.retentionHours} hours).`,
    );
  stream.retentionHours = hours;
}

export function decreaseRetention({ streams }: BrokerState, parameters: Parameters): undefined {
  const stream = streams.getAtRest(...parameters.stream());
  const hours = retentionOf(parameters);
  if (hours > stream.retentionHours)
    throw invalidArgument(
      `Requested retention period (${hours} hours) for stream ${stream.name} can not be longer than existing retention period (${stream.retentionHours} hours).`,
    );
  stream.retentionHours = hours;
}

export function startEncryption({ streams }: BrokerState, parameters: Parameters): undefined {
  const stream = streams.getAtRest(...parameters.stream());
  stream.keyId = keyOf(parameters);
  streams.begin(stream, 'UPDATING');
}

export function stopEncryption({ streams }: BrokerState, parameters: Parameters): undefined {
  const stream = streams.getAtRest(...parameters.stream());
  keyOf(parameters);
  stream.keyId = null;
  streams.begin(stream, 'UPDATING');
}

export function updateMode({ streams }: BrokerState, parameters: Parameters): undefined {
  const stream = streams.getAtRest(null, parameters.requiredText('StreamARN'));
  const mode = parameters.inner('StreamModeDetails').choice('StreamMode', modes);
  if (mode === null) throw invalidValue('streamModeDetails.streamMode', 'Member must not be null');
  if (mode === 'ON_DEMAND' && stream.mode !== mode) streams.allowOnDemand();
  stream.mode = mode;
  streams.begin(stream, 'UPDATING');
}

function retentionOf(parameters: Parameters): number {
  return parameters.requiredWhole('RetentionPeriodHours', SHORTEST_RETENTION_HOURS, LONGEST_RETENTION_HOURS);
}

function keyOf(parameters: Parameters): string {
  if (parameters.choice('EncryptionType', ['KMS', 'NONE']) !== 'KMS')
    throw invalidArgument('The only valid encryption type is KMS.');
  return parameters.requiredText('KeyId');
}
