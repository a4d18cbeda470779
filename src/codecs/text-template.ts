import { parseTemplate } from '../core/template.ts';
import type { Op } from './layout.ts';
import { meaningOf, type Vocabulary } from './vocabulary.ts';

/**
 * Ops of a topic or key: a template's text and placeholders, without quotes or escapes.
 *
 * @throws IotloadError `bad-scenario` for an unknown placeholder.
 */
export function textOps(template: string, vocabulary: Vocabulary): Op[] {
  const ops: Op[] = [];
  parseTemplate(template).forEach((part, i) => {
    if (part.kind === 'text') ops.push({ op: 'literal', text: part.text });
    // Other channels than any payload field's, so that a random key does not repeat a random field.
    else ops.push(...meaningOf(part, vocabulary, 0x10000 + 4 * i).ops);
  });
  return ops;
}
