import { decode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cbor } from '../../src/codecs/cbor.ts';
import { identityOps } from '../../src/codecs/identity.ts';
import { json } from '../../src/codecs/json.ts';
import { contextOf, schemaOf, vocabulary, write } from '../contracts/codec.ts';
import { malformed } from './schema-fixture.ts';

/** Maps, so that no name is lost: `__proto__` is one like any other. */
function asMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asMaps);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([name, member]) => [name, asMaps(member)]));
}

function read(bytes: Uint8Array): unknown {
  return decode(bytes, { useMaps: true, rejectDuplicateMapKeys: true });
}

describe('cbor', () => {
  it('says what JSON says, value for value', () => {
    fc.assert(
      fc.property(schemaOf, contextOf, (schema, context) => {
        const text = new TextDecoder().decode(write(json, schema, context, true));
        expect(read(write(cbor, schema, context, true))).toEqual(asMaps(JSON.parse(text)));
      }),
      { numRuns: 600 },
    );
  });

  it('keeps the id and the filler in the map, in that order', () => {
    fc.assert(
      fc.property(schemaOf, contextOf, fc.nat(900), (schema, context, padTo) => {
        const bytes = write(cbor, { ...schema, padTo, identity: identityOps('run-a', 3) }, context, true);
        const names = [...(read(bytes) as Map<string, unknown>).keys()];
        expect(names).toEqual([...schema.fields.map(({ name }) => name), '_pad', '_id']);
        expect(bytes.length).toBeGreaterThanOrEqual(padTo);
      }),
      { numRuns: 200 },
    );
  });

  it('is byte for byte what RFC 8949 says', () => {
    const fields = [
      { name: 'n', value: 10 },
      { name: 't', value: true },
      { name: 'x', value: { items: [1.5, null, 'IETF'] } },
    ];
    const [context] = fc.sample(contextOf, 1);
    const bytes = write(cbor, { fields, identity: null, vocabulary }, context as never, true);
    expect(Buffer.from(bytes).toString('hex')).toBe('a3616e0a6174f5617883fb3ff8000000000000f66449455446');
  });

  it('damaged on purpose, is refused by readers', () => {
    fc.assert(
      fc.property(schemaOf, contextOf, (schema, context) => {
        expect(() => read(write(malformed(cbor), schema, context, true))).toThrow();
      }),
      { numRuns: 50 },
    );
  });

  it('shows itself as JSON', async () => {
    const [context] = fc.sample(contextOf, 1);
    const fields = [{ name: 'a', value: 'b' }];
    expect(
      await cbor.show?.(write(cbor, { fields, identity: null, vocabulary }, context as never, true), undefined),
    ).toBe('{"a":"b"}');
  });
});
