import { expect, it } from 'vitest';
import { openingError, plainReason } from '../../../src/targets/mqtt/failure.ts';
import { socketFailure } from '../../../src/targets/socket-failure.ts';

const coded = (code: string): Error => Object.assign(new Error(`${code} happened`), { code });

it('says what was tried, and where', () => {
  const endpoint = { host: 'h', port: 1, tls: false, url: '', text: 'mqtt://h:1' };
  const error = openingError(endpoint, socketFailure(coded('ENOTFOUND')), '1 attempt in 0.2 s');
  expect(error.message).toBe('mqtt://h:1 cannot be reached: host not found (1 attempt in 0.2 s)');
  expect(error).toMatchObject({
    code: 'target-unreachable',
    value: 'mqtt://h:1',
    hint: 'Check the host name of the endpoint.',
  });
});

it('names equal failures alike, whatever address or code stood in them', () => {
  const reasons = ['TLS failed: C0A7:error:0A000126', 'TLS failed: 40E1:error:0A000126', 'connection reset'];
  const plain = reasons.map((reason) => plainReason({ code: 'target-unreachable', reason }));
  expect(plain).toEqual(['TLS failed', 'TLS failed', 'connection reset']);
});
