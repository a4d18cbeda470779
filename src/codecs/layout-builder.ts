import { parseTemplate } from '../core/template.ts';
import type { LengthForm } from './binary.ts';
import type { OpRange, PayloadLayout } from './codec.ts';
import type { Op } from './layout.ts';
import { sized } from './sized.ts';
import { type Meaning, meaningOf, type Vocabulary } from './vocabulary.ts';

/** Random digits of a placeholder use up to this many channels. */
const CHANNELS = 4;

/** A part of a template: ops, those of a placeholder under its name. */
export interface Piece {
  name: string | null;
  meaning: Meaning;
}

/** Collects the ops of a payload and notes where the fields stand that tell one event from another. */
export class LayoutBuilder {
  readonly ops: Op[] = [];
  readonly #vocabulary: Vocabulary;
  readonly #found: Partial<Record<PlacedField, OpRange>> = {};
  #channel = 0;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** The parts of a template that is looked at and not written. */
  peek(text: string): Piece[] {
    const channel = this.#channel;
    const pieces = this.pieces(text);
    this.#channel = channel;
    return pieces;
  }

  /** Splits a template into its parts, each looked up. */
  pieces(text: string): Piece[] {
    return parseTemplate(text).map((part) => {
      if (part.kind === 'text')
        return { name: null, meaning: { kind: 'text', ops: [{ op: 'literal', text: part.text }] } };
      const meaning = meaningOf(part, this.#vocabulary, this.#channel);
      this.#channel += CHANNELS;
      return { name: part.name, meaning };
    });
  }

  add(...ops: readonly Op[]): void {
    this.ops.push(...ops);
  }

  /** Adds the ops of one placeholder, of which those from `from` to `to` write its value. */
  place(name: string | null, ops: readonly Op[], from = 0, to = ops.length): void {
    const at = this.ops.length;
    this.ops.push(...ops);
    const field = placedField(name);
    if (field !== null) this.#found[field] ??= { from: at + from, to: at + to };
  }

  /** Puts the length of what `write` adds before it. */
  enclose(form: LengthForm, write: () => void): void {
    const at = this.ops.length;
    this.ops.push({ op: 'bytes', bytes: [] });
    write();
    // As many ops as before where the length is known: places that have been noted stay right.
    const [head, ...rest] = sized(form, this.ops.slice(at + 1), false) as [Op, ...Op[]];
    this.ops[at] = head;
    if (head.op === 'open') this.ops.push(rest.at(-1) as Op);
  }

  finish(): PayloadLayout {
    const { device = null, time = null, sequence = null, run = null } = this.#found;
    return { ops: this.ops, device, time, sequence, run };
  }
}

type PlacedField = 'device' | 'time' | 'sequence' | 'run';

function placedField(name: string | null): PlacedField | null {
  if (name === 'device' || name === 'sequence' || name === 'run') return name;
  return name?.startsWith('time.') ? 'time' : null;
}
