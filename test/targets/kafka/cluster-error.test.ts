import { describe, expect, it } from 'vitest';
import { answerError, brokerError, brokerText, NO_ID } from '../../../src/targets/kafka/cluster-error.ts';
import { ErrorCode } from '../../../src/wire/kafka/error-codes.ts';

const named = { id: 2, host: 'k2', port: 9092 };
const unreachable = { code: 'target-unreachable', reason: 'connection refused', hint: 'Listening?' } as const;

it('names a broker by its id where the cluster has given it one, and an IPv6 address in brackets', () => {
  expect(brokerText(named)).toBe('Kafka broker 2 at k2:9092');
  expect(brokerText({ id: NO_ID, host: '::1', port: 1 })).toBe('Kafka at [::1]:1');
});

describe('brokerError', () => {
  it('tells a refusal from silence, and hands on hint and cause', () => {
    const cause = new Error('why');
    const refused = { code: 'target-refused', reason: 'TLS failed', hint: 'Name the authority.', cause } as const;
    expect(brokerError(named, refused, 'k1:9092')).toMatchObject({
      code: 'target-refused',
      message: 'Kafka broker 2 at k2:9092 refused us: TLS failed',
      where: 'target.endpoint',
      value: 'k1:9092',
      hint: 'Name the authority.',
      cause,
    });
    const silent = brokerError(named, { code: 'target-unreachable', reason: 'no route' }, 'k2:9092');
    expect(silent.message).toBe('Kafka broker 2 at k2:9092 cannot be reached: no route');
    expect(silent.hint).toBeUndefined();
  });

  it.each([
    ['advertised and not in the endpoint', named, 'k1:9092', /advertised\.listeners/],
    ['in the endpoint as well', named, 'k1:9092,k2:9092', /^Listening\?$/],
    ['of the endpoint only', { ...named, id: NO_ID }, 'k1:9092', /^Listening\?$/],
  ])('of an address that is %s hints at who has to change it', (_, broker, endpoint, hint) => {
    expect(brokerError(broker, unreachable, endpoint).hint).toMatch(hint);
  });
});

describe('answerError', () => {
  it('says what the code means and what can be done about it', () => {
    expect(answerError(named, ErrorCode.invalidTopic, 'create topic t')).toMatchObject({
      code: 'target-refused',
      message: 'Kafka broker 2 at k2:9092 cannot create topic t: invalid topic exception',
      where: 'target.topic',
      hint: expect.stringContaining('at most 249'),
    });
  });

  it('takes the broker’s words, another key and another hint; no hint where there is none', () => {
    const said = { where: 'target.create', hint: '', said: 'it has a policy' };
    const error = answerError(named, ErrorCode.invalidTopic, 'create topic t', said);
    expect(error).toMatchObject({
      where: 'target.create',
      message: expect.stringMatching(/exception, it has a policy$/),
    });
    expect(error.hint).toBeUndefined();
  });
});
