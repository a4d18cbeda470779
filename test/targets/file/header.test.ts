import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headerOf } from '../../../src/targets/file/header.ts';
import { openSink } from '../../../src/targets/file/sink.ts';
import { openSource } from '../../../src/targets/file/source.ts';
import type { TargetFleet } from '../../../src/targets/target.ts';
import { payloadOf, SinkRecord, sendSlots, sinkContext, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../../contracts/source.ts';

function fleetWith(index: number, header: string | null): TargetFleet {
  return { ...testFleet(index, 4, ''), header };
}

describe('headerOf', () => {
  const csv = { format: 'csv' };

  it('is the line that all fleets share, and none in lines', () => {
    expect(headerOf(csv, [fleetWith(0, 'id,n'), fleetWith(1, 'id,n')])).toBe('id,n');
    expect(headerOf({ format: 'lines' }, [fleetWith(0, 'id,n'), fleetWith(1, 'x')])).toBeNull();
    expect(headerOf({}, [fleetWith(0, null)])).toBeNull();
  });

  it('refuses fleets without columns, or with different ones', () => {
    expect(() => headerOf(csv, [fleetWith(0, null)])).toThrow('the payload of fleet fleet0 has no columns');
    expect(() => headerOf(csv, [fleetWith(0, 'id,n'), fleetWith(1, 'n,id')])).toThrow(
      'fleet fleet1 has other columns than the fleets before it',
    );
  });
});

describe('format: csv', () => {
  const fleet = fleetWith(0, 'fleet,slot,pad');
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'iotload-csv-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it.each([null, { maxBytes: 1000, everyUs: null }])(
    'begins each file with the names of the columns, which are no event (roll %o)',
    async (roll) => {
      const options = { path: join(directory, 'events.csv'), format: 'csv', roll };
      const arrived = new SourceRecord();
      const source = await openSource(options, sourceContext(arrived, [fleet]));
      const record = new SinkRecord();
      const sink = await openSink(options, sinkContext(record, [fleet]));
      await sink.publish('', Buffer.from('{"iotload":"probe"}'));
      await arrived.reached(1);
      expect(arrived.arrivals.splice(0).map(({ payload }) => payload)).toEqual(['{"iotload":"probe"}']);
      await sendSlots(sink, record, fleet, 0, 50);
      await sink.flush(10_000);
      expect(await source.readToEnd(10_000)).toEqual({ complete: true });
      const payloads = Array.from({ length: 50 }, (_, slot) => payloadOf(0, slot));
      expect(arrived.arrivals.map(({ payload }) => payload)).toEqual(payloads);
      await sink.close();
      await source.close();

      const names = (await readdir(directory)).sort();
      expect(names.length > 5).toBe(roll !== null);
      const rows: string[] = [];
      for (const name of names) {
        const [first, ...rest] = (await readFile(join(directory, name), 'utf8')).split('\n');
        expect(first).toBe('fleet,slot,pad');
        expect(rest.pop()).toBe('');
        rows.push(...rest);
      }
      expect(rows).toEqual(payloads);
    },
  );
});
