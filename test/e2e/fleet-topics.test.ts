import { expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { findingsOf, iotload, summaryOf } from './iotload.ts';

const space = inScratch();

it('fleets of one Kafka target have topics of their own: made, written, read to the end, and named where something is lost', async () => {
  const out = space.path('out');
  const file = space.scenario(`iotload: 1
run: { duration: 1500ms, drain: 5s }
fleets:
  phones: { model: phone-motion, devices: 20, rate: 400/s, payload: seismograph-traced }
  boards:
    model: sensor-board
    devices: 30
    rate: 200/s
    payload: { codec: json, fields: { id: <device>, ts: <time.ms>, temp: <temperature> }, identity: headers }
    topic: boards-<run>
target: { protocol: kafka, endpoint: embedded, topic: phones-<run>, create: { partitions: 3 } }
timeline: [ { at: 0s, fault: { loss: 10%, duplicates: 10% }, for: 1500ms } ]
verify: { grace: 3s }
`);
  const { code, stdout } = await iotload(['run', file, '--out', out, '--workers', '2', '--run-id', 'r1']);
  expect(stdout).toContain('acknowledged and proved lost');
  expect(code).toBe(1);
  const { events, delivery, fleets, targets } = summaryOf(out);
  expect([events.intended, events.acked]).toEqual([900, 900]);
  expect(delivery.verified + delivery.lost).toBe(900);
  for (const fleet of fleets) expect(fleet.delivery.lost).toBeGreaterThan(0);
  expect(targets[0]?.partitions?.count).toBe(6);
  const findings = findingsOf(out) as (ReturnType<typeof findingsOf>[number] & { topic: string; partition: number })[];
  for (const kind of ['lost', 'duplicate']) {
    const of = findings.filter((finding) => finding['kind'] === kind);
    expect(new Set(of.map(({ fleet, topic }) => `${fleet} in ${topic}`))).toEqual(
      new Set(['phones in phones-r1', 'boards in boards-r1']),
    );
    for (const { partition } of of) expect(partition).toBeLessThan(3);
  }
  // Settled again from its files it is the same.
  const before = summaryOf(out);
  await iotload(['verify', out]);
  expect(summaryOf(out)).toEqual(before);
  expect(findingsOf(out)).toEqual(findings);
});
