import { connect, type Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { formatMicros } from '../core/units.ts';

/** So long a socket may take to open. */
export const PATIENCE_S = 5;

const reasons: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ECONNREFUSED: ['connection refused', 'is a broker listening there?'],
  ENOTFOUND: ['host not found', 'check the host name of the endpoint'],
  EAI_AGAIN: ['the host name could not be resolved', 'check the name server'],
  EHOSTUNREACH: ['no route to the host', 'check network and firewall'],
  ENETUNREACH: ['the network cannot be reached', 'check network and firewall'],
};

/** `host:port` in its parts, or a host with the port of HTTP; an IPv6 address loses its brackets. */
export function hostAndPort(host: string, secure: boolean): { name: string; port: number } {
  const [, name = host, port = secure ? 443 : 80] = /^(.*):(\d+)$/.exec(host) ?? [];
  return { name: name.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

/**
 * Resolves when a socket that is being opened says `event`. Where it fails first, or nothing comes in time, it is destroyed and
 * `failure` makes the rejection of its error, or of null.
 */
export function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  clock: Clock,
  failure: (error: NodeJS.ErrnoException | null) => IotloadError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException | null): void => {
      cancel();
      socket.destroy();
      reject(failure(error));
    };
    const cancel = clock.after(PATIENCE_S * 1000, () => fail(null));
    socket.once('error', fail);
    socket.once(event, () => {
      cancel();
      resolve();
    });
  });
}

/** Connects and hangs up. @throws IotloadError `target-unreachable` */
export async function dial(host: string, secure: boolean, clock: Clock): Promise<string> {
  const { name, port } = hostAndPort(host, secure);
  const fromUs = clock.nowUs();
  const socket = connect({ host: name, port });
  await opened(socket, 'connect', clock, (error) => {
    const [reason, hint] =
      error === null
        ? [`no answer within ${PATIENCE_S} s`, 'check host, port and firewall']
        : (reasons[error.code ?? ''] ?? [error.message, 'check host and port of the endpoint']);
    return new IotloadError('target-unreachable', `${host}: ${reason}`, { where: 'target.endpoint', hint });
  });
  socket.destroy();
  return `${host} answers in ${formatMicros(clock.nowUs() - fromUs)}`;
}
