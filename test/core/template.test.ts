import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IotloadError } from '../../src/core/errors.ts';
import { parseTemplate, type TemplatePart } from '../../src/core/template.ts';

describe('parseTemplate', () => {
  it.each<[string, TemplatePart[]]>([
    ['', []],
    ['lisbon', [{ kind: 'text', text: 'lisbon' }]],
    ['<device>', [{ kind: 'field', name: 'device', format: null }]],
    ['<time.iso>', [{ kind: 'field', name: 'time.iso', format: null }]],
    [
      'client-<hex:12>',
      [
        { kind: 'text', text: 'client-' },
        { kind: 'field', name: 'hex', format: '12' },
      ],
    ],
    [
      'a/<index:06>/<magnitude:2>',
      [
        { kind: 'text', text: 'a/' },
        { kind: 'field', name: 'index', format: '06' },
        { kind: 'text', text: '/' },
        { kind: 'field', name: 'magnitude', format: '2' },
      ],
    ],
    ['a << b <<device> > c', [{ kind: 'text', text: 'a < b <device> > c' }]],
    [
      '<<<run>',
      [
        { kind: 'text', text: '<' },
        { kind: 'field', name: 'run', format: null },
      ],
    ],
  ])('reads %j', (text, parts) => {
    expect(parseTemplate(text)).toEqual(parts);
  });

  it.each([
    ['a <device', '<device', 'offset 2', 'not closed'],
    ['x < y >', '< y >', 'offset 2', 'not a placeholder'],
    ['<>', '<>', 'offset 0', 'not a placeholder'],
    ['<a:>', '<a:>', 'offset 0', 'not a placeholder'],
    ['<<<', '<', 'offset 2', 'not closed'],
    ['<a <b>', '<a <b>', 'offset 0', 'not a placeholder'],
  ])('refuses %j, naming the piece and its place', (text, piece, where, problem) => {
    expect(() => parseTemplate(text)).toThrow(
      expect.objectContaining({ code: 'bad-scenario', value: piece, where, message: expect.stringContaining(problem) }),
    );
  });

  it('gives back any text whose "<" are doubled', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parts = parseTemplate(text.replaceAll('<', '<<'));
        expect(parts).toEqual(text === '' ? [] : [{ kind: 'text', text }]);
      }),
    );
  });

  it('either answers or throws an IotloadError, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', ':', 'a', '0', '.', ' ') }), (text) => {
        try {
          parseTemplate(text);
        } catch (error) {
          expect(error).toBeInstanceOf(IotloadError);
        }
      }),
    );
  });
});
