import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createContext, type Op } from '../../src/codecs/layout.ts';
import { compileWriter, writerSlack } from '../../src/codecs/writer.ts';
import { generateWriter } from '../../src/codecs/writer-generated.ts';
import { stepWriter } from '../../src/codecs/writer-steps.ts';

const value = fc.nat(3);
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ op: fc.constant('literal' as const), text: fc.string({ maxLength: 20, unit: 'grapheme' }) }),
  fc.record({ op: fc.constant('integer' as const), value, max: fc.constant(1e12), width: fc.nat(14) }),
  fc.record({
    op: fc.constant('decimal' as const),
    value,
    min: fc.constant(-1e6),
    max: fc.constant(1e12),
    decimals: fc.nat(6),
    width: fc.constant(0),
  }),
  fc.record({ op: fc.constant('hex-integer' as const), value, digits: fc.integer({ min: 1, max: 12 }) }),
  fc.constant<Op>({ op: 'time-iso' }),
  fc.constant<Op>({ op: 'time-ms' }),
);

it('generated code and a chain of closures write the same bytes', () => {
  const values = fc.array(fc.nat(1_000_000), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(op, { maxLength: 12 }), values, (ops, numbers) => {
      const { maxBytes } = compileWriter(ops);
      const [generated, stepped] = [generateWriter(ops), stepWriter(ops)].map((write) => {
        const context = createContext(8, 0);
        context.values.set(numbers);
        const bytes = new Uint8Array(maxBytes + writerSlack);
        return bytes.slice(0, write(context, new DataView(bytes.buffer), 0));
      });
      expect(stepped).toEqual(generated);
    }),
    { numRuns: 200 },
  );
});
