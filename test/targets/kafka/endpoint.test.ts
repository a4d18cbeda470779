import { describe, expect, it } from 'vitest';
import { endpointProblem, hostText, parseEndpoint } from '../../../src/targets/kafka/endpoint.ts';

describe('parseEndpoint', () => {
  it.each([
    ['localhost:9092', ['localhost:9092']],
    ['kafka://localhost:9092', ['localhost:9092']],
    ['kafka://k1.example.com:9092/', ['k1.example.com:9092']],
    ['k1:9092,k2:9093', ['k1:9092', 'k2:9093']],
    ['kafka://k1:9092, kafka://k_2:9093', ['k1:9092', 'k_2:9093']],
    ['[::1]:9092,127.0.0.1:9092', ['[::1]:9092', '127.0.0.1:9092']],
  ])('reads %s', (text, hosts) => {
    expect(endpointProblem(text)).toBeNull();
    expect(parseEndpoint(text).map(hostText)).toEqual(hosts);
  });

  it('takes an IPv6 address out of its brackets', () => {
    expect(parseEndpoint('[2001:db8::1]:9092')).toEqual([{ host: '2001:db8::1', port: 9092 }]);
  });

  it.each([
    ['', /at least one broker/, /host:9092/],
    ['k1:9092,', /none is empty/, /host:9092/],
    ['k1', /lacks its port/, /k1:9092/],
    ['k1:9092,k2', /"k2" lacks its port/, /k2:9092/],
    ['k1:0', /from 1 to 65535/, /./],
    ['k1:65536', /from 1 to 65535/, /./],
    ['k1:port', /no host:port/, /./],
    ['k1:9092/topic', /no host:port/, /./],
    ['-k:9092', /no host:port/, /./],
    ['::1:9092', /without brackets/, /\[::1\]:9092/],
    ['::1', /without brackets/, /\[::1\]:9092/],
    ['mqtt://k1:9092', /"mqtt:\/\/" begins no Kafka endpoint/, /host:9092/],
    ['SASL_SSL://k1:9093', /begins no Kafka endpoint/, /tls: true/],
  ])('refuses %j', (text, error, hint) => {
    const problem = endpointProblem(text);
    expect(problem?.error).toMatch(error);
    expect(problem?.hint).toMatch(hint);
    expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: 'bad-scenario' }));
  });

  it('repeats no credentials', () => {
    expect(JSON.stringify(endpointProblem('kafka://me:hunter2@k1:9092'))).not.toContain('hunter2');
  });

  it('leaves the embedded broker alone', () => {
    expect(endpointProblem('embedded')).toBeNull();
  });
});
