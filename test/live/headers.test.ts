import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { iotload, scratch, start, summaryOf } from '../e2e/iotload.ts';
import { phones } from '../e2e/scenario-text.ts';
import { startMosquitto } from './mosquitto.ts';

it('ids travel beside the payload: a run verifies all of them, and tail tells them', async () => {
  const space = scratch();
  const broker = await startMosquitto({ log: 'errors', config: ['max_queued_messages 100000'] });
  const [file, out] = [space.path('case.yaml'), space.path('out')];
  const payload = '{ fields: { meter: <device>, n: <sequence>, at: <time.iso> }, identity: headers }';
  const target = `{ protocol: mqtt, endpoint: "${broker.endpoint}", version: 5 }`;
  writeFileSync(file, phones({ payload, target, duration: '2s' }));
  const tail = start(['tail', file, '--count', '3', '--json']);
  await tail.said(/reading/);
  const { code, stdout } = await iotload(['run', file, '--out', out, '--progress', 'none']);
  expect(stdout).toContain('PASS');
  expect(code).toBe(0);
  const { events, delivery } = summaryOf(out);
  expect(events.acked).toBe(1000);
  expect(delivery).toMatchObject({ identity: 'headers', verified: 1000, missing: 0, corrupt: 0, duplicates: 0 });
  const told = (await tail.finished).stdout.trim().split('\n');
  expect(told).toHaveLength(3);
  for (const line of told) {
    const { verdict, payload: text, device } = JSON.parse(line);
    expect(verdict).toBe('own');
    expect(Object.keys(JSON.parse(text))).toEqual(['meter', 'n', 'at']);
    expect(JSON.parse(text).meter).toBe(device);
  }
  await broker.stop();
  space.remove();
});
