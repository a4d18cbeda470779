import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DevicePicture, hasPicture, MOST_DRAWN, picturesOf } from '../../src/answers/device-picture.ts';
import { writePictures } from '../../src/answers/picture-files.ts';
import { Value } from '../../src/codecs/layout.ts';
import { EventMaker } from '../../src/events/event-maker.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { readPictures } from '../../src/report/devices/read-pictures.ts';
import { planned } from '../plan/request.ts';

const whole = { index: 0, count: 1 };
const anchor = { runId: 'r1', startWallUs: 1_700_000_000_000_000, startMonoUs: 0 };
const scenario = (fleets: string, duration = '20s'): string =>
  `iotload: 1\nname: picture\nrun: { duration: ${duration} }\nfleets: ${fleets}\ntarget: { protocol: mqtt, endpoint: embedded }\n`;
const phones = '{ phones: { model: phone-motion, devices: 7, every: 250ms, payload: raw } }';

async function planOf(fleets: string, duration?: string): Promise<Plan> {
  return (await planned({ text: scenario(fleets, duration) })).plan;
}
const of = (plan: Plan, shard = whole, until: readonly number[] = []): DevicePicture[] =>
  [...picturesOf({ plan, anchor, shard, until })].filter((picture) => picture !== null);

describe('pictures of devices', () => {
  it('are of what the events say', async () => {
    const plan = await planOf(phones);
    const maker = new EventMaker(plan, 0, anchor);
    const pictures = of(plan);
    expect(pictures.map(({ seat }) => seat)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const { seat, device, reading, unit, events, looked, max, mean, maxAtUs, bins, binUs } of pictures) {
      const slots = Array.from({ length: 80 }, (_, n) => n * 7 + seat);
      const values = slots.map((slot) => {
        maker.load(slot, maker.profile.timeOf(slot));
        return maker.context.values[Value.readings] as number;
      });
      expect([device, reading, unit, events, looked]).toEqual([`phones-${seat}`, 'magnitude', 'm/s²', 80, 80]);
      expect(max).toBe(Math.max(...values));
      expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 80, 9);
      expect(maxAtUs).toBe(maker.profile.timeOf(slots[values.indexOf(max as number)] as number));
      expect(bins).toHaveLength(Math.ceil(20e6 / binUs));
      expect(Math.max(...bins.map((bin) => bin ?? 0))).toBe(max);
    }
  });

  it('are those of the whole run, whatever the shards', async () => {
    const plan = await planOf(phones);
    const shards = [0, 1, 2].flatMap((index) => of(plan, { index, count: 3 }));
    expect(shards.sort((a, b) => a.seat - b.seat)).toEqual(of(plan));
  });

  it('end where a run was cut short', async () => {
    const pictures = of(await planOf(phones), whole, [7 * 40 + 3]);
    expect(pictures.map(({ events }) => events)).toEqual([41, 41, 41, 40, 40, 40, 40]);
    for (const { bins, binUs } of pictures) expect(bins.length * binUs).toBeLessThan(11e6);
  });

  it('are of few devices and few of their events where there are many', async () => {
    const plan = await planOf('{ phones: { model: phone-motion, devices: 1M, every: 1s, payload: raw } }', '10h');
    const first = picturesOf({ plan, anchor, shard: whole, until: [1_000_000 * 9_000] });
    let picture = first.next().value;
    while (picture === null) picture = first.next().value;
    const { events, looked, bins } = picture as DevicePicture;
    expect(events).toBe(9_000);
    expect(looked).toBe(4_500);
    expect(bins.length).toBeLessThanOrEqual(96);
    expect(bins.every((bin) => bin !== null)).toBe(true);
  });

  it('share the devices that are drawn, evenly chosen', async () => {
    const fleet = '{ model: phone-motion, devices: 1000, every: 1s, payload: raw }';
    const plan = await planOf(
      `{ a: ${fleet}, b: ${fleet}, still: { model: environment-sensor, devices: 5, every: 1s, payload: { codec: json, fields: { t: <temperature> }, identity: fields } } }`,
      '2s',
    );
    const pictures = of(plan);
    expect(pictures).toHaveLength(MOST_DRAWN);
    expect(new Set(pictures.map(({ fleet: name }) => name))).toEqual(new Set(['a', 'b']));
    const seats = pictures.slice(0, 256).map(({ seat }) => seat);
    expect(seats.slice(0, 4)).toEqual([0, 3, 7, 11]);
    expect(seats.at(-1)).toBeGreaterThan(990);
    expect(hasPicture(plan)).toBe(true);
    expect(
      hasPicture(
        await planOf(
          '{ still: { model: environment-sensor, devices: 5, every: 1s, payload: { codec: json, fields: { t: <temperature> }, identity: fields } } }',
        ),
      ),
    ).toBe(false);
  });
});

describe('devices.csv and heatmap.csv', () => {
  it('say the same to whoever reads them, and no id is a formula', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'iotload-picture-'));
    try {
      const id = '=HYPERLINK("http://x,y")<index>';
      const fleet = `{ phones: { model: phone-motion, devices: 3, every: 1s, payload: raw, id: '${id}' } }`;
      const plan = await planOf(fleet);
      const question = { plan, anchor, shard: whole, until: [] };
      let pauses = 0;
      const paths = { devices: join(dir, 'devices.csv'), heatMap: join(dir, 'heatmap.csv') };
      await writePictures(paths, question, async () => void pauses++);
      expect(pauses).toBe(0);
      for (const path of Object.values(paths)) {
        const cells = readFileSync(path, 'utf8').split(/[,\n]/);
        expect(cells.filter((cell) => /^"?[=@+]/.test(cell))).toEqual([]);
      }
      const [read] = await readPictures(dir);
      const made = of(plan);
      expect(read).toMatchObject({ fleet: 'phones', reading: 'magnitude', unit: 'm/s²', binUs: 1e6, bins: 20 });
      expect(read?.devices.map(({ device }) => device)).toEqual(
        [0, 1, 2].map((i) => `'${id.replace('<index>', `${i}`)}`),
      );
      for (const [i, { max, highest, maxAtUs }] of (read?.devices ?? []).entries()) {
        const { bins, max: own, maxAtUs: at } = made[i] as DevicePicture;
        expect(max).toBeCloseTo(own as number, 2);
        expect(maxAtUs).toBeCloseTo(at, 0);
        expect([...highest.keys()]).toEqual(bins.flatMap((bin, at) => (bin === null ? [] : [at])));
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('are nothing where they are not there, or another program wrote them', async () => {
    expect(await readPictures('/nowhere')).toEqual([]);
  });

  it('cannot be written everywhere', async () => {
    const question = { plan: await planOf(phones), anchor, shard: whole, until: [] };
    const paths = { devices: '/nowhere/devices.csv', heatMap: '/nowhere/heatmap.csv' };
    await expect(writePictures(paths, question, async () => {})).rejects.toMatchObject({ code: 'file-unwritable' });
  });
});
