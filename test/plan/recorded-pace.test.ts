import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planLengthUs } from '../../src/plan/plan-length.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { anchor, eventsOf } from '../events/plans.ts';
import { mistakes, planned } from './request.ts';

const folder = mkdtempSync(join(tmpdir(), 'iotload-pace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// 2.4 s, of which 4 events fall in one second; the next round begins 0.6 s after it.
writeFileSync(join(folder, 'it.csv'), 'at,n\n100,1\n101.5,2\n101.5,3\n101.9,4\n102.4,5\n');
writeFileSync(join(folder, 'once.csv'), 'at,n\n100,1\n100,2\n');

interface Changes {
  params?: string;
  devices?: number;
  fields?: string;
  more?: string;
}

function request({ params = 'file: it.csv, time: at', devices = 2, fields = 'n: <n>', more = '' }: Changes = {}) {
  const text = `iotload: 1
run: { duration: 10s }
fleets:
  f: { model: replay, params: { ${params} }, devices: ${devices}, rate: recorded, payload: { fields: { ${fields} } } }
target: { protocol: file }
${more}`;
  return { text, file: join(folder, 'it.yaml') };
}

describe('rate: recorded', () => {
  it('sends rows when they were recorded, looped until the run ends', async () => {
    const { plan } = await planned(request());
    const [fleet] = plan.fleets;
    const { timeOf } = createSchedule(fleet?.schedule as never);
    expect([0, 1, 2, 3, 4, 5, 6, 10].map((slot) => timeOf(slot) / 1e6)).toEqual([0, 1.5, 1.5, 1.9, 2.4, 3, 4.5, 6]);
    expect(fleet?.slots).toBe(16);
    expect(planLengthUs(plan)).toBe(10_000_000);
    const numbers = eventsOf(plan, 0, [0, 1, 2, 3, 4, 5, 9]).map(({ payload }) => JSON.parse(payload).n);
    expect(numbers).toEqual([1, 2, 3, 4, 5, 1, 5]);
  });

  it('ends with the file, its last event given its turn', async () => {
    const { plan } = await planned(request({ params: 'file: it.csv, time: at, loop: false' }));
    expect(plan.fleets[0]?.slots).toBe(5);
    expect(planLengthUs(plan)).toBe(3_000_000);
  });

  it('is the faster for warp and for the clock, which shows the recorded distances', async () => {
    const twice = await planned(request({ params: 'file: it.csv, time: at, warp: 2x' }));
    expect(twice.plan.fleets[0]?.slots).toBe(34);
    const { plan } = await planned(
      request({ fields: 'at: <time.ms>', more: 'clock: { start: 1970-01-01T00:00:10Z, speed: 10x }' }),
    );
    expect(plan.fleets[0]?.slots).toBe(166);
    const times = eventsOf(plan, 0, [0, 1, 4, 5], anchor).map(({ payload }) => JSON.parse(payload).at);
    expect(times).toEqual([10_000, 11_500, 12_400, 13_000]);
  });

  it('tells the most that come within a second', async () => {
    const peak = async (params: string) => (await planned(request({ params }))).plan.fleets[0]?.schedule.rate;
    expect(await peak('file: it.csv, time: at')).toEqual({ events: 4, perUs: 1_000_000 });
    expect(await peak('file: it.csv, time: at, warp: 0.1x')).toEqual({ events: 2, perUs: 1_000_000 });
    expect(await peak('file: it.csv, time: at, warp: 300x')).toEqual({ events: 500, perUs: 1_000_000 });
  });

  it('derives an identity only where no device has two events at one time', async () => {
    const identity = async (devices: number, params?: string): Promise<string | undefined> => {
      const changes = { devices, fields: 'd: <device>, t: <time.iso>', ...(params === undefined ? {} : { params }) };
      return (await planned(request(changes))).plan.fleets[0]?.payload.identity;
    };
    expect(await identity(2)).toBe('derived');
    expect(await identity(1)).toBe('fields');
    expect(await identity(2, 'file: it.csv, time: at, warp: 1000x')).toBe('fields');
    // Row 0 and the second one of the next round are far enough apart, whatever the order.
    expect(await identity(6)).toBe('derived');
    expect(await identity(1, 'file: once.csv, time: at, loop: false')).toBe('fields');
    expect(await identity(2, 'file: once.csv, time: at, loop: false')).toBe('derived');
  });

  it('cannot be changed by --rate, and a round has to take some time', async () => {
    expect(await mistakes({ ...request(), rate: '5/s' })).toEqual(['--rate: fleet f keeps its recorded pace']);
    expect(await mistakes(request({ params: 'file: once.csv, time: at' }))).toEqual([
      'every row has the same time, so that a round would take none',
    ]);
    expect(await mistakes(request({ params: 'file: it.csv, time: at, warp: 0x' }))).toEqual([
      '"0x" would let time stand still',
    ]);
  });
});
