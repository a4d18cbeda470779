import { describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../../src/targets/mqtt/endpoint.ts';
import { mqtt } from '../../../src/targets/mqtt/index.ts';
import { ReservedIds } from '../../../src/targets/mqtt/reserved-ids.ts';
import { checkTopic } from '../../../src/targets/mqtt/topic-check.ts';
import { testFleet } from '../../contracts/sink.ts';
import { mqttOptions } from './mqtt-options.ts';

it.each([
  ['mqtt://broker', { host: 'broker', port: 1883, tls: false, url: '' }],
  ['mqtts://broker', { host: 'broker', port: 8883, tls: true, url: '' }],
  ['mqtt://127.0.0.1:9', { host: '127.0.0.1', port: 9, tls: false, url: '' }],
  ['mqtts://[::1]:7', { host: '::1', port: 7, tls: true, url: '' }],
  ['ws://broker', { host: 'broker', port: 80, tls: false, url: 'ws://broker/' }],
  ['ws://broker:8080/mqtt', { host: 'broker', port: 8080, tls: false, url: 'ws://broker:8080/mqtt' }],
  ['wss://broker/a/b', { host: 'broker', port: 443, tls: true, url: 'wss://broker/a/b' }],
  ['wss://[::1]:8443/', { host: '::1', port: 8443, tls: true, url: 'wss://[::1]:8443/' }],
])('%s', (text, expected) => {
  expect(parseEndpoint(text)).toEqual({ ...expected, text });
});

it.each(['', 'broker:1883', 'http://broker', 'mqtt://', 'embedded', 'mqtt://h:99999'])(
  'refuses the endpoint "%s"',
  (text) => {
    expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: 'bad-scenario', value: text }));
  },
);

it.each([
  ['', 'fleet0', false],
  ['a/<device>', 'fleet0', true],
  ['a/+/<device>', 'fleet0', false],
  ['a/#', 'fleet0', false],
  ['a\0', 'fleet0', false],
  ['a/<device>', 'x+y', false],
  ['a/fixed', 'x+y', true],
  ['a'.repeat(20_000), 'fleet0', false],
])('topic "%.12s" with devices like %s: %s', (address, device, good) => {
  const check = (): void => checkTopic({ ...testFleet(0, 1, address), deviceId: () => device });
  if (good) check();
  else expect(check).toThrow(expect.objectContaining({ code: 'bad-scenario', where: 'fleets.fleet0.topic' }));
});

describe('traits', () => {
  it('names the host for the safety rail, none for the embedded broker', () => {
    expect(mqtt.traits(mqttOptions('mqtts://edge.example.com')).hosts).toEqual(['edge.example.com:8883']);
    expect(mqtt.traits(mqttOptions('mqtt://[::1]')).hosts).toEqual(['[::1]:1883']);
    expect(mqtt.traits(mqttOptions('embedded')).hosts).toEqual([]);
  });

  it('acknowledges at QoS 1 only', () => {
    expect(mqtt.traits(mqttOptions('embedded', { qos: 1 })).acknowledges).toBe(true);
    expect(mqtt.traits(mqttOptions('embedded', { qos: 0 })).acknowledges).toBe(false);
  });
});

it('gives MQTT.js only identifiers below ours', () => {
  const ids = new ReservedIds();
  const taken = Array.from({ length: 63 }, () => ids.allocate());
  expect(taken.slice().sort((a, b) => (a as number) - (b as number))).toEqual(
    Array.from({ length: 63 }, (_, i) => i + 1),
  );
  expect(ids.allocate()).toBeNull();
  ids.deallocate(17);
  expect(ids.allocate()).toBe(17);
  expect(ids.getLastAllocated()).toBe(17);
  expect(ids.register(17)).toBe(false);
  ids.clear();
  expect(ids.register(17)).toBe(true);
});
