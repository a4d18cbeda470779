import { describe, expect, it } from 'vitest';
import { csv } from '../../src/codecs/csv.ts';
import type { FieldValue } from '../../src/codecs/field-tree.ts';
import { json } from '../../src/codecs/json.ts';
import { derivedPlaces } from '../../src/codecs/place.ts';
import type { Vocabulary } from '../../src/codecs/vocabulary.ts';
import { vocabulary } from '../contracts/codec.ts';

function places(...values: FieldValue[]): ReturnType<typeof derivedPlaces> {
  const fields = values.map((value, i) => ({ name: `f${i}`, value }));
  return derivedPlaces(json.layout({ fields, identity: null, vocabulary }));
}

const at: FieldValue = '<time.iso>';

describe('where device and time stand', () => {
  it('is an offset where everything before or behind has a fixed width, else behind a text', () => {
    expect(places('<device>', at)?.device).toMatchObject({ from: 'start', offset: 7 });
    expect(places('<state>', '<device>', at)?.device).toMatchObject({ from: 'end' });
    expect(places('<state>', '<device>', at, '<state>')).toMatchObject({
      device: { from: 'text', text: new TextEncoder().encode('","f1":"') },
      time: { from: 'text', text: new TextEncoder().encode('","f2":"') },
    });
  });

  it('is the same below maps and lists', () => {
    const nested = { members: [{ name: 'id', value: '<device>' }] };
    expect(places('<state>', nested, at, '<state>')?.device.from).toBe('text');
    expect(places({ items: ['<state>', '<device>'] }, at, '<state>')?.device.from).toBe('text');
  });

  it('cannot be told where the text before it may stand somewhere else', () => {
    const twice = (value: string): FieldValue => ({
      members: [
        { name: 's', value: '<state>' },
        { name: 'id', value },
      ],
    });
    expect(places({ items: [twice('<hex:4>'), twice('<device>')] }, at, '<state>')).toBeNull();
    expect(places('<state>', '<index>', '<tiny>-<device>', at, '<state>')).toBeNull();
    expect(places('<state><device>', at, '<state>')).toBeNull();
    expect(places('<state>', 'uü<device>', at, '<state>')).not.toBeNull();
    expect(places('<state>u<hex:4>', 'u<device>', at, '<state>')).not.toBeNull();
    expect(places('<state>', '<hex:4>u<device>', at, '<state>')).toBeNull();
  });

  it('is a column where as many commas stand before it in every event', () => {
    const plain: Vocabulary = { ...vocabulary, deviceId: [{ op: 'hex-words', word: 2, digits: 12 }] };
    const row = (words: Vocabulary, ...values: FieldValue[]): ReturnType<typeof derivedPlaces> => {
      const fields = values.map((value, i) => ({ name: `f${i}`, value }));
      return derivedPlaces(csv.layout({ fields, identity: null, vocabulary: words }));
    };
    const found = row(plain, '<index>', '<temperature>', '<device>', at, '<state>');
    const told = [found?.device, found?.time].map((place) => [place?.offset, new TextDecoder().decode(place?.text)]);
    expect(told).toEqual([
      [1, ','],
      [2, ','],
    ]);
    const quantity = { decimals: 0, min: 0, max: 1, names: ['a', 'b,c'] };
    const named: Vocabulary = { ...plain, quantities: [{ name: 'q', quantity }] };
    expect(row(named, '<index>', '<q>', '<device>', at, '<q>')).toBeNull();
  });

  it('cannot be told where it runs into what follows', () => {
    expect(places('<device>', '<time.ms>5')).toBeNull();
    expect(places('<device>', '<time.s:3><index>')).toBeNull();
    expect(places('<device>', '<time.ms> 5')).not.toBeNull();
  });
});
