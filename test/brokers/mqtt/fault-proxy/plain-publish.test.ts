import { generate } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { plainPublish } from '../../../../src/brokers/mqtt/fault-proxy/plain-publish.ts';

it.each([
  ['t', ''],
  ['a/é', 'x'.repeat(300)],
])('writes what an independent encoder writes: %s', (topic, payload) => {
  const frame = generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
  expect(plainPublish(topic, Buffer.from(payload)).equals(frame)).toBe(true);
});
