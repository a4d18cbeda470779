import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { start, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = inScratch();
const { scenario } = space;

describe('iotload run that does not come to its end', () => {
  it('Ctrl-C drains, writes the results and is exit 130', async () => {
    const out = space.path('out');
    const file = scenario(phones({ duration: '60s', target: '{ protocol: mqtt, endpoint: embedded }' }));
    const running = start(['run', file, '--out', out, '--progress', 'plain']);
    await running.said(/acked [1-9]/);
    running.interrupt();
    const { code, stderr } = await running.finished;
    expect(code).toBe(130);
    expect(stderr).not.toContain('disconnected');
    const { run, events, delivery } = summaryOf(out);
    expect(run.ended).toBe('interrupted');
    expect(events.acked).toBeGreaterThan(0);
    expect(events.intended).toBe(30_000);
    expect(events.notSent).toBe(30_000 - events.sent);
    expect(delivery.verified).toBe(events.acked);
    expect([delivery.lost, delivery.missing]).toEqual([0, 0]);
  });

  it('Ctrl-C while connecting leaves soon, with the results of having sent nothing', async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as { port: number };
    const out = space.path('out');
    const target = `{ protocol: mqtt, endpoint: "mqtt://127.0.0.1:${port}", connect: { timeout: 60s } }`;
    const running = start(['run', scenario(phones({ target })), '--out', out, '--progress', 'plain']);
    await running.said(/connecting/);
    running.interrupt();
    expect((await running.finished).code).toBe(130);
    expect(summaryOf(out).events).toMatchObject({ intended: 750, sent: 0, notSent: 750 });
    mute.close();
  });

  it('a second Ctrl-C leaves at once', async () => {
    // What is lost on its way keeps the verifier waiting, however long the second one takes to come.
    const text = phones({
      duration: '60s',
      target: '{ protocol: mqtt, endpoint: embedded }',
      more: 'timeline: [{ at: 0s, fault: { loss: 50% }, for: 60s }]\nverify: { grace: 60s }',
    });
    const running = start(['run', scenario(text), '--out', space.path('out'), '--progress', 'plain']);
    await running.said(/verified [1-9]/);
    running.interrupt();
    await running.said(/stopping/);
    running.interrupt();
    expect((await running.finished).code).toBe(130);
    expect(readdirSync(space.path('out'))).not.toContain('summary.json');
  });

  it('a worker that dies is named, is exit 5, and loses no other worker’s figures', async () => {
    const out = space.path('out');
    const file = scenario(phones({ duration: '30s', target: '{ protocol: mqtt, endpoint: embedded }' }));
    const crash = new URL('./crash-worker.mjs', import.meta.url).href;
    const running = start(['run', file, '--workers', '2', '--out', out, '--progress', 'plain'], {
      NODE_OPTIONS: `--import ${crash}`,
      CRASH_WHEN: space.path('crash'),
    });
    await running.said(/acked [1-9][\d,]{2}/);
    writeFileSync(space.path('crash'), '');
    const { code, stdout } = await running.finished;
    expect(code).toBe(5);
    expect(stdout).toContain('planted crash');
    const { run, events, delivery, verdict } = summaryOf(out);
    expect(run.ended).toBe('worker-died');
    expect(verdict).toBe('error');
    // The other worker's acknowledgements stand; of the dead one's last second nobody knows but the verifier.
    expect(events.acked).toBeGreaterThan(25);
    expect(events.acked + delivery.recovered).toBeGreaterThanOrEqual(100);
    expect(events.intended).toBe(events.sent + events.notSent);
    expect([delivery.lost, delivery.missing]).toEqual([0, 0]);
  });
});
