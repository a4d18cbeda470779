import { describe, expect, it } from 'vitest';
import { mistakes, planned } from './request.ts';

function two({ boards = '', target = 'protocol: kafka, endpoint: embedded', name = 'target', to = '' } = {}): string {
  const fleet = `{ model: phone-motion, devices: 10, rate: 100/s, payload: seismograph-traced`;
  return `iotload: 1
run: { duration: 1s }
fleets:
  phones: ${fleet}${to} }
  boards: ${fleet}${boards}${to} }
${name}: { ${target} }`;
}

describe('a topic of a fleet', () => {
  it('stands beside that of its Kafka target', async () => {
    const { plan } = await planned({ text: two({ boards: ', topic: boards-<run>' }) });
    expect(plan.targets[0]?.options).toMatchObject({
      topics: ['iotload-test-<run>', 'boards-<run>'],
      topicOfFleet: { phones: 0, boards: 1 },
    });
    expect((await planned({ text: two() })).plan.targets[0]?.options).not.toHaveProperty('topics');
  });

  it('has to be one that Kafka takes', async () => {
    expect(await mistakes({ text: two({ boards: ', topic: boards/<device>' }) })).toEqual([
      '"<device>": all events of a Kafka target go to one topic',
    ]);
    expect(await mistakes({ text: two({ boards: ', topic: "a b"' }) })).toEqual(['a Kafka topic has no " "']);
  });

  it('has no meaning for a stream or a file', async () => {
    for (const target of ['protocol: kinesis, endpoint: embedded', 'protocol: file'])
      expect(await mistakes({ text: two({ boards: ', topic: boards', target }) })).toEqual([
        `"topic" has no meaning for ${target.split(/[ ,]/)[1]}`,
      ]);
  });

  it('is that of MQTT where the fleet publishes there as well', async () => {
    const targets = 'edge: { protocol: mqtt, endpoint: embedded }, lake: { protocol: kafka, endpoint: embedded }';
    const text = two({
      boards: ', topic: boards/<device>',
      name: 'targets',
      target: targets,
      to: ', to: [edge, lake]',
    });
    const { plan } = await planned({ text });
    expect(plan.targets[1]?.options).not.toHaveProperty('topics');
    expect(plan.fleets.filter(({ target }) => target === 0)[1]?.address).toBe('boards/<device>');
  });
});
