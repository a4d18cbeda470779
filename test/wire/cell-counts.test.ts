import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { CellCounts } from '../../src/wire/cell-counts.ts';
import { emptySamples, SAMPLE_CELLS, writeSamples } from '../../src/wire/samples.ts';

const gains = fc.array(fc.tuple(fc.integer({ min: 0, max: SAMPLE_CELLS - 1 }), fc.integer({ min: 0, max: 1000 })), {
  maxLength: 600,
});

it('is a map of what was added since it was cleared, and is written like one', () => {
  const cells = new CellCounts();
  fc.assert(
    fc.property(gains, (added) => {
      cells.clear();
      const map = new Map<number, number>();
      for (const [cell, count] of added) {
        cells.add(cell, count);
        if (count > 0) map.set(cell, (map.get(cell) ?? 0) + count);
      }
      const seen = new Map<number, number>();
      cells.forEach((count, cell) => {
        seen.set(cell, count);
      });
      expect(seen).toEqual(map);
      expect(cells.size).toBe(map.size);
      for (const [cell] of added) expect(cells.get(cell)).toBe(map.get(cell));
      const written = [cells, map].map((each) => {
        const writer = new ByteWriter(64);
        writeSamples(writer, { ...emptySamples(), min: 0, max: 1, cells: each });
        return Buffer.from(writer.take()).toString('hex');
      });
      expect(written[0]).toBe(written[1]);
    }),
  );
});
