import { IotloadError } from './errors.ts';

/** A piece of a template: text as it stands, or a placeholder filled per event, `<name>` or `<name:format>`. */
export type TemplatePart = { kind: 'text'; text: string } | { kind: 'field'; name: string; format: string | null };

const placeholder = /<([A-Za-z_][A-Za-z0-9_.]*)(?::([^<>]*))?>/y;
const formatShape = /^[A-Za-z0-9]+$/;

/**
 * Splits a template into text and placeholders: `client-<hex:12>`, `<index:06>`, `<time.iso>`, `<magnitude:2>`; `<<` is a `<`. Names
 * are not looked up here. Neighbouring text is one part and empty text none, so a lone placeholder is exactly one part.
 *
 * @throws IotloadError `bad-scenario` that names the piece and its 0-based offset (`value` and `where`).
 */
export function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('<', at);
    if (open < 0) break;
    literal += text.slice(at, open);
    if (text[open + 1] === '<') {
      literal += '<';
      at = open + 2;
      continue;
    }
    placeholder.lastIndex = open;
    const match = placeholder.exec(text);
    const format = match?.[2];
    if (match === null || (format !== undefined && !formatShape.test(format))) throw malformed(text, open);
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    parts.push({ kind: 'field', name: match[1] as string, format: format ?? null });
    at = placeholder.lastIndex;
  }
  literal += text.slice(at);
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  return parts;
}

/** Characters of a malformed piece that are quoted. */
const LONGEST_PIECE = 200;

function malformed(text: string, offset: number): IotloadError {
  const close = text.indexOf('>', offset);
  const piece = text.slice(offset, Math.min(close < 0 ? text.length : close + 1, offset + LONGEST_PIECE));
  const problem = close < 0 ? 'is not closed by ">"' : 'is not a placeholder';
  return new IotloadError('bad-scenario', `"${piece}" ${problem}`, {
    where: `offset ${offset}`,
    value: piece,
    hint: 'a placeholder reads <name> or <name:format>, such as <device> or <index:06>; a literal "<" is written "<<"',
  });
}
