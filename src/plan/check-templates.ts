import { meaningOf, placeholderNames, type Vocabulary } from '../codecs/vocabulary.ts';
import { closestName } from '../core/closest-name.ts';
import { IotloadError } from '../core/errors.ts';
import { parseTemplate, type TemplatePart } from '../core/template.ts';
import type { ModelShape, Params } from '../models/model.ts';
import { namedParams } from '../models/model-shape.ts';

/** What is wrong with a template, and how it would be right. */
export interface TemplateProblem {
  message: string;
  hint: string | null;
  /** The part of the text that is wrong, and its offset where known; the whole of it when left out. */
  piece?: string;
  at?: number;
}

/** What placeholders of a fleet can stand for, as far as checks need it: neither run id nor device ids are known yet. */
export function plannedVocabulary(fleet: string, devices: number, shape: ModelShape, params: Params): Vocabulary {
  const quantities = Object.entries({ ...shape.readings, ...shape.labels }).map(([name, quantity]) => ({
    name,
    quantity,
  }));
  return {
    fleet,
    run: 'r',
    devices,
    deviceId: [{ op: 'literal', text: 'd' }],
    params: namedParams(params, shape),
    quantities,
  };
}

/** Checks a text that is filled per event: a payload field, a topic, a key. */
export function checkTemplate(text: string, vocabulary: Vocabulary): TemplateProblem[] {
  return eachPlaceholder(text, (part) => {
    try {
      meaningOf(part, vocabulary, 0);
      return null;
    } catch (error) {
      return problemOf(error, part.name, placeholderNames(vocabulary));
    }
  });
}

/** Properties of a device that its id may be made of. */
const idNames = ['fleet', 'hex', 'index', 'ordinal', 'run', 'uuid'];

/** Checks a device id: its placeholders, and that no two of `devices` would get the same. */
export function checkId(text: string, vocabulary: Vocabulary): TemplateProblem[] {
  const { devices } = vocabulary;
  let ids = 1;
  const problems = eachPlaceholder(text, (part) => {
    if (!idNames.includes(part.name)) {
      const near = closestName(part.name, idNames);
      const hint =
        near === undefined
          ? 'an id may hold <index:06>, <hex:12>, <uuid>, <fleet> and <run>'
          : `did you mean "<${near}>"?`;
      return { message: `"<${part.name}>" is not a property of a device`, hint, piece: `<${part.name}` };
    }
    try {
      meaningOf(part, vocabulary, 0);
    } catch (error) {
      return problemOf(error, part.name, idNames);
    }
    if (part.name === 'index' || part.name === 'ordinal' || part.name === 'uuid') ids = Number.POSITIVE_INFINITY;
    else if (part.name === 'hex') ids = Math.max(ids, 16 ** Number(part.format));
    return null;
  });
  if (problems.length === 0 && ids < devices) {
    const hint = 'put <index:06>, <hex:12> or <uuid> into the id';
    problems.push({ message: `"${text}" gives two of the ${devices} devices the same id`, hint });
  }
  return problems;
}

/** Placeholders of a text in their order; none where it is malformed. */
export function placeholdersOf(text: string): Extract<TemplatePart, { kind: 'field' }>[] {
  try {
    return parseTemplate(text).filter((part) => part.kind === 'field');
  } catch {
    return [];
  }
}

function eachPlaceholder(
  text: string,
  check: (part: Extract<TemplatePart, { kind: 'field' }>) => TemplateProblem | null,
): TemplateProblem[] {
  let parts: TemplatePart[];
  try {
    parts = parseTemplate(text);
  } catch (error) {
    return [malformed(error)];
  }
  return parts.flatMap((part) => (part.kind === 'text' ? [] : (check(part) ?? [])));
}

function malformed(error: unknown): TemplateProblem {
  if (!(error instanceof IotloadError)) throw error;
  const at = Number(error.where?.replace('offset ', ''));
  return { message: error.message, hint: error.hint ?? null, piece: error.value ?? '', at };
}

function problemOf(error: unknown, name: string, known: readonly string[]): TemplateProblem {
  if (!(error instanceof IotloadError)) throw error;
  const piece = error.value ?? '';
  if (known.includes(name)) return { message: error.message, hint: error.hint ?? null, piece };
  const near = closestName(name, known);
  const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean "<${near}>"?`;
  return { message: `unknown placeholder "<${name}>"`, hint, piece };
}
