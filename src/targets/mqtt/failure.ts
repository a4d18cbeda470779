import { IotloadError } from '../../core/errors.ts';
import type { SocketFailure } from '../socket-failure.ts';
import type { Endpoint } from './endpoint.ts';
import { FIRST_FAILURE, reasonHint, reasonWords } from './reason-codes.ts';

/** Why a session ended or never came to be. */
export type SessionFailure = SocketFailure;

/** Return codes of CONNACK (mqtt-v3.1.1 §3.2.2.3). */
const refusals: Readonly<Record<number, string>> = {
  2: 'client identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
};

/** What a refusal means: a return code of MQTT 3.1.1 or a reason code of MQTT 5. */
export function connackFailure(returnCode: number): SessionFailure {
  if (returnCode >= FIRST_FAILURE) return coded(returnCode, '');
  if (returnCode === 1) {
    const hint = 'This broker does not speak the version that the target’s options ask for.';
    return { code: 'target-refused', reason: 'unacceptable protocol version', hint };
  }
  const reason = refusals[returnCode] ?? `CONNACK return code ${returnCode}`;
  if (returnCode !== 4 && returnCode !== 5) return { code: 'target-refused', reason };
  return { code: 'target-refused', reason, hint: 'Check auth.username and auth.password of the target.' };
}

/** What the broker's DISCONNECT means (MQTT 5; before that there is none). */
export function disconnectFailure(reasonCode: number): SessionFailure {
  return coded(reasonCode, 'disconnected by the broker, ');
}

function coded(reasonCode: number, before: string): SessionFailure {
  const hint = reasonHint(reasonCode);
  const reason = `${before}${reasonWords(reasonCode)}`;
  return { code: 'target-refused', reason, ...(hint === undefined ? {} : { hint }) };
}

/** The reason without what a library or the other side adds to it: addresses, codes, ports, which differ from one time to the next. */
export function plainReason({ reason }: SessionFailure): string {
  return reason.split(':', 1)[0] as string;
}

/** The error with which opening a target ends. `tried` says what was tried and for how long. */
export function openingError(endpoint: Endpoint, failure: SessionFailure, tried: string): IotloadError {
  const verb = failure.code === 'target-refused' ? 'refused us' : 'cannot be reached';
  return new IotloadError(failure.code, `${endpoint.text} ${verb}: ${failure.reason} (${tried})`, {
    where: 'target.endpoint',
    value: endpoint.text,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    ...(failure.cause === undefined ? {} : { cause: failure.cause }),
  });
}
