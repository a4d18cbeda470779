import { connect } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { formatMicros } from '../core/units.ts';

const TIMEOUT_MS = 5_000;

const reasons: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ECONNREFUSED: ['connection refused', 'is a broker listening there?'],
  ENOTFOUND: ['host not found', 'check the host name of the endpoint'],
  EAI_AGAIN: ['the host name could not be resolved', 'check the name server'],
  EHOSTUNREACH: ['no route to the host', 'check network and firewall'],
  ENETUNREACH: ['the network cannot be reached', 'check network and firewall'],
};

/** `host:port` in its parts; an IPv6 address loses its brackets. */
export function hostAndPort(host: string): { name: string; port: number } {
  const colon = host.lastIndexOf(':');
  return { name: host.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(host.slice(colon + 1)) };
}

/** Connects and hangs up. @throws IotloadError `target-unreachable` */
export function dial(host: string, clock: Clock): Promise<string> {
  const { name, port } = hostAndPort(host);
  const fromUs = clock.nowUs();
  return new Promise((resolve, reject) => {
    const socket = connect({ host: name, port });
    const fail = (reason: string, hint: string): void => {
      socket.destroy();
      reject(new IotloadError('target-unreachable', `${host}: ${reason}`, { where: 'target.endpoint', hint }));
    };
    socket.setTimeout(TIMEOUT_MS, () =>
      fail(`no answer within ${TIMEOUT_MS / 1000} s`, 'check host, port and firewall'),
    );
    socket.once('error', (error: NodeJS.ErrnoException) => {
      fail(...(reasons[error.code ?? ''] ?? [error.message, 'check host and port of the endpoint']));
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(`${host} answers in ${formatMicros(clock.nowUs() - fromUs)}`);
    });
  });
}
