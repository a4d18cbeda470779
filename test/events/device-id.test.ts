import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDeviceIds } from '../../src/events/device-id.ts';

const encoder = new TextEncoder();

function ids(template: string, devices = 100_000, seed = 42) {
  return compileDeviceIds({ template, seed, fleet: 'meters', run: 'run-a', devices });
}

describe('device ids', () => {
  const templates = [
    'client-<hex:12>',
    '<hex:5>',
    'a<hex:16>z',
    '<fleet>-<index>',
    'meter-<index:06>/x',
    '<run>:<hex:2>-<index>',
    '<uuid>',
    'ü<index>',
  ];

  it.each(templates)('%s gives each seat an id of its own, and each id its seat', (template) => {
    const compiled = ids(template);
    const seen = new Set<string>();
    for (let seat = 0; seat < 100_000; seat += 41) {
      const text = compiled.text(seat);
      seen.add(text);
      const bytes = encoder.encode(`..${text}`);
      if (compiled.deviceAt(bytes, 2, bytes.length) !== seat) expect(text).toBe(`the id of ${seat}`);
    }
    expect(seen.size).toBe(Math.ceil(100_000 / 41));
  });

  it.each(templates)('%s refuses what is no id of the fleet', (template) => {
    const compiled = ids(template, 1000);
    fc.assert(
      fc.property(fc.nat(999), fc.nat(), fc.integer({ min: 1, max: 255 }), (seat, place, mask) => {
        const bytes = encoder.encode(compiled.text(seat));
        const at = place % bytes.length;
        bytes[at] = (bytes[at] as number) ^ mask;
        const found = compiled.deviceAt(bytes, 0, bytes.length);
        // A changed digit of an index may be the index of another seat, whose id then stands there.
        if (found >= 0) expect(new TextDecoder().decode(bytes).startsWith(compiled.text(found))).toBe(true);
      }),
    );
    const bytes = encoder.encode(compiled.text(5));
    for (let end = 0; end < bytes.length; end++) {
      const found = compiled.deviceAt(bytes, 0, end);
      if (found >= 0) expect(bytes.slice(0, end)).toEqual(encoder.encode(compiled.text(found)));
    }
  });

  it('look as they are written', () => {
    expect(ids('client-<hex:12>').text(7)).toMatch(/^client-[0-9a-f]{12}$/);
    expect(ids('<fleet>-<index>').text(7)).toBe('meters-7');
    expect(ids('meter-<index:06>').text(7)).toBe('meter-000007');
    expect(ids('<run>/<index>').text(7)).toBe('run-a/7');
    expect(ids('<uuid>').text(7)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('depend on the seed and the fleet', () => {
    const other = compileDeviceIds({ template: '<hex:12>', seed: 42, fleet: 'pumps', run: 'run-a', devices: 10 });
    expect(new Set([ids('<hex:12>').text(0), ids('<hex:12>', 10, 43).text(0), other.text(0)]).size).toBe(3);
  });

  it('are the same for ever', () => {
    expect([0, 1, 99_999].map((seat) => ids('client-<hex:12>').text(seat))).toMatchInlineSnapshot(`
      [
        "client-31aad3848ad8",
        "client-dbf5d3d74a54",
        "client-b6f3c4bf1b15",
      ]
    `);
  });

  it('of a single device may be a plain name', () => {
    expect(ids('gateway', 1).text(0)).toBe('gateway');
    expect(ids('gateway', 1).deviceAt(encoder.encode('gateway"'), 0, 8)).toBe(0);
  });

  it.each([
    ['gateway', 'share an id'],
    ['<hex:4>', 'share an id'],
    ['<sequence>', 'not a property'],
    ['<time.iso>', 'not a property'],
    ['<index:6>', 'width'],
    ['<hex:0>', 'digits'],
  ])('refuse %s', (template, problem) => {
    expect(() => ids(template)).toThrow(
      expect.objectContaining({ code: 'bad-scenario', message: expect.stringContaining(problem) }),
    );
  });
});
