import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { iotload, scratch, start, summaryOf } from '../e2e/iotload.ts';
import { newTopic } from './kafka-targets.ts';
import { kafkaWithLogins } from './kafka-with-logins.ts';

const its = kafkaWithLogins();
let space: ReturnType<typeof scratch>;
beforeEach(() => {
  space = scratch();
});
afterEach(() => space.remove());

/** A scenario of 1 000 phones whose ids travel in a header. */
function phones(target: string, rate: string, duration: string, padded = ''): string {
  const file = space.path('phones.yaml');
  writeFileSync(
    file,
    `iotload: 1
run: { duration: ${duration}, drain: 60s }
fleets:
  phones:
    model: phone-motion
    devices: 1000
    rate: ${rate}
    payload: { fields: { id: <device>, at: <time.iso>, x: <x:2> }, identity: headers${padded} }
target: { protocol: kafka, ${target} }
verify: { expect: exactly-once, order: per_device, grace: 30s }
thresholds: [lost == 0, missing == 0, duplicates == 0, corrupt == 0]
`,
  );
  return file;
}

describe('iotload run on Apache Kafka 4', () => {
  it('seismograph-kafka as it stands, with another endpoint: 128 phones, 51M a day', async () => {
    const out = space.path('out');
    const shorter = ['--set', 'run.warm_up=2s', '--duration', '10s'];
    const args = ['run', 'seismograph-kafka', ...shorter, '--out', out, '--progress', 'none'];
    const { code, stdout } = await iotload(args, { KAFKA: its.kafka.endpoint });
    expect(stdout).toContain('PASS');
    expect(code).toBe(0);
    const { events, delivery, targets } = summaryOf(out);
    // 12 s of 51 000 000 a day are 7 083.3 events; slot 0 is due at once.
    expect(events).toMatchObject({ intended: 7084, acked: 7084 });
    expect(delivery).toMatchObject({ verified: 7084, lost: 0, missing: 0, duplicates: 0, reordered: 0, corrupt: 0 });
    expect(targets[0]?.broker).toMatchObject({ by: 'log end offsets', messages: 7084, final: true, doubts: [] });
  });

  it('a broker that is killed and started again in mid-run loses and doubles nothing', async () => {
    const topic = newTopic('killed-run');
    await its.admin.createTopic(topic, 6);
    const out = space.path('out');
    const target = `endpoint: "${its.kafka.endpoint}", topic: ${topic}, timeout: 60s`;
    const running = start(['run', phones(target, '5k/s', '6s'), '--out', out, '--progress', 'none']);
    while ((await its.admin.records(topic)) < 5000);
    await its.kafka.brokers[0]?.kill();
    await its.kafka.brokers[0]?.start();
    const { code, stdout } = await running.finished;
    expect(stdout).toContain('PASS');
    expect(code).toBe(0);
    const { events, delivery, targets } = summaryOf(out);
    expect(events).toMatchObject({ intended: 30_000, acked: 30_000 });
    expect(delivery).toMatchObject({ verified: 30_000, lost: 0, missing: 0, duplicates: 0, reordered: 0, corrupt: 0 });
    expect(targets[0]?.broker).toMatchObject({ by: 'log end offsets', messages: 30_000, final: true, doubts: [] });
  });

  it('records that are too large are rejected, and counted as that', async () => {
    const topic = newTopic('small-run');
    // The message that looks whether the topic can be read back fits, no event does.
    await its.admin.createTopic(topic, 1, { 'max.message.bytes': '400' });
    const out = space.path('out');
    const target = `endpoint: "${its.kafka.endpoint}", topic: ${topic}`;
    const { code } = await iotload([
      'run',
      phones(target, '100/s', '1s', ', pad_to: 400B'),
      '--out',
      out,
      '--progress',
      'none',
    ]);
    expect(code).not.toBe(0);
    const { events, errors } = summaryOf(out);
    expect(events).toMatchObject({ intended: 100, acked: 0, rejected: 100, unknown: 0 });
    expect(errors).toContainEqual(expect.objectContaining({ message: 'message too large', count: 100 }));
  });
});

describe('iotload run that Apache Kafka 4 does not let in says so in one sentence, with the way out', () => {
  const refused = async (target: string): Promise<string> => {
    const args = ['run', phones(target, '100/s', '1s'), '--progress', 'none'];
    const { code, stderr } = await iotload(args, { PASSWORD: 'wrong-one' });
    expect(code).toBe(4);
    expect(stderr).not.toContain('    at ');
    expect(stderr.trim().split('\n')).toHaveLength(2);
    return stderr;
  };

  it('unknown topic', async () => {
    const said = await refused(`endpoint: "${its.kafka.endpoint}", topic: nobody-made-it`);
    expect(said).toContain(`Kafka at ${its.kafka.endpoint} has no topic nobody-made-it`);
    expect(said).toContain('hint: Write create:');
  });

  it('wrong password', async () => {
    const endpoint = its.kafka.endpointOf('LOGIN');
    const login = 'auth: { kind: scram-sha-512, username: ann, password: "${PASSWORD}" }';
    const said = await refused(`endpoint: "${endpoint}", tls: { ca: "${its.files.ca}" }, ${login}`);
    expect(said).toContain(endpoint);
    expect(said).toContain('ann');
    expect(said).toMatch(/hint: .*password/);
    expect(said).not.toContain('wrong-one');
  });

  it('expired certificate', async () => {
    const endpoint = its.kafka.endpointOf('BAD');
    const said = await refused(`endpoint: "${endpoint}", tls: { ca: "${its.files.ca}" }`);
    expect(said).toContain(endpoint);
    expect(said).toMatch(/expired/);
    expect(said).toMatch(/hint: .*certificate/);
  });

  it('TLS where the broker speaks none', async () => {
    const said = await refused(`endpoint: "${its.kafka.endpoint}", tls: { ca: "${its.files.ca}" }`);
    expect(said).toContain(its.kafka.endpoint);
    expect(said).toMatch(/hint: .*TLS/i);
  });
});
