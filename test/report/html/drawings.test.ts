import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/core/units.ts';
import type { FleetPicture } from '../../../src/report/devices/read-pictures.ts';
import { Cells, GridCells, levelOf, NOTHING } from '../../../src/report/html/cells.ts';
import { deviceMapDrawing } from '../../../src/report/html/device-map-drawing.ts';
import { niceSteps } from '../../../src/report/html/nice-steps.ts';
import { partitionMapDrawing } from '../../../src/report/html/partition-map-drawing.ts';
import { scatterDrawing } from '../../../src/report/html/scatter-drawing.ts';
import { timeLabels } from '../../../src/report/html/svg.ts';
import type { PartitionMap } from '../../../src/report/timeline/partition-map.ts';

/** A picture in which each device is loud at another time. */
function pictureOf(devices: number, bins: number): FleetPicture {
  return {
    ...{ fleet: 'f', reading: 'r', unit: 'u', binUs: 1e6, bins },
    devices: Array.from({ length: devices }, (_, i) => ({
      ...{ device: `d${i}`, events: bins, looked: bins, max: 9, mean: 1, maxAtUs: 0 },
      highest: new Map(Array.from({ length: bins }, (__, bin) => [bin, ((i >> 3) * 7 + bin * 3) % 10])),
    })),
  };
}

function mapOf(partitions: number, columns: number): PartitionMap {
  return {
    ...{ target: 't', kind: 'shard', counted: 'read', others: 0 },
    columns: Array.from({ length: columns }, (_, i) => (i + 1) * 1e6),
    rows: Array.from({ length: partitions }, (_, partition) => ({
      partition,
      events: Array.from({ length: columns }, (__, column) => (partition * 3 + column * 5) % 9),
      throttled: Array.from({ length: columns }, () => (partition === 1 ? 1 : 0)),
      total: 1 + partition,
    })),
  };
}

const noNumber = /NaN|Infinity|undefined/;

describe('labels of time', () => {
  it.each([0.4, 6, 14, 61, 3_600, 86_400, 40 * 86_400])('of %d s stand where they say', (seconds) => {
    const labels = [...timeLabels(seconds * 1e6, 0, seconds, 0).matchAll(/x="([^"]+)"[^>]*>([^<]+)</g)];
    expect(labels.length).toBeGreaterThan(2);
    expect(labels.length).toBeLessThanOrEqual(8);
    for (const [, x, text] of labels) {
      const parsed = parseDuration((text as string).replace(' ', ''));
      if (seconds > 10) expect('value' in parsed ? parsed.value / 1e6 : text).toBeCloseTo(Number(x), 0);
    }
  });
});

describe('drawings', () => {
  it.each([1, 2, 100, 512])('of %i devices have marks, fit into a page, and hold only numbers', (devices) => {
    const picture = pictureOf(devices, 96);
    const [map, scatter] = [deviceMapDrawing(picture, 128), scatterDrawing(picture)];
    for (const svg of [map, scatter]) {
      expect(svg).not.toMatch(noNumber);
      expect(svg.match(/<path/g)?.length).toBeGreaterThan(1);
    }
    expect(map.length + scatter.length).toBeLessThan(150 * 1024);
  });

  it('of one device that never moved are drawn as well', () => {
    const still = { ...pictureOf(1, 1), devices: [{ ...pictureOf(1, 1).devices[0], highest: new Map([[0, 0]]) }] };
    expect(deviceMapDrawing(still as FleetPicture, 128)).not.toMatch(noNumber);
    expect(scatterDrawing(still as FleetPicture)).toBe('');
  });

  it.each([1, 2, 64, 65, 512])('of %i partitions have marks, fit into a page, and hold only numbers', (partitions) => {
    const svg = partitionMapDrawing(mapOf(partitions, 120));
    expect(svg).not.toMatch(noNumber);
    expect(svg.match(/<path/g)?.length).toBeGreaterThan(2);
    expect(svg.length).toBeLessThan(120 * 1024);
    expect(svg.includes('class="refused"')).toBe(partitions > 1);
  });

  it('cells cover what they stand for, once', () => {
    const levels = fc.array(fc.integer({ min: NOTHING, max: 7 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(levels, (row) => {
        const cells = new GridCells(0, 0, 1, 1);
        cells.row(row);
        const drawn: number[] = row.map(() => NOTHING);
        for (const [, level, path] of cells.markup.matchAll(/class="s(\d)" d="([^"]*)"/g))
          for (const [, from, to] of (path as string).matchAll(/M(\d+) 0H(\d+)/g))
            for (let i = Number(from); i < Number(to); i++) drawn[i] = Number(level);
        expect(drawn).toEqual(row);
      }),
    );
    const cells = new Cells();
    cells.row(5, 2, [0, 10, 30, 40], [3, 3, NOTHING]);
    expect(cells.markup).toBe('<g class="cells"><path class="h3" d="M0 5H30v2H0z"/></g>');
  });

  it('levels go from nothing to the most', () => {
    expect([0, 1e-9, 0.2, 0.5, 0.999, 1].map(levelOf)).toEqual([0, 1, 2, 4, 7, 7]);
  });

  it('steps are round and reach the most', () => {
    expect(niceSteps(231, 16)).toEqual(Array.from({ length: 13 }, (_, i) => i * 20));
    expect(niceSteps(0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), fc.integer({ min: 2, max: 20 }), (most, about) => {
        const steps = niceSteps(most, about);
        expect(steps.at(-1)).toBeGreaterThanOrEqual(most * (1 - 1e-8));
        expect(steps.length).toBeLessThanOrEqual(about + 2);
      }),
    );
  });
});
