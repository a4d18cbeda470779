import { decimalsOf, type GeneratorKind } from './generator.ts';

/** The same for ever. */
export const constant: GeneratorKind = {
  doc: 'The same number or text for ever.',
  example: '{ constant: 5 }',
  options: [],
  compile(reader) {
    const path = ['constant'];
    if (reader.isText(path)) {
      const text = reader.text(path);
      return text === null ? null : { reading: { decimals: 0, min: 0, max: 0, names: [text] }, value: () => 0 };
    }
    const number = reader.number(path);
    if (number === null) return null;
    return { reading: { decimals: decimalsOf(number), min: number, max: number }, value: () => number };
  },
};
