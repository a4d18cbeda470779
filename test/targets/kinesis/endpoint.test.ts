import { describe, expect, it } from 'vitest';
import { endpointHost, endpointProblem, endpointUrl } from '../../../src/targets/kinesis/endpoint.ts';

describe('the endpoint of a Kinesis target', () => {
  // Left to itself, the SDK would take an address from the environment, which no rail has seen.
  it.each([
    ['aws', 'https://kinesis.eu-central-1.amazonaws.com', 'kinesis.eu-central-1.amazonaws.com'],
    ['http://127.0.0.1:4567', 'http://127.0.0.1:4567', '127.0.0.1:4567'],
    ['localhost:4567', 'http://localhost:4567', 'localhost:4567'],
    ['kinesis://127.0.0.1:4567', 'http://127.0.0.1:4567', '127.0.0.1:4567'],
    ['https://kinesis.example.com', 'https://kinesis.example.com', 'kinesis.example.com'],
  ])('%s leads to %s, which the safety rail knows as %s', (text, url, host) => {
    expect(endpointUrl(text, 'eu-central-1')).toBe(url);
    expect(endpointHost(text, 'eu-central-1')).toBe(host);
  });

  it('is that of its own cloud in China', () => {
    expect(endpointUrl('aws', 'cn-north-1')).toBe('https://kinesis.cn-north-1.amazonaws.com.cn');
  });

  it.each(['http://', 'https://user:secret@host', 'http://host/path', 'http://host?x=1'])('is not %s', (text) => {
    const problem = endpointProblem(text);
    expect(problem?.hint).toMatch(/^(write|leave)/);
    expect(problem?.error).not.toContain('secret@');
  });
});
