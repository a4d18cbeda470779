import type { Codec } from '../../src/codecs/codec.ts';
import type { Vocabulary } from '../../src/codecs/vocabulary.ts';
import { vocabulary as everything } from '../contracts/codec.ts';

/** Readings and labels for the schemas of test/fixtures/schemas, whose enums have the names of `state`. */
export const vocabulary: Vocabulary = {
  ...everything,
  quantities: everything.quantities.map((entry) =>
    entry.name === 'state' ? { ...entry, quantity: { ...entry.quantity, names: ['idle', 'busy', 'away'] } } : entry,
  ),
};

/** The codec as it writes what is malformed by design. */
export function malformed(codec: Codec): Codec {
  return {
    ...codec,
    layout(schema) {
      const layout = codec.layout(schema);
      const ops = codec.malform?.(layout.ops);
      if (ops == null) throw new Error(`${codec.name} cannot be damaged`);
      return { ...layout, ops };
    },
  };
}
