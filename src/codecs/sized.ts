import { type LengthForm, lengthHead } from './binary.ts';
import { mergeLiterals, type Op, widthOf } from './layout.ts';

/**
 * Ops that write the length of what `content` writes, and then that: the head is one op, and where it is an `open` the last op closes it.
 * With `folds` the length goes into the choices of a lone choice instead.
 */
export function sized(form: LengthForm, content: readonly Op[], folds = true): Op[] {
  const [only, ...others] = mergeLiterals(content);
  if (folds && only?.op === 'choice' && others.length === 0) {
    const choices = only.texts.map((text) => {
      const bytes = new TextEncoder().encode(text);
      return [...lengthHead(form, bytes.length), ...bytes];
    });
    return [{ op: 'choice-bytes', value: only.value, choices }];
  }
  let least = 0;
  let most = 0;
  for (const op of content) {
    const { min, max } = widthOf(op);
    least += min;
    most += max;
  }
  if (least === most) return [{ op: 'bytes', bytes: lengthHead(form, most), length: true }, ...content];
  return [{ op: 'open', form, least, most }, ...content, { op: 'close', form, least, most }];
}
