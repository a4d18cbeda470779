import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, JsonPlaces, unescapeString } from '../../src/verify/json-places.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The text of the value that a pointer names; null where there is none. */
function at(pointer: string, text: string): string | null {
  const bytes = encode(`#${text}#`);
  const places = new JsonPlaces(pointer);
  return places.find(bytes, 1, bytes.length - 1) ? decode(bytes.subarray(places.from, places.to)) : null;
}

function unescaped(json: string): string | null {
  const bytes = encode(json);
  const into = new Uint8Array(bytes.length);
  const end = unescapeString(bytes, 1, bytes.length - 1, into, 0);
  return end < 0 ? null : decode(into.subarray(0, end));
}

describe('JsonPlaces', () => {
  it.each([
    ['/payload', '{"payload":"x"}', '"x"'],
    ['/payload', ' { "topic" : "a/b" , "payload" : { "a" : [1, 2] } , "qos" : 1 } ', '{ "a" : [1, 2] }'],
    ['/a/1/b', '{"z":[{"b":"no"}],"a":[0,{"b":-1.5e3}]}', '-1.5e3'],
    ['/a~1b/c~0d', '{"a/b":{"c~d":true}}', 'true'],
    ['/pay"load', String.raw`{"pay\"load":null}`, 'null'],
    ['/é', String.raw`{"\u00e9":7}`, '7'],
    ['/a', String.raw`{"b":"\"a\":1\\","a":2}`, '2'],
    ['/payload', '{"other":{"payload":1}}', null],
    ['/payload', '[{"payload":1}]', null],
    ['/1', '[1]', null],
    ['/0', '[]', null],
    ['/payload', '{"payload":', null],
    ['/payload', '{"payload":"cut', null],
    ['/payload', '{"a":1 "payload":2}', null],
    ['/payload', '{"a":[1,2,"payload":2}', null],
    ['/payload', '', null],
    ['/payload', '{}', null],
    ['/payload', '{"msg": "23"}', null],
  ])('finds %s in %s', (pointer, text, value) => {
    expect(at(pointer, text)).toBe(value);
  });

  it('finds what a parser of JSON finds, in whatever it is wrapped', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.string(),
        fc.integer({ min: 0, max: 2 }),
        (value, other, key, space) => {
          fc.pre(key !== '' && !['x', 'z', '__proto__'].includes(key));
          const text = JSON.stringify({ x: other, [key]: [other, value], z: other }, null, space);
          const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}/1`;
          const found = at(pointer, text);
          expect(found === null ? null : JSON.parse(found)).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });

  it('never fails, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        new JsonPlaces('/payload').find(bytes, 0, bytes.length);
        unescapeString(bytes, 0, bytes.length, new Uint8Array(bytes.length), 0);
      }),
    );
  });

  it('does not look into what is nested beyond reason', () => {
    expect(at('/payload', `{"a":${'['.repeat(100_000)},"payload":1}`)).toBeNull();
  });
});

describe('unescapeString', () => {
  it('reads what JSON writes, in no more bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const whole = Buffer.from(text).toString();
        expect(unescaped(JSON.stringify(text))).toBe(whole);
        const ascii = JSON.stringify(text).replace(
          /[^\x20-\x7e]/g,
          (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        expect(unescaped(ascii)).toBe(whole);
      }),
    );
  });

  it.each([String.raw`"\x"`, String.raw`"\u12"`, String.raw`"\u12g4"`, '"\\"'])('refuses %s', (text) => {
    expect(unescaped(text)).toBeNull();
  });
});

describe('decodeBase64', () => {
  it.each([
    ['eyJtc2ciOiAiMjMifQ==', '{"msg": "23"}'],
    ['', ''],
    ['YQ', 'a'],
    ['Y', null],
    ['not base64!', null],
  ])('of %s', (text, plain) => {
    const bytes = encode(text);
    const into = new Uint8Array(32);
    const end = decodeBase64(bytes, 0, bytes.length, into, 3);
    expect(end < 0 ? null : decode(into.subarray(3, end))).toBe(plain);
  });
});
