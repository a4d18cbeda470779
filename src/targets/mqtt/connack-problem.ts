import type { Connack } from '../../wire/mqtt-connack.ts';
import type { Qos } from '../../wire/mqtt-frames.ts';
import type { SessionFailure } from './failure.ts';

/** Why a broker that welcomed us cannot take what we are going to send, or null. */
export function connackProblem(
  connack: Connack,
  { qos, retain }: { qos: Qos; retain: boolean },
): SessionFailure | null {
  const refused = (reason: string, hint: string): SessionFailure => ({ code: 'target-refused', reason, hint });
  if (qos > connack.maximumQos)
    return refused(`it takes at most QoS ${connack.maximumQos}`, `Write qos: ${connack.maximumQos}.`);
  if (retain && !connack.retainAvailable) return refused('it stores no retained messages', 'Write retain: false.');
  return null;
}
