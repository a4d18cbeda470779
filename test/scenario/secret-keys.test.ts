import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../src/scenario/secret-keys.ts';

describe('maskSecrets', () => {
  it.each([
    ['password: hunter2', 'password: *******'],
    ['{ passwrod: "hun ter", qos: 1 }', '{ passwrod: "*** ***", qos: 1 }'],
    ['password: ${MQTT_PASSWORD}', 'password: ${MQTT_PASSWORD}'],
    ['auth: token', 'auth: *****'],
    ['auth: { username: u, password: p }', 'auth: { username: u, password: * }'],
    ['auth: null', 'auth: null'],
    ['endpoint: mqtt://u:p@host', 'endpoint: mqtt://***@host'],
    ['rate: 5/s', 'rate: 5/s'],
  ])('%s', (line, masked) => {
    expect(maskSecrets(line)).toBe(masked);
  });

  it.each([
    ['one word', '9'.repeat(500_000)],
    ['keys without end', 'a: '.repeat(150_000)],
    ['secrets without end', 'password: "'.repeat(40_000)],
    ['a long secret', `password: ${'x'.repeat(500_000)}`],
  ])('looks at each character of an endless line a bounded number of times: %s', (_, line) => {
    // Once for each of its characters, this would take minutes, and the test its time.
    expect(maskSecrets(line)).toHaveLength(line.length);
  });
});
