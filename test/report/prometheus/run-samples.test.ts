import { describe, expect, it } from 'vitest';
import { expose } from '../../../src/report/prometheus/exposition.ts';
import { metricFamilies } from '../../../src/report/prometheus/families.ts';
import { runSamples } from '../../../src/report/prometheus/run-samples.ts';
import { testDelivery, testEvents, testResult } from '../../metrics/test-result.ts';
import { testFigures, testFleet, testIdentity } from './live-figures.ts';
import { figureOf, parseStrictly } from './strict-text.ts';

const target = { name: 'edge', protocol: 'mqtt', events: testEvents(), delivery: testDelivery({ missing: 3 }) };
const over = testResult({ verdict: 'fail', targets: [target] });

function read(samples: ReturnType<typeof runSamples>, form: 'text' | 'openmetrics' = 'openmetrics') {
  return parseStrictly(expose(samples, { run: 'r' }, form), form);
}

describe('runSamples', () => {
  it('tell every family of a run that is over, each with the labels that it promises', () => {
    for (const form of ['text', 'openmetrics'] as const) {
      expect(read(runSamples(testIdentity, testFigures(), over), form).size).toBe(
        Object.keys(metricFamilies).length - 1,
      );
    }
    const figures = testFigures();
    (figures.verifiers[0] as (typeof figures.verifiers)[number]).progress.outstanding = 9;
    const samples = runSamples(testIdentity, figures, over);
    expect([...samples.keys()].sort()).toEqual(Object.keys(metricFamilies).sort());
    for (const [name, family] of Object.entries(metricFamilies)) {
      const labels = new Set(
        (samples.get(name as keyof typeof metricFamilies) ?? []).flatMap((sample) => Object.keys(sample.labels)),
      );
      expect([...labels].sort(), name).toEqual([...family.labels].sort());
    }
  });

  it('are the figures', () => {
    const families = read(runSamples(testIdentity, testFigures(), null));
    const fleet = { fleet: 'meters', target: 'edge' };
    const values = {
      iotload_events_due_total: 500,
      iotload_events_picked_up_total: 499,
      iotload_events_sent_total: 480,
      iotload_backlog_events: 16,
      // 480 sent, 470 + 1 + 2 settled.
      iotload_in_flight_events: 7,
      iotload_target_rate_events_per_second: 100,
    };
    for (const [name, value] of Object.entries(values)) expect(figureOf(families, name, fleet), name).toBe(value);
    for (const [outcome, value] of Object.entries({ acked: 470, rejected: 1, unknown: 2, no_ack: 0, not_sent: 3 }))
      expect(figureOf(families, 'iotload_events_total', { ...fleet, outcome })).toBe(value);
    expect(figureOf(families, 'iotload_latency_seconds_count', { ...fleet, interval: 'response_time' })).toBe(473);
    expect(figureOf(families, 'iotload_latency_seconds_count', { target: 'edge', interval: 'end_to_end' })).toBe(460);
    expect(figureOf(families, 'iotload_verifier_verified_total')).toBe(460);
    expect(figureOf(families, 'iotload_verifier_duplicates_total')).toBe(4);
    expect(figureOf(families, 'iotload_generator_cpu_seconds_total')).toBe(1.5);
    expect(figureOf(families, 'iotload_throttled_total')).toBe(7);
    expect(figureOf(families, 'iotload_run_elapsed_seconds')).toBe(5);
    expect(figureOf(families, 'iotload_run_phase', { phase: 'measuring' })).toBe(1);
    expect(families.has('iotload_run_verdict')).toBe(false);
  });

  it('leave out what is not known', () => {
    const figures = testFigures({
      fleets: [testFleet({ due: null, targetPerSecond: null })],
      generator: { ...testFigures().generator, busy: null, descriptors: null },
      verifiers: [],
    });
    const families = read(runSamples(testIdentity, figures, null));
    for (const name of ['iotload_events_due', 'iotload_target_rate_events_per_second', 'iotload_generator_busy_ratio'])
      expect(families.has(name), name).toBe(false);
    const result = testResult({ targets: [{ ...target, delivery: testDelivery({ identity: 'not checked' }) }] });
    expect(runSamples(testIdentity, figures, result).has('iotload_delivery_events')).toBe(false);
  });

  it('count the devices of a fleet once, to however many targets it sends', () => {
    const fleets = [testFleet(), testFleet({ target: 'lake' })];
    const families = read(runSamples(testIdentity, testFigures({ fleets }), null));
    expect(figureOf(families, 'iotload_devices', { fleet: 'meters' })).toBe(200);
    expect(figureOf(families, 'iotload_events_sent_total', { target: 'lake' })).toBe(480);
  });

  it('tell the end', () => {
    const families = read(runSamples(testIdentity, testFigures(), over));
    expect(figureOf(families, 'iotload_run_phase', { phase: 'finished' })).toBe(1);
    expect(figureOf(families, 'iotload_run_phase', { phase: 'measuring' })).toBe(0);
    expect(figureOf(families, 'iotload_run_verdict', { verdict: 'fail' })).toBe(1);
    expect(figureOf(families, 'iotload_delivery_events', { target: 'edge', finding: 'missing' })).toBe(3);
  });
});
