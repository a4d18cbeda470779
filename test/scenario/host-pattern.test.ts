import { describe, expect, it } from 'vitest';
import { isHostPattern, isLoopback, matchesHost } from '../../src/scenario/host-pattern.ts';

describe('matchesHost', () => {
  it.each([
    ['*', 'a.b.c', true],
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.example.com.org', false],
    ['a.*.com', 'a.b.c.com', true],
    ['a.*.com', 'a.com', false],
    ['*.b.*', 'a.b.b.c', true],
    ['*.b.*', 'a.b', false],
    ['example.com', 'EXAMPLE.com:1883', true],
    ['example.com:1883', 'example.com:1883', true],
    ['example.com:1883', 'example.com:8883', false],
    ['example.com:1883', 'example.com', false],
    ['[fe80::1]', '[fe80::1]:1883', true],
    ['10.1.2.3', '10.1.2.30', false],
  ])('%s covers %s: %s', (pattern, address, covers) => {
    expect(matchesHost(pattern, address)).toBe(covers);
  });

  it('is quick for any number of stars', () => {
    expect(matchesHost(`${'*.'.repeat(100)}x`, `${'a.'.repeat(5_000)}b`)).toBe(false);
  });
});

describe('isHostPattern', () => {
  it.each(['localhost', '*.example.com', '*', 'a_b.c-d.e', '10.1.2.3:1883', '[::1]:1883', '[fe80::1]'])(
    '%s is one',
    (text) => {
      expect(isHostPattern(text)).toBe(true);
    },
  );

  it.each(['', 'http://a', 'a:0', 'a:65536', 'a:', 'a b', 'a..b', '*a.b', '-a', 'a/b', 'me@a'])(
    '%j is none',
    (text) => {
      expect(isHostPattern(text)).toBe(false);
    },
  );
});

describe('isLoopback', () => {
  it.each(['localhost', 'LOCALHOST:1883', '127.0.0.1', '127.255.0.1:9', '[::1]:1883', '::1'])('%s is', (text) => {
    expect(isLoopback(text)).toBe(true);
  });

  it.each(['localhost.example.com', '128.0.0.1', '127.0.0.1.nip.io', '[::2]', '0.0.0.0', '127.example.com'])(
    '%s is not',
    (text) => {
      expect(isLoopback(text)).toBe(false);
    },
  );
});
