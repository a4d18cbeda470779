import { type ErrorCode, IotloadError } from '../core/errors.ts';

/** Why a connection ended or never came to be. */
export interface SocketFailure {
  code: Extract<ErrorCode, 'target-unreachable' | 'target-refused'>;
  /** A short phrase: "connection refused", "bad user name or password". */
  reason: string;
  hint?: string;
  cause?: unknown;
}

const systemErrors: Readonly<Record<string, { reason: string; hint?: string }>> = {
  ECONNREFUSED: { reason: 'connection refused', hint: 'Is a broker listening there?' },
  ENOTFOUND: { reason: 'host not found', hint: 'Check the host name of the endpoint.' },
  EAI_AGAIN: { reason: 'host name could not be resolved', hint: 'Check the name server.' },
  ECONNRESET: { reason: 'connection reset' },
  EPIPE: { reason: 'connection closed' },
  ETIMEDOUT: { reason: 'connection timed out' },
  EHOSTUNREACH: { reason: 'no route to host' },
  ENETUNREACH: { reason: 'network unreachable' },
  EMFILE: { reason: 'too many open files', hint: 'Raise `ulimit -n` above the number of connections.' },
  EADDRNOTAVAIL: {
    reason: 'no local port left',
    hint: 'One address has about 28 000 ports to one endpoint; spread the load over shards.',
  },
};

/** Errors of Node's and OpenSSL's certificate checks, which have no common prefix. */
const certificateError =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|ERR_SSL|EPROTO)/;

/** What an error of the socket means. */
export function socketFailure(error: Error & { code?: unknown }): SocketFailure {
  const code = typeof error.code === 'string' ? error.code : '';
  const known = systemErrors[code];
  if (known !== undefined) return { code: 'target-unreachable', ...known, cause: error };
  if (error instanceof IotloadError && error.code === 'target-refused') {
    return { code: error.code, reason: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  if (certificateError.test(code)) {
    return { code: 'target-refused', reason: `TLS failed: ${error.message}`, hint: remedyOf(code), cause: error };
  }
  return { code: 'target-unreachable', reason: error.message, cause: error };
}

function remedyOf(code: string): string {
  // What the other side refuses is told by an alert, which is about us.
  if (/^ERR_SSL_.*ALERT/.test(code)) return 'Does it ask for a client certificate (tls.cert, tls.key)?';
  if (/^(ERR_SSL|EPROTO)/.test(code))
    return 'Does this port speak TLS, and does it ask for a client certificate (tls.cert, tls.key)?';
  if (code === 'CERT_HAS_EXPIRED') return 'Have the broker’s certificate renewed.';
  if (code === 'CERT_NOT_YET_VALID') return 'Check the clocks of this machine and of the broker.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH')
    return 'Write a host name that stands in the broker’s certificate.';
  return 'Name the authority that signed it in tls.ca.';
}
