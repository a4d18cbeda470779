import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Outcome } from '../../../../src/core/outcome.ts';
import { formats } from '../../../../src/targets/file/formats/registry.ts';
import { LandingWriter } from '../../../../src/targets/file/landing-writer.ts';
import type { FileOptions } from '../../../../src/targets/file/options.ts';
import { folderPlace } from '../../../../src/targets/file/places/folder.ts';
import type { Place } from '../../../../src/targets/file/places/place.ts';
import { SinkRecord, sendSlots, testFleet } from '../../../contracts/sink.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { withColumns } from '../landed-fleets.ts';

/** A place that calls `look` before and after every step of a file, and hands it no more than `chunk` bytes at a time. */
function watched(place: Place, chunk: number, look: () => void): Place {
  const around = async <T>(step: Promise<T>): Promise<T> => {
    look();
    const result = await step;
    look();
    return result;
  };
  return {
    ...place,
    async create(name) {
      const file = await around(place.create(name));
      return {
        async write(bytes) {
          for (let at = 0; at < bytes.length; at += chunk) await around(file.write(bytes.subarray(at, at + chunk)));
        },
        complete: () => around(file.complete()),
        discard: () => around(file.discard()),
      };
    },
  };
}

describe.each(Object.values(formats))('whoever watches a folder in which $name land', (format) => {
  it('meets whole files only, which never change, one more after each acknowledgement', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'iotload-watch-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const seen = new Map<string, Buffer>();
    const changed = new Set<string>();
    let looks = 0;
    const look = (): void => {
      looks++;
      for (const name of readdirSync(directory)) {
        // What engines of data lakes pass over.
        if (name.startsWith('.') || name.startsWith('_')) continue;
        const bytes = readFileSync(join(directory, name));
        const before = seen.get(name);
        if (before === undefined) seen.set(name, bytes);
        else if (!bytes.equals(before)) changed.add(name);
      }
    };
    const fleets = withColumns([testFleet(0, 8, '')]);
    const [fleet] = fleets as [(typeof fleets)[number]];
    const record = new SinkRecord();
    const settled = record.settled.bind(record);
    let acked = 0;
    const counts: [acked: number, seen: number][] = [];
    record.settled = (...outcome) => {
      settled(...outcome);
      look();
      counts.push([++acked, seen.size]);
    };
    const open = await format.open({} as FileOptions, fleets);
    const bounds = { nameOf: (number: number) => `events-${number}`, last: 0, maxBytes: 20_000 };
    const place = watched(folderPlace(directory), 700, look);
    const writer = new LandingWriter(place, open, bounds, new VirtualClock(), record);
    const sink = { room: writer.room, laneOf: () => 0, send: writer.send.bind(writer) };
    await sendSlots(sink, record, fleet, 0, 1000);
    await writer.flush(1000);
    await writer.close();
    look();
    expect([...changed]).toEqual([]);
    expect(counts.filter(([files, visible]) => files !== visible)).toEqual([]);
    expect(record.count(Outcome.acked)).toBe(1000);
    expect(seen.size).toBeGreaterThan(5);
    expect(looks).toBeGreaterThan(10 * seen.size);
    let events = 0;
    for (const [name, bytes] of seen) {
      expect(readFileSync(join(directory, name)).equals(bytes)).toBe(true);
      const file = {
        size: bytes.length,
        read: async (into: Uint8Array, offset: number, length: number, position: number) => {
          const piece = bytes.subarray(position, position + length);
          into.set(piece, offset);
          return { bytesRead: piece.length };
        },
      };
      const counting = {
        delivered({ count }: { count: number }): void {
          events += count;
        },
        notice() {},
      };
      await open.decoder(file, counting, () => 1, 0).readOn(() => false);
    }
    expect(events).toBe(1000);
    expect(readdirSync(directory).sort()).toEqual([...seen.keys()].sort());
  });
});
