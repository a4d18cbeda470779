import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findingsOf, iotload, scratch, start, summaryOf } from '../e2e/iotload.ts';
import { phones } from '../e2e/scenario-text.ts';
import { type Mosquitto, startMosquitto } from './mosquitto.ts';

let space: ReturnType<typeof scratch>;
let mosquitto: Mosquitto;
beforeEach(() => {
  space = scratch();
});
afterEach(async () => {
  await mosquitto.stop();
  space.remove();
});

/** Enough for a reader that pauses now and then on a busy machine. */
const roomyQueue = ['max_queued_messages 1000000', 'max_inflight_messages 1000'];

describe('iotload run on a real Mosquitto', () => {
  it('seismograph-mqtt as it stands, with another endpoint: 128 phones, one connection each, 51M a day', async () => {
    mosquitto = await startMosquitto({ config: roomyQueue, log: 'errors' });
    const out = space.path('out');
    const elsewhere = ['--set', `target.endpoint=${mosquitto.endpoint}`, '--duration', '20s'];
    const { code, stdout } = await iotload([
      'run',
      'seismograph-mqtt',
      ...elsewhere,
      '--out',
      out,
      '--progress',
      'none',
    ]);
    expect(stdout).toContain('PASS');
    expect(code).toBe(0);
    const { events, delivery, rate, targets } = summaryOf(out);
    // 25 s of 51 000 000 a day are 14 756.9 events; slot 0 is due at once.
    expect(events.intended).toBe(14_757);
    expect(events.acked).toBe(14_757);
    expect(delivery).toMatchObject({
      identity: 'derived',
      verified: 14_757,
      lost: 0,
      missing: 0,
      duplicates: 0,
      reordered: 0,
      corrupt: 0,
    });
    expect(rate.achievedPerSecond).toBeCloseTo(590.28, 0);
    // It tells once a second what it took: what is left out is of the last one.
    const { broker } = targets[0] as (typeof targets)[number];
    expect(broker).toMatchObject({ by: '$SYS/broker/publish/messages', dropped: 0, doubts: [] });
    expect(broker?.messages).toBeGreaterThan(13_500);
    expect(broker?.messages).toBeLessThanOrEqual(14_757);
  });

  // Its thresholds are about time: a machine that had other things to do is asked again.
  it('carries 50 000 events a second over a pool', { retry: 2 }, async () => {
    mosquitto = await startMosquitto({ config: roomyQueue, log: 'errors' });
    const out = space.path('out');
    const changes = [
      `target.endpoint=${mosquitto.endpoint}`,
      'fleets.audience.devices=12800',
      'target.connections=8',
      'target.max_in_flight=1000',
      'run.warm_up=2s',
    ].flatMap((change) => ['--set', change]);
    const args = ['--rate', '50k/s', '--duration', '8s', ...changes, '--out', out, '--progress', 'none'];
    const { code, stdout } = await iotload(['run', 'seismograph-mqtt', ...args]);
    const { events, delivery, verdict } = summaryOf(out);
    expect(stdout).toContain(verdict.toUpperCase());
    expect(events.intended).toBe(500_000);
    expect(events.acked).toBe(500_000);
    expect(delivery).toMatchObject({ verified: 500_000, lost: 0, missing: 0, duplicates: 0, corrupt: 0 });
    expect(code).toBe(0);
  });

  it('a queue that drops for a slow reader is inconclusive, never an accusation', async () => {
    mosquitto = await startMosquitto({ config: ['max_queued_messages 1', 'max_inflight_messages 1'], log: 'errors' });
    const out = space.path('out');
    const file = space.path('case.yaml');
    const target = `{ protocol: mqtt, endpoint: "${mosquitto.endpoint}", connections: 8, max_in_flight: 1000 }`;
    writeFileSync(
      file,
      phones({ devices: 1000, rate: '20k/s', duration: '4s', target, more: 'verify: { grace: 3s }' }),
    );
    const { code } = await iotload(['run', file, '--out', out, '--progress', 'none']);
    const { delivery, verdict, reasons } = summaryOf(out);
    expect(delivery.missing).toBeGreaterThan(0);
    expect(delivery.lost).toBe(0);
    expect(verdict).toBe('inconclusive');
    expect(reasons.join()).toMatch(/queue was too slow: the broker dropped [1-9]/);
    expect(code).toBe(3);
  });

  it('killed and restarted in mid-run: the run ends, and nothing is called lost that was never acknowledged', async () => {
    mosquitto = await startMosquitto({ config: roomyQueue, log: 'errors' });
    const out = space.path('out');
    const file = space.path('case.yaml');
    const target = `{ protocol: mqtt, endpoint: "${mosquitto.endpoint}", connections: 4, timeout: 3s }`;
    writeFileSync(file, phones({ rate: '2k/s', duration: '8s', target, more: 'verify: { grace: 3s }' }));
    const running = start(['run', file, '--out', out, '--progress', 'plain']);
    await running.said(/acked [1-9]/);
    await mosquitto.kill();
    await running.said(/disconnected/);
    await mosquitto.restart();
    const { code } = await running.finished;
    const { events, delivery, verdict, run } = summaryOf(out);
    expect(run.ended).toBe('completed');
    expect(events.intended).toBe(16_000);
    expect(events.sent).toBe(events.acked + events.rejected + events.unknown + events.noAck);
    expect(events.acked).toBeGreaterThan(8000);
    expect(delivery.lost).toBe(0);
    expect(delivery.phantom).toBe(0);
    // Whatever was acknowledged and not seen fell into the gap of the reader's own session.
    expect(findingsOf(out).filter(({ kind }) => kind === 'missing').length).toBe(delivery.missing);
    expect(verdict).not.toBe('fail');
    expect([0, 3]).toContain(code);
  });

  it('a wrong password is exit 4, says so, and shows no secret', async () => {
    mosquitto = await startMosquitto({ users: { ada: 'right' } });
    const file = space.path('case.yaml');
    const target = `{ protocol: mqtt, endpoint: "${mosquitto.endpoint}", auth: { username: ada, password: "\${PW}" } }`;
    writeFileSync(file, phones({ target }));
    const out = space.path('out');
    const refused = await iotload(['run', file, '--out', out], { PW: 'canary-7f3a' });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/user name or password|not authori[sz]ed/i);
    expect(refused.stderr + refused.stdout).not.toContain('canary-7f3a');
    const accepted = await iotload(['run', file, '--out', out, '--duration', '1s'], { PW: 'right' });
    expect(accepted.code).toBe(0);
  });
});
