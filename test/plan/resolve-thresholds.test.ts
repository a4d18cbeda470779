import { describe, expect, it } from 'vitest';
import { mistakes, planned, scenario } from './request.ts';

describe('thresholds', () => {
  it('counts the time from which a threshold is judged from the end of the warm-up', async () => {
    const text = scenario({
      more: 'thresholds: [{ check: lost == 0, after: 5s }, { check: unknown < 1%, after: 10%, abort_on_fail: true }]',
    }).replace('duration: 10s', 'warm_up: 2s, duration: 10s');
    const late = 'the run is over after 4s, before this is judged';
    expect((await planned({ text })).plan.thresholds).toEqual([
      { expression: 'lost == 0', afterUs: 7_000_000 },
      { expression: 'unknown < 1%', afterUs: 3_000_000, abortOnFail: true },
    ]);
    // What only a flag ends before is skipped; a share keeps its place.
    expect((await planned({ text, duration: '2s' })).plan.thresholds).toEqual([
      { expression: 'lost == 0', skipped: late, afterUs: 7_000_000 },
      { expression: 'unknown < 1%', afterUs: 2_200_000, abortOnFail: true },
    ]);
    expect((await planned({ text, count: '4k' })).plan.thresholds[0]?.skipped).toBe(late);
    expect(await mistakes({ text: text.replace('after: 5s', 'after: 10s') })).toEqual([late.replace('4s', '12s')]);
  });

  it('expects as many times of a scope as events have one there', async () => {
    const several = (threshold: string): string => `iotload: 1
run: { duration: 1s }
fleets:
  phones: { model: phone-motion, devices: 10, rate: 600/s, payload: seismograph-traced, to: [edge, files] }
  others: { model: phone-motion, devices: 10, rate: 600/s, payload: seismograph-traced, to: [edge] }
targets: { edge: { protocol: mqtt, endpoint: embedded }, files: { protocol: file }, lake: { protocol: kafka, endpoint: embedded } }
verify: { read: [edge, lake], hop: { survives: fields } }
thresholds: ["${threshold}"]`;
    for (const sound of [
      'edge.response_time p99 < 1s',
      'edge.end_to_end p99 < 1s',
      'lake.end_to_end p99 < 1s',
      'phones.response_time p99 < 1s',
      'phones.end_to_end p99 < 1s',
    ])
      expect(await mistakes({ text: several(sound) }), sound).toEqual([]);
    expect(await mistakes({ text: several('files.response_time p99 < 1s') })).toEqual([
      '600 events cannot support p99',
    ]);
    expect(await mistakes({ text: several('others.end_to_end p99.9 < 1s') })).toEqual([
      '1200 events cannot support p99.9',
    ]);
  });

  it('ends a run for what was read back only where one reader tells it while the run is sending', async () => {
    const several = (check: string): string => `iotload: 1
run: { duration: 10s }
fleets:
  phones: { model: phone-motion, devices: 10, rate: 600/s, payload: seismograph-traced, to: [edge, lake] }
  others: { model: phone-motion, devices: 10, rate: 600/s, payload: seismograph-traced, to: [edge] }
targets: { edge: { protocol: mqtt, endpoint: embedded }, lake: { protocol: kafka, endpoint: embedded } }
verify: { read: [edge, lake] }
thresholds: [{ check: ${check}, abort_on_fail: true }]`;
    for (const sound of ['edge.duplicates == 0', 'lake.end_to_end p99 < 1s', 'edge.corrupt < 1%'])
      expect(await mistakes({ text: several(sound) }), sound).toEqual([]);
    expect(await mistakes({ text: several('end_to_end p99 < 1s') })).toEqual([
      'end_to_end of several targets together is only known when the run is over, and cannot end it',
    ]);
    expect(await mistakes({ text: several('phones.duplicates == 0') })).toEqual([
      'duplicates of phones is only known when the run is over, and cannot end it',
    ]);
    const alone = (check: string, more = ''): string =>
      scenario({ more: `thresholds: [{ check: ${check}, abort_on_fail: true }]\n${more}` });
    for (const sound of ['duplicates == 0', 'phones.reordered == 0', 'end_to_end p99 < 1s'])
      expect(await mistakes({ text: alone(sound) }), sound).toEqual([]);
    expect(await mistakes({ text: alone('duplicates == 0', 'verify: false') })).toEqual([
      'duplicates is not known without verification',
    ]);
    expect(await mistakes({ text: alone('lost == 0') })).toEqual([
      'lost is only known when the run is over, and cannot end it',
    ]);
  });

  it('asks for a run in which the growth allowed can be seen; skips by name what only a flag made too short', async () => {
    const of = (threshold: string, more = ''): string =>
      scenario({ more: `thresholds: ["${threshold}"]\n${more}` }).replace('duration: 10s', 'warm_up: 2s, duration: 1h');
    for (const sound of ['rss_growth < 1MiB/h', 'descriptor_growth < 1/h', 'schedule_lag_growth < 1ms/h'])
      expect((await planned({ text: of(sound) })).plan.thresholds).toEqual([{ expression: sound }]);
    expect(await mistakes({ text: of('rss_growth < 1000KiB/h') })).toEqual([
      '1h cannot tell so little rss_growth: memory goes up and down by 1 MiB anyhow',
    ]);
    expect(await mistakes({ text: of('descriptor_growth < 10/day') })).toEqual([
      '1h cannot tell so little descriptor_growth: there is one more, or none',
    ]);
    const skipped = '20s cannot tell so little rss_growth: memory goes up and down by 1 MiB anyhow';
    expect((await planned({ text: of('rss_growth < 1MiB/h'), duration: '20s' })).plan.thresholds).toEqual([
      { expression: 'rss_growth < 1MiB/h', skipped },
    ]);
    expect(await mistakes({ text: of('verifier.rss_growth < 1MiB/h', 'verify: false') })).toEqual([
      'verifier.rss_growth is not known without verification',
    ]);
    const after = of('x').replace('"x"', '{ check: rss_growth < 1MiB/h, after: 1m }');
    expect(await mistakes({ text: after })).toEqual(['rss_growth is judged over the whole measurement']);
    const ends = of('x').replace('"x"', '{ check: rss_growth < 1MiB/h, abort_on_fail: true }');
    expect(await mistakes({ text: ends })).toEqual([
      'rss_growth is only known when the run is over, and cannot end it',
    ]);
  });
});
