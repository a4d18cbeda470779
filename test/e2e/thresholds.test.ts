import { describe, expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { answer, iotload, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = inScratch();

/** A minute of events to a broker that loses a fifth of the acknowledgements from the first second on. */
function forgetful(thresholds: string, duration = '60s'): string {
  return space.scenario(
    phones({
      duration,
      drain: '2s',
      target: '{ protocol: mqtt, endpoint: embedded, timeout: 500ms }',
      more: `timeline: [{ at: 0s, fault: { lost_acks: 20% }, for: 60s }]\nverify: { grace: 1s }\nthresholds: ${thresholds}`,
    }),
  );
}

describe('abort_on_fail', () => {
  it('ends the run as soon as the check fails, names it, and is exit 1', async () => {
    const out = space.path('out');
    const others = '{ check: "rejected == 0", after: 30s }, "not_sent < 25%"';
    const checks = `[{ check: "unknown < 1%", abort_on_fail: true }, ${others}]`;
    const { code, stderr } = await iotload(['run', forgetful(checks), '--out', out, '--progress', 'plain']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/unknown < 1%: observed [\d.]+ % \(\d+ of \d+\), which ends the run/);
    const before = summaryOf(out);
    expect(before.verdict).toBe('fail');
    expect(before.run.ended).toBe('aborted');
    expect(before.run.durationSeconds).toBeLessThan(30);
    expect(before.events.notSent).toBeGreaterThan(0);
    const [reason] = before.reasons;
    expect(reason).toMatch(/^unknown < 1%: observed [\d.]+ % \(\d+ of \d+\) after [\d.]+ m?s, which ended the run$/);
    const statuses = before.checks.map(({ name, status }) => [name, status]);
    expect(statuses).toContainEqual(['unknown < 1%', 'fail']);
    expect(statuses).toContainEqual(['rejected == 0', 'inconclusive']);
    // What was not due by then, most of all, is nobody's fault.
    expect(statuses).toContainEqual(['not_sent < 25%', 'pass']);
    // Settled again from its files it is the same.
    expect((await iotload(['verify', out])).code).toBe(1);
    expect(summaryOf(out)).toEqual(before);
  });

  it('ends it for what was read back, too', async () => {
    const out = space.path('out');
    const checks = 'thresholds: [{ check: duplicates == 0, abort_on_fail: true }]';
    const more = `timeline: [{ at: 0s, fault: { duplicates: 20% }, for: 60s }]\n${checks}`;
    const target = '{ protocol: mqtt, endpoint: embedded }';
    const file = space.scenario(phones({ duration: '60s', target, more }));
    expect((await iotload(['run', file, '--out', out, '--progress', 'none'])).code).toBe(1);
    const { run, reasons, targets } = summaryOf(out);
    expect(run.ended).toBe('aborted');
    expect(run.durationSeconds).toBeLessThan(30);
    expect(reasons[0]).toMatch(/^duplicates == 0: observed \d+ after [\d.]+ m?s, which ended the run$/);
    // The broker took the copies as well, and says so.
    const [{ broker, events }] = targets as [(typeof targets)[number]];
    expect(broker).toMatchObject({ doubts: [] });
    if (broker?.final === true) expect(broker.messages).toBeGreaterThan(events.acked);
  });

  it('leaves a run alone whose check holds', async () => {
    const out = space.path('out');
    const checks = `[{ check: "acked >= 90%", abort_on_fail: true }, { check: "unknown == 0", after: 50%, abort_on_fail: true }]`;
    const file = space.scenario(
      phones({ duration: '3s', target: '{ protocol: mqtt, endpoint: embedded }', more: `thresholds: ${checks}` }),
    );
    expect((await iotload(['run', file, '--out', out, '--progress', 'none'])).code).toBe(0);
    const { run, checks: told } = summaryOf(out);
    expect(run.ended).toBe('completed');
    expect(told.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'pass']);
  });
});

describe('after', () => {
  it('is when a check begins to be judged, over everything since the start', async () => {
    const out = space.path('out');
    const checks = `[{ check: "unknown < 1%", after: 4s, abort_on_fail: true }]`;
    const { code } = await iotload(['run', forgetful(checks), '--out', out, '--progress', 'none']);
    expect(code).toBe(1);
    const { run, checks: told } = summaryOf(out);
    expect(run.ended).toBe('aborted');
    expect(run.durationSeconds).toBeGreaterThanOrEqual(4);
    expect(run.durationSeconds).toBeLessThan(30);
    // About a fifth of those that have had their time: those of the first seconds are among them.
    const [, unknown, sent] = /\((\d+) of (\d+)\)/.exec(told.at(-1)?.observed ?? '') ?? [];
    expect(Number(unknown) / Number(sent)).toBeGreaterThan(0.1);
  });

  it('is skipped by name where only a flag ends the run before, and is a mistake in the file', async () => {
    const out = space.path('out');
    const checks = `[{ check: "unknown < 1%", after: 4s, abort_on_fail: true }]`;
    const file = forgetful(checks, '6s');
    await iotload(['run', file, '--out', out, '--progress', 'none', '--duration', '2s']);
    const { run, checks: told } = summaryOf(out);
    expect(run.ended).toBe('completed');
    expect(told.at(-1)).toMatchObject({
      status: 'skipped',
      reason: 'the run is over after 2s, before this is judged',
    });
    const { code, stderr } = await answer(['run', forgetful(checks, '3s'), '--out', space.path('never')]);
    expect(code).toBe(2);
    expect(stderr).toContain('the run is over after 3s, before this is judged');
  });
});
