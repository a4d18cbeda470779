import { expect, it } from 'vitest';
import { ruleResult } from '../../../src/brokers/bridge/rule-result.ts';

const input = {
  ordinal: 9,
  topic: 'dht_temp',
  client: 'board-1',
  qos: 1,
  retain: false,
  dup: false,
  timestampMs: 1_695_028_205_000,
  payload: '{"msg": "23"}',
};

it('is what EMQX writes of a whole message, with the payload as a string inside', () => {
  expect(ruleResult(input)).toBe(
    '{"clientid":"board-1","event":"message.publish","flags":{"dup":false,"retain":false},' +
      '"id":"0000000000000000000000000000000A","metadata":{"rule_id":"bridge"},"node":"iotload@127.0.0.1",' +
      String.raw`"payload":"{\"msg\": \"23\"}","publish_received_at":1695028205000,"qos":1,` +
      '"timestamp":1695028205000,"topic":"dht_temp"}',
  );
});

it('is JSON whatever stands in it, and leaves out a client that nobody knows', () => {
  const payload = '"\\\n\u0000\u2028é😀';
  const result = JSON.parse(ruleResult({ ...input, client: null, ordinal: -1, topic: 'a"b', payload }));
  expect(result).toMatchObject({ payload, topic: 'a"b', id: '0'.repeat(32) });
  expect(result).not.toHaveProperty('clientid');
});
