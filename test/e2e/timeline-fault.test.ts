import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { expectAccused } from './faulty-broker.ts';
import { inScratch } from './in-scratch.ts';
import { findingsOf, iotload, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = inScratch();

const PER_SECOND = 500;

it('the embedded broker loses events for a while: they are missing, and none before or long after', async () => {
  const file = space.path('lossy.yaml');
  const timeline = 'timeline: [{ at: 5s, fault: { loss: 100% }, for: 1s }]';
  writeFileSync(
    file,
    phones({
      duration: '11s',
      rate: `${PER_SECOND}/s`,
      target: '{ protocol: mqtt, endpoint: embedded }',
      more: `${timeline}\nverify: { grace: 2s }`,
    }),
  );
  const out = space.path('out');
  const { code, stderr } = await iotload(['run', file, '--out', out, '--workers', '1', '--progress', 'plain']);
  const result = summaryOf(out);
  expectAccused({ code, result });
  expect(result.timeline).toMatchObject([{ kind: 'fault', text: 'loss 100 % for 1s' }]);
  expect(stderr).toContain('fault: loss 100 % for 1s');
  const missing = findingsOf(out).filter(({ kind }) => kind === 'missing');
  expect(missing).toHaveLength(Math.min(1000, result.delivery.missing));
  expect(result.delivery).toMatchObject({ duplicates: 0, corrupt: 0, reordered: 0, phantom: 0 });
  // About a second of them; of a machine that halts for a while, more or fewer go that way.
  expect(missing.length).toBeGreaterThan(PER_SECOND / 10);
  for (const { slot } of missing) {
    expect(slot).toBeGreaterThan(1 * PER_SECOND);
    expect(slot).toBeLessThan(10 * PER_SECOND);
  }
});

it('two faults after each other, and nothing wrong besides', async () => {
  const file = space.path('doubling.yaml');
  const timeline =
    'timeline: [{ at: 0s, fault: { duplicates: 20% }, for: 1s }, { at: 2s, fault: { delay: 300ms }, for: 1s }]';
  writeFileSync(file, phones({ duration: '3s', target: '{ protocol: mqtt, endpoint: embedded }', more: timeline }));
  const out = space.path('out');
  const { code } = await iotload(['run', file, '--out', out, '--workers', '1', '--progress', 'none']);
  const { delivery, events, latency, timeline: told } = summaryOf(out);
  expect(code).toBe(0);
  expect(told).toHaveLength(2);
  expect(delivery).toMatchObject({ verified: events.intended, missing: 0, corrupt: 0, reordered: 0 });
  expect(delivery.duplicates).toBeGreaterThan(10);
  // A third of them waited that long, so that the slowest tenth did.
  expect(latency.serviceTime.p90).toBeGreaterThan(290_000);
});
