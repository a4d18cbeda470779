import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { iotload, summaryOf } from './iotload.ts';

const space = inScratch();

/** Rows of a target's files without their headers, in no order, and what stands in front of the last column where that is an id. */
function rowsOf(out: string, target: string, columns: number): string[] {
  return readdirSync(`${out}/${target}`).flatMap((name) => {
    const [, ...rows] = readFileSync(`${out}/${target}/${name}`, 'utf8').trimEnd().split('\n');
    return rows.map((row) => row.split(',').slice(0, columns).join(','));
  });
}

const digest = (rows: string[]): string => createHash('sha256').update(rows.sort().join('\n')).digest('hex');

describe('turbine-landing', () => {
  it('lands the same rows from one worker and from seven, and a second load beside the first', async () => {
    const told: string[] = [];
    for (const workers of ['1', '7']) {
      const out = space.path(`out-${workers}`);
      const { code, stdout } = await iotload([
        'run',
        'turbine-landing',
        '--duration',
        '60d',
        '--workers',
        workers,
        '--out',
        out,
        '--run-id',
        'first',
      ]);
      expect([code, stdout]).toEqual([0, expect.stringContaining('PASS')]);
      const { events, delivery } = summaryOf(out);
      expect([events.acked, delivery.verified, delivery.lost, delivery.corrupt]).toEqual([
        events.intended,
        events.intended,
        0,
        0,
      ]);
      const [sensors, reports] = [rowsOf(out, 'sensors', 11), rowsOf(out, 'reports', 3)];
      expect(sensors.length + reports.length).toBe(events.intended);
      told.push(`${digest(sensors)} ${digest(reports)}`);
    }
    expect(told[1]).toBe(told[0]);

    const out = space.path('out-more');
    const path = `targets.sensors.path=${space.path('out-1')}/sensors/events.csv`;
    const more = ['run', 'turbine-landing', '--env', 'more', '--out', out, '--run-id', 'second', '--set', path];
    const { code } = await iotload(more);
    expect(code).toBe(0);
    const names = readdirSync(space.path('out-1/sensors'));
    expect(names.filter((name) => name.includes('first')).length).toBeGreaterThan(0);
    expect(names.filter((name) => name.includes('second')).length).toBeGreaterThan(0);
  }, 180_000);
});
