import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AckFilter } from '../../../../src/brokers/mqtt/fault-proxy/ack-filter.ts';

describe('AckFilter', () => {
  it('lets pass what nobody asked about', () => {
    const filter = new AckFilter();
    filter.expect(2, 'pass');
    expect([filter.take(1), filter.take(2), filter.take(2)]).toEqual(['pass', 'pass', 'pass']);
  });

  it('swallows one acknowledgement for each that was lost, and none of another identifier', () => {
    const filter = new AckFilter();
    filter.expect(1, 'swallow');
    filter.expect(1, 'swallow');
    expect([filter.take(2), filter.take(1), filter.take(1), filter.take(1)]).toEqual([
      'pass',
      'swallow',
      'swallow',
      'pass',
    ]);
  });

  it('shows one of two where the PUBLISH went out twice', () => {
    const filter = new AckFilter();
    filter.expectTwo(65_535);
    expect([filter.take(65_535), filter.take(65_535), filter.take(65_535)]).toEqual(['pass', 'swallow', 'pass']);
  });

  it('keeps the order where an identifier is used again before the second copy is acknowledged', () => {
    const filter = new AckFilter();
    filter.expectTwo(7);
    expect(filter.take(7)).toBe('pass');
    filter.expect(7, 'pass');
    filter.expectTwo(7);
    expect(Array.from({ length: 5 }, () => filter.take(7))).toEqual(['swallow', 'pass', 'pass', 'swallow', 'pass']);
  });

  it('shows a client that waits for its acknowledgement exactly one for each PUBLISH that keeps it', () => {
    const publish = fc.record({ id: fc.integer({ min: 1, max: 3 }), what: fc.constantFrom('pass', 'lose', 'double') });
    fc.assert(
      fc.property(fc.array(publish, { maxLength: 40 }), (publishes) => {
        const filter = new AckFilter();
        const late: number[] = [];
        for (const { id, what } of publishes) {
          // What the broker still owes for this identifier comes first, as it answers in order.
          for (const owed of late.splice(0)) expect(filter.take(owed)).toBe('swallow');
          if (what === 'double') filter.expectTwo(id);
          else filter.expect(id, what === 'pass' ? 'pass' : 'swallow');
          expect(filter.take(id)).toBe(what === 'lose' ? 'swallow' : 'pass');
          if (what === 'double') late.push(id);
        }
      }),
    );
  });
});
