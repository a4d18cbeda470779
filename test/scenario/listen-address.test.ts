import { describe, expect, it } from 'vitest';
import { formatAddress, parseListenAddress } from '../../src/scenario/listen-address.ts';

describe('parseListenAddress', () => {
  it.each([
    ['127.0.0.1:9464', '127.0.0.1', 9464],
    ['0.0.0.0:9464', '0.0.0.0', 9464],
    ['[::1]:0', '::1', 0],
    ['[::]:65535', '::', 65_535],
    ['LocalHost:1', 'localhost', 1],
    ['9464', '127.0.0.1', 9464],
  ])('%s', (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ value: { host, port } });
  });

  it.each([
    // What other programs take for all addresses of the machine is never meant by saying nothing.
    ':9464',
    '*:9464',
    '[]:9464',
    '',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    '127.0.0.256:1',
    '::1:9464',
    '[127.0.0.1]:1',
    '[fe80::1%eth0]:1',
    'metrics.example.com:9464',
    'http://127.0.0.1:9464',
    '127.0.0.1:9464/metrics',
    '127.0.0.1:9464\n',
  ])('refuses %j', (text) => {
    expect(parseListenAddress(text)).toEqual({
      error: expect.stringContaining(`"${text}"`),
      hint: expect.stringContaining('127.0.0.1:9464'),
    });
  });
});

it('formatAddress puts brackets around what has colons', () => {
  expect(formatAddress({ host: '::1', port: 9464 })).toBe('[::1]:9464');
  expect(formatAddress({ host: '127.0.0.1', port: 0 })).toBe('127.0.0.1:0');
});
