import { describe, expect, it } from 'vitest';
import { socketFailure } from '../../src/targets/socket-failure.ts';

const coded = (code: string): Error => Object.assign(new Error(`${code} happened`), { code });

describe('socketFailure', () => {
  it.each([
    ['ECONNREFUSED', 'target-unreachable', 'connection refused'],
    ['ENOTFOUND', 'target-unreachable', 'host not found'],
    ['EMFILE', 'target-unreachable', 'too many open files'],
    ['EADDRNOTAVAIL', 'target-unreachable', 'no local port left'],
    ['ESOMETHING', 'target-unreachable', 'ESOMETHING happened'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'target-refused', 'TLS failed: DEPTH_ZERO_SELF_SIGNED_CERT happened'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'target-refused', 'TLS failed: ERR_TLS_CERT_ALTNAME_INVALID happened'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'target-refused', 'TLS failed: ERR_SSL_WRONG_VERSION_NUMBER happened'],
  ])('%s is %s, "%s"', (code, verdict, reason) => {
    expect(socketFailure(coded(code))).toMatchObject({ code: verdict, reason });
  });

  it.each([
    ['CERT_HAS_EXPIRED', /renewed/],
    ['CERT_NOT_YET_VALID', /clocks/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /host name that stands in/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /tls\.ca/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /tls\.ca/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /^Does it ask for a client certificate/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /^Does this port speak TLS/],
  ])('%s has a remedy of its own', (code, hint) => {
    expect(socketFailure(coded(code)).hint).toMatch(hint);
  });
});
